"""Rules about the source text itself: arrows, citations, sizes, names, dead files, reasons, words.

Its one idea: a rule is a function from a module's text to complaints, so that each rule can be tried on a
text that breaks it (the samples at the end) as well as on every file. The tables at the top may be amended.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from streamgauge.spec.clauses import load

ROOT = Path(__file__).parent.parent
SOURCE_ROOTS = ("spec", "reference", "conformance")
SUITE = "conformance/streamgauge/conformance/"
THE_SPEC, THE_REFERENCE, THE_SUITE = (f"streamgauge.{root}" for root in SOURCE_ROOTS)
EVERYTHING = (THE_SPEC, THE_SUITE, "click", "rich")


def suite(*names: str) -> tuple[str, ...]:
    """The full names of parts of the conformance suite."""
    return tuple(f"{THE_SUITE}.{name}" for name in names)


# Who may import what, the standard library apart; siblings must be listed too. The row of a file is the
# longest path that begins the file's own; a file without a row may not exist.
ARROWS: dict[str, tuple[str, ...]] = {
    "spec/streamgauge/spec/": (THE_SPEC,),
    "reference/streamgauge/reference/": (THE_REFERENCE,),
    f"{SUITE}__init__.py": suite("adapters", "results", "running"),
    f"{SUITE}__main__.py": suite("cli"),
    f"{SUITE}scenarios/": (THE_SPEC, *suite("scenarios")),
    f"{SUITE}scenarios/sampled.py": (THE_SPEC, *suite("scenarios"), "hypothesis"),
    f"{SUITE}worlds/": suite("worlds"),
    f"{SUITE}adapters/": (THE_SPEC, *suite("adapters")),
    f"{SUITE}adapters/reference.py": (THE_REFERENCE, *suite("adapters")),
    f"{SUITE}adapters/aiohttp.py": (*suite("adapters"), "aiohttp"),
    f"{SUITE}playing/": (THE_SPEC, *suite("scenarios", "adapters", "worlds", "playing")),
    f"{SUITE}target.py": suite("scenarios", "adapters", "worlds", "playing"),
    f"{SUITE}judge.py": (THE_SPEC,),
    f"{SUITE}results.py": (THE_SPEC, *suite("scenarios", "judge")),
    f"{SUITE}running/": (
        THE_SPEC,
        *suite("scenarios", "adapters", "target", "judge", "results", "running", "explaining", "playing.budget"),
    ),
    f"{SUITE}explaining/": (
        THE_SPEC,
        *suite("scenarios", "results", "explaining", "adapters", "target", "worlds"),
        *suite("playing.observing", "playing.handlers", "playing.end"),
    ),
    f"{SUITE}reports/": (
        THE_SPEC,
        *suite("reports", "judge", "results", "explaining", "scenarios", "adapters.telling"),
        "rich",
    ),
    f"{SUITE}reports/progress.py": ("rich", *suite("running.runner")),
    f"{SUITE}commands/": EVERYTHING,
    f"{SUITE}cli.py": EVERYTHING,
}
# What may not be imported of the standard library: the specification knows calls, but no event loop.
FORBIDDEN = {"spec/streamgauge/spec/": ("asyncio",)}

# The storeys of the specification: a module imports what is below it, or beside it, and chains are short.
STOREYS = (
    ("model",),
    ("end",),
    ("writer", "waits", "connection", "server"),
    ("reading",),
    ("endings", "quiescence"),
    ("blame", "features", "flow", "words"),
    ("stimuli", "outcomes", "reader", "refusals", "search", "errors", "verdicts"),
    ("state",),
    ("alphabet", "records", "clauses"),
)
LONGEST_CHAIN = 10

# Modules that no other module imports, and who starts them.
ENTRY_POINTS = {
    f"{SUITE}cli.py": "the console script",
    f"{SUITE}__main__.py": "python -m streamgauge.conformance",
}

# The worlds in which there is something to play: what needs another one is tested in nobody yet.
PLAYED = {"memory", "network"}
MOST_LINES_OF_A_FILE = 400  # where it is one table, or one idea; most are below 300
MOST_LINES_OF_ONE_IDEA = 400
# Files that are one table or one idea, and may be longer for it; which one.
ONE_IDEA: dict[str, str] = {
    "reference/streamgauge/reference/inbox.py": "what is unread, and every way to take it",
    "reference/streamgauge/reference/reader.py": "what waits for it, and the rules cited beside it",
    f"{SUITE}scenarios/codec.py": "the JSON form, one table read both ways",
    "spec/streamgauge/spec/alphabet.py": "every stimulus and every observation",
    "spec/streamgauge/spec/state.py": "what the model remembers, whole",
}
MOST_LINES_OF_A_FUNCTION = 45  # its docstring not counted, nor its decorators
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "base", "manager", "managers", "misc"}

# No sentence of ours is parsed, and no id means anything by its spelling: what is called so is one of either.
PROSE = {"allowed", "because", "clause", "covers", "id", "message", "note", "reason"}
PROSE_AND_LISTS = PROSE | {"clauses"}
TAKING_APART = {
    *("startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "rsplit"),
    *("find", "rfind", "index", "rindex", "count"),
}
SEARCHING = {"match", "fullmatch", "search", "sub", "subn", "findall", "finditer"}
# Where a text is looked into all the same, and why that is no parsing of our own words.
LOOKED_INTO = {
    f"{SUITE}worlds/loop.py": "the message is asyncio's, which has no other mark",
    f"{SUITE}running/selection.py": "a person typed a dotted beginning of ids, to choose and not to judge",
}
# Modules that share a name with another one, and why that is no accident.
TWINS = {
    "end": "one end of a connection: how it is judged, and how it is played",
    "reader": "the chapter in spec, the textbook's own in reference",
    "writer": "as above",
    "server": "as above",
    "outbox": "as above",
    "search": "what one may find, in spec; the textbook's memory of one, in reference",
    "clauses": "what is known of them, and the command that shows it",
    "replay": "what it does, and the command that shows it",
    "smoke": "as above",
    "script": "that of a scenario, and that of a failure",
    "words": "of legal outcomes in spec, of events and values in explaining",
    "reference": "the adapter of that name leads to the package",
}
# NOT YET: to be renamed. This table is to be empty.
TWINS_FOR_NOW = {
    "as_python",
    "connections",
    "needs",
    "reproduction",
    "values",
    "wording",
}

# What stands at the top of the project; whatever else is there belongs to whoever works there.
PARTS_OF_THE_PROJECT = (
    ".ci",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "conformance",
    "docs",
    "examples",
    "pyproject.toml",
    "reference",
    "spec",
    "tests",
)

# A letter stands in brackets here and there, because this file is searched as well.
BANNED = re.compile(
    r"\b(TO[D]O|FI[X]ME|X[X]X|HA[C]K|C[E]O)\b|(?<![\w.])/(wo[r]k|ro[o]t|far[m])/|[.]py[e]nv\b"
    r"|(?i:\bsub[a]gents?\b|\bthis ses[s]ion\b)"
)
CITATION = re.compile(r"\[([a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+)\]")
DIRECTIVE = re.compile(
    r"(type|pyright): *ignore(\[[^\]]*\])?|noqa(: *[A-Z]+\d+(,? *[A-Z]+\d+)*)?|pragma: no (cover|branch)"
)
SKIPS = {"skip", "skipif", "xfail", "importorskip"}


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file: its path from the root of the project, and its text."""

    path: str
    text: str

    @cache  # noqa: B019  # there are as many modules as files, and each is looked at by every rule
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(ast.parse(self.text)))

    @property
    def name(self) -> str:
        """The name by which it is imported."""
        _, *parts = self.path.removesuffix(".py").removesuffix("/__init__").split("/")
        return ".".join(parts)

    @cache  # noqa: B019  # as above
    def comments(self) -> dict[int, str]:
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


Rule = Callable[[Module], Iterator[str]]


def project_files(root: Path) -> list[str]:
    """The files of the project: those that git tracks, or all of an unpacked sdist that the sdist came with."""
    if (root / ".git").exists():
        git = ["git", "ls-files", "-z", "--cached"]
        names = subprocess.run(git, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    else:
        places = (path for name in PARTS_OF_THE_PROJECT for path in (root / name, *(root / name).rglob("*")))
        names = [path.relative_to(root).as_posix() for path in places if "__pycache__" not in path.parts]
    return [name for name in names if (root / name).is_file()]


def read_modules(folder: str) -> Iterator[Module]:
    for name in sorted(OURS):
        if name.startswith(f"{folder}/") and name.endswith(".py"):
            yield Module(name, (ROOT / name).read_text("utf-8"))


OURS = project_files(ROOT)
SOURCES = [module for root in SOURCE_ROOTS for module in read_modules(root)]
MODULES = [*SOURCES, *read_modules("tests")]
NAMES = {module.name for module in SOURCES}


# The rules: each yields what is wrong with one module.


def imports_of(module: Module) -> Iterator[tuple[int, str]]:
    """Line and name of all that is imported, wherever; `from package import module` names the module."""
    for node in module.nodes():
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            for alias in node.names:
                full = f"{origin}.{alias.name}"
                yield node.lineno, full if full in NAMES or alias.name == "sleep" else origin


def strings_of(module: Module) -> set[str]:
    constants = (node.value for node in module.nodes() if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def begins(name: str, prefixes: Iterable[str]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def wrong_arrows(module: Module) -> Iterator[str]:
    row = max((path for path in ARROWS if module.path.startswith(path)), key=len, default=None)
    if row is None:
        yield f"{module.path} has no row in ARROWS"
        return
    forbidden = [name for path, names in FORBIDDEN.items() if module.path.startswith(path) for name in names]
    for line, name in imports_of(module):
        standard = name.split(".")[0] in sys.stdlib_module_names
        if begins(name, forbidden) or not (standard or begins(name, ARROWS[row])):
            yield f"{module.path}:{line} may not import {name}"


def oversize(module: Module) -> Iterator[str]:
    lines = module.text.count("\n")
    if lines > (MOST_LINES_OF_ONE_IDEA if module.path in ONE_IDEA else MOST_LINES_OF_A_FILE):
        yield f"{module.path} has {lines} lines"
    for node in module.nodes():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node) is not None:
                length -= (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
            if length > MOST_LINES_OF_A_FUNCTION:
                yield f"{module.path}:{node.lineno} {node.name} has {length} lines"


def empty_names(module: Module) -> Iterator[str]:
    for part in Path(module.path).with_suffix("").parts:
        if part.strip("_").removeprefix("test_") in EMPTY_NAMES:
            yield f"{module.path}: the name {part} says nothing"


def missing_docstring(module: Module) -> Iterator[str]:
    if not ast.get_docstring(ast.parse(module.text)):
        yield f"{module.path} does not say what it holds"


def missing_reasons(module: Module) -> Iterator[str]:
    """Directives and skips with no words beside them, nor in a comment on the line above."""
    comments, lines = module.comments(), module.text.splitlines()

    def unexplained(line: int) -> bool:
        above = comments.get(line - 1, "") if line > 1 and lines[line - 2].lstrip().startswith("#") else ""
        here = DIRECTIVE.sub("", comments.get(line, ""))
        return all(len(re.findall(r"\w+", text)) < 2 for text in (here, DIRECTIVE.sub("", above)))

    for line, comment in comments.items():
        if DIRECTIVE.match(comment.lstrip("# ")) and unexplained(line):
            yield f"{module.path}:{line} {comment} has no reason"
    nodes = module.nodes()
    told = {id(node.func) for node in nodes if isinstance(node, ast.Call) and tells_a_reason(node)}
    for node in (node for node in nodes if isinstance(node, ast.Attribute) and node.attr in SKIPS):
        skip = ast.unparse(node)
        if skip.startswith("pytest.") and id(node) not in told and unexplained(node.lineno):
            yield f"{module.path}:{node.lineno} {skip} has no reason"


def tells_a_reason(call: ast.Call) -> bool:
    """Whether a skip gives its reason, which `pytest.skip` and `pytest.xfail` take as first argument."""
    positional = bool(call.args) and ast.unparse(call.func) in {"pytest.skip", "pytest.xfail"}
    return positional or any(word.arg == "reason" for word in call.keywords)


def real_waiting(module: Module) -> Iterator[str]:
    """Sleeps in real time; a comment that says "virtual" allows `asyncio.sleep`, in a simulated loop."""
    for line, name in imports_of(module):
        if name in {"time.sleep", "asyncio.sleep"}:
            yield f"{module.path}:{line} import the module, so that a call of sleep shows which one it is"
    for call in (node for node in module.nodes() if isinstance(node, ast.Call)):
        delay = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else 0
        for_a_while = isinstance(delay, int | float) and delay > 0
        simulated = "virtual" in module.comments().get(call.lineno, "")
        name = ast.unparse(call.func)
        if name == "time.sleep" or (name == "asyncio.sleep" and for_a_while and not simulated):
            yield f"{module.path}:{call.lineno} {ast.unparse(call)}"


def called(node: ast.AST, names: set[str]) -> bool:
    """Whether the expression is a name or an attribute of that name, or what a call of one returns."""
    if isinstance(node, ast.Call):
        node = node.func
    return (isinstance(node, ast.Name) and node.id in names) or (isinstance(node, ast.Attribute) and node.attr in names)


def looked_into(module: Module) -> Iterator[str]:
    """Sentences and ids that are searched or taken apart; that an id is one of a list is no matter of spelling."""
    for node in module.nodes():
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in TAKING_APART:
                bad = called(value, PROSE)
            case ast.Call(func=ast.Attribute(attr=attr), args=args) if attr in SEARCHING:
                bad = any(called(one, PROSE_AND_LISTS) for one in args)
            case ast.Compare(left=ast.Constant(value=str()), ops=[ast.In() | ast.NotIn()], comparators=[text]):
                bad = called(text, PROSE)
            case ast.Subscript(value=text, slice=ast.Slice()):
                bad = called(text, PROSE - {"allowed", "message"})  # a list may be cut, and what is too long
            case _:
                bad = False
        if bad:
            yield f"{module.path}:{getattr(node, 'lineno', 0)} {ast.unparse(node)} looks into a sentence or an id"


def banned_words(module: Module) -> Iterator[str]:
    for line, text in enumerate(module.text.splitlines(), 1):
        for found in BANNED.finditer(text):
            yield f"{module.path}:{line} {found[0]}"


# The rules on the files of the project.


@pytest.mark.parametrize("rule", [wrong_arrows, oversize])
def test_sources_are_without(rule: Rule) -> None:
    assert [complaint for module in SOURCES for complaint in rule(module)] == []


@pytest.mark.parametrize("rule", [empty_names, missing_docstring, missing_reasons, real_waiting])
def test_python_files_are_without(rule: Rule) -> None:
    assert [complaint for module in MODULES for complaint in rule(module)] == []


def test_project_files_are_without_banned_words() -> None:
    names = project_files(ROOT)
    assert {"README.md", "pyproject.toml", "tests/test_tidy.py"} <= set(names)
    files = [Module(name, (ROOT / name).read_text("utf-8", "replace")) for name in names]
    assert [complaint for file in files for complaint in banned_words(file)] == []


def test_what_a_user_keeps_in_the_checkout_is_not_the_projects(tmp_path: Path) -> None:
    for name in ("v/lib/a.py", "notes/b.md", ".idea/c.xml", "scratch.py", "tests/d.py", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert set(project_files(tmp_path)) == {"tests/d.py", "README.md"}
    git = ["git", "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([*git, "add", "README.md"], cwd=tmp_path, check=True)
    assert project_files(tmp_path) == ["README.md"]


def test_every_part_of_the_project_is_listed() -> None:
    parts = {name.partition("/")[0] for name in project_files(ROOT)} - {".gitignore", "PKG-INFO"}
    assert parts == {*PARTS_OF_THE_PROJECT} & {path.name for path in ROOT.iterdir()}


def test_no_sentence_and_no_id_is_looked_into() -> None:
    judging = [module for module in SOURCES if not module.path.startswith("reference/")]
    found = {module.path: list(looked_into(module)) for module in judging}
    assert [complaint for path, some in found.items() if path not in LOOKED_INTO for complaint in some] == []
    assert [path for path in LOOKED_INTO if not found[path]] == []


def test_no_two_modules_share_a_name_by_accident() -> None:
    names = [name for module in SOURCES if (name := Path(module.path).stem) not in ("__init__", "__main__")]
    packages = {module.name.rpartition(".")[2] for module in SOURCES if module.path.endswith("/__init__.py")}
    shared = {name for name in names if names.count(name) > 1 or name in packages}
    assert shared - TWINS.keys() - TWINS_FOR_NOW == set()


def test_nothing_imports_itself_by_a_detour() -> None:
    arrows = {module.name: {name for _, name in imports_of(module)} & NAMES - {module.name} for module in SOURCES}
    assert circles(arrows) == []


def test_the_specification_imports_downwards_and_not_deep() -> None:
    of_the_spec = [module for module in SOURCES if module.name.startswith(f"{THE_SPEC}.")]
    arrows = {module.name: {name for _, name in imports_of(module)} & NAMES for module in of_the_spec}
    storey = {f"{THE_SPEC}.{name}": number for number, names in enumerate(STOREYS) for name in names}
    assert storey.keys() == arrows.keys()
    assert [(up, down) for up, downs in arrows.items() for down in downs if storey[down] < storey[up]] == []
    assert circles(arrows) == []
    assert {name: chain for name in arrows if len(chain := longest(arrows, name)) > LONGEST_CHAIN} == {}


def longest(arrows: dict[str, set[str]], name: str) -> list[str]:
    """The longest chain of imports that begins with a module, where there is no circle."""
    chains = (longest(arrows, below) for below in sorted(arrows[name]))
    return [name, *max(chains, key=len, default=[])]


def test_a_long_chain_is_noticed() -> None:
    assert longest({"a": {"b", "c"}, "b": {"c"}, "c": set()}, "a") == ["a", "b", "c"]


def circles(arrows: dict[str, set[str]]) -> list[str]:
    """What is left when those that import nothing of the rest are taken away again and again."""
    left = dict(arrows)
    while at_the_end := [name for name, imported in left.items() if not imported & left.keys()]:
        for name in at_the_end:
            del left[name]
    return sorted(left)


def test_a_circle_is_noticed() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]


def test_the_map_of_the_tree_is_true() -> None:
    """All that it names exists, and whatever the suite consists of is on it."""
    drawn = (ROOT / "README.md").read_text("utf-8").partition("## The tree\n")[2].split("```")[1]
    at_top = set(re.findall(r"^(\w+)/", drawn, re.MULTILINE))
    assert {name for name in at_top if not (ROOT / name).is_dir()} == set()
    in_suite = set(re.findall(r"^  (\w+/)", drawn, re.MULTILINE)) | set(re.findall(r"\b(\w+\.py)\b", drawn))
    assert {name for name in in_suite if not (ROOT / SUITE / name).exists()} == set()
    parts = {module.path.removeprefix(SUITE) for module in SOURCES if module.path.startswith(SUITE)}
    there = {f"{folder}/" if below else folder for folder, below, _ in (part.partition("/") for part in parts)}
    assert there - {"__init__.py", "__main__.py"} - in_suite == set()


def test_what_contributing_says_of_files_is_true() -> None:
    """Each file that it names exists, and whatever the model keeps clauses in is in its table of files."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"`([\w/]+\.(?:py|md|toml|json))`", text))
    assert {name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in OURS)} == set()
    table = text.partition("| The clause is about | File |\n")[2].partition("\n\n")[0]
    known = {clause.id for clause in load()}
    citing = {module.path.rpartition("/")[2] for module in read_modules("spec") if known & strings_of(module)}
    assert citing - set(re.findall(r"`(\w+\.py)`", table)) == set()


def test_each_source_root_was_searched() -> None:
    assert {module.path.split("/")[0] for module in SOURCES} == set(SOURCE_ROOTS)


def test_every_module_is_imported_or_an_entry_point() -> None:
    used = {name for module in SOURCES for _, name in imports_of(module) if name != module.name}
    unused = {module.path for module in SOURCES if module.name not in used}
    assert {path for path in unused if not path.endswith("/__init__.py")} - ENTRY_POINTS.keys() == set()


def test_the_tables_name_only_what_exists() -> None:
    assert {path for path in (*ARROWS, *ENTRY_POINTS) if not (ROOT / path).exists()} == set()


def test_the_reference_cites_clauses_that_exist() -> None:
    known = {clause.id for clause in load()}
    comments = [comment for module in read_modules("reference") for comment in module.comments().values()]
    assert {clause for comment in comments for clause in CITATION.findall(comment)} - known == set()


def test_the_reference_cites_every_clause_that_can_be_tested_in_it() -> None:
    comments = [comment for module in read_modules("reference") for comment in module.comments().values()]
    cited = {clause for comment in comments for clause in CITATION.findall(comment)}
    assert {clause.id for clause in load() if clause.untestable is None and clause.world in PLAYED} - cited == set()


def test_the_model_cites_every_testable_clause() -> None:
    said = set[str]().union(*map(strings_of, read_modules("spec")))
    testable = {clause.id for clause in load() if clause.untestable is None and clause.world == "memory"}
    assert testable - said == set()


# Each rule notices what it is for, and leaves alone what is right.

UP = "from streamgauge.conformance import target\n"
DECORATED = "@pytest.mark.{}\ndef test_it(): ...\n"
WRONG = [
    (wrong_arrows, "spec/streamgauge/spec/reader.py", "def f():\n    import asyncio.events\n"),
    (wrong_arrows, "spec/streamgauge/spec/reader.py", "from streamgauge import reference\n"),
    (wrong_arrows, "reference/streamgauge/reference/reader.py", "import streamgauge.spec.model\n"),
    (wrong_arrows, f"{SUITE}scenarios/exhaustive.py", "import hypothesis\n"),
    (wrong_arrows, f"{SUITE}reports/junit.py", UP),
    (wrong_arrows, f"{SUITE}judge.py", "from . import target\n"),
    (wrong_arrows, f"{SUITE}unforeseen.py", ""),
    (oversize, "a.py", "\n" * (MOST_LINES_OF_A_FILE + 1)),
    (oversize, "a.py", "def f():\n" + "    f()\n" * MOST_LINES_OF_A_FUNCTION),
    (empty_names, "spec/streamgauge/spec/_utils.py", ""),
    (missing_docstring, "a.py", "# nothing\n"),
    (missing_reasons, "a.py", "f()  # type: ignore[arg-type]\n"),
    (missing_reasons, "a.py", "x = 1\nf()  # noqa: S101, S102\n"),
    (missing_reasons, "a.py", DECORATED.format("xfail")),
    (missing_reasons, "a.py", DECORATED.format("skipif(True)")),
    (missing_reasons, "a.py", "pytest.importorskip('uvloop')\n"),
    (real_waiting, "a.py", "time.sleep(0)\n"),
    (real_waiting, "a.py", "from asyncio import sleep\n"),
    (real_waiting, "a.py", "await asyncio.sleep(0.1)\n"),
    (looked_into, "a.py", "'still waits' in failure.because\n"),
    (looked_into, "a.py", "re.match('call', self.because)\n"),
    (looked_into, "a.py", "CALL.search(found.because())\n"),
    (looked_into, "a.py", "re.sub('x', '', because(violation))\n"),
    (looked_into, "a.py", "failure.clause.endswith('.message')\n"),
    (looked_into, "a.py", "clause.startswith('reader.')\n"),
    (looked_into, "a.py", "one.clause.id.partition('.')\n"),
    (looked_into, "a.py", "bound.covers.split(',')\n"),
    (looked_into, "a.py", "clause.id[:6] == 'reader'\n"),
    (looked_into, "a.py", "'call' not in reason\n"),
    (banned_words, "a.md", "see /{}/file".format("root")),
    (banned_words, "a.md", "# {}: later".format("TO" + "DO")),
]
RIGHT = [
    (wrong_arrows, f"{SUITE}cli.py", UP),
    (wrong_arrows, f"{SUITE}scenarios/sampled.py", "import random\nfrom hypothesis import strategies\n"),
    (oversize, "a.py", 'def f():\n    """Much.\n' + "\n" * MOST_LINES_OF_A_FUNCTION + '    """\n'),
    (missing_reasons, "a.py", "f()  # type: ignore[arg-type]  # wrong on purpose\n"),
    (missing_reasons, "a.py", "# asyncio's own name\nf()  # noqa: A001\n"),
    (missing_reasons, "a.py", DECORATED.format("skipif(True, reason='no sockets here')")),
    (missing_reasons, "a.py", "pytest.skip('no sockets here')\n"),
    (real_waiting, "a.py", "await asyncio.sleep(0)\nawait asyncio.sleep(5)  # virtual seconds\n"),
    (looked_into, "a.py", "clause.id == 'reader.read.all' or clause.id in KNOWN\n"),
    (looked_into, "a.py", "'reader.read.all' in answer.clauses\n"),
    (looked_into, "a.py", "text.startswith('{') and allowed[1:]\n"),
    (looked_into, "a.py", "found = re.search(pattern, typed)\n"),
    (banned_words, "a.md", "https://example.org/{}/".format("work")),
]


@pytest.mark.parametrize(("rule", "path", "text"), WRONG)
def test_a_rule_notices(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Module(path, text))) != []


@pytest.mark.parametrize(("rule", "path", "text"), RIGHT)
def test_a_rule_accepts(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Module(path, text))) == []
