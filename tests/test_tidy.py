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
    f"{SUITE}results.py": (THE_SPEC, *suite("scenarios")),
    f"{SUITE}running/": (
        THE_SPEC,
        *suite("scenarios", "adapters", "target", "judge", "results", "running", "explaining", "playing.budget"),
    ),
    f"{SUITE}explaining/": (THE_SPEC, *suite("scenarios", "results", "explaining")),
    f"{SUITE}reports/": (
        THE_SPEC,
        *suite("reports", "judge", "results", "explaining", "scenarios"),
        "rich",
        "jsonschema",
    ),
    f"{SUITE}reports/progress.py": ("rich", *suite("running.runner")),
    f"{SUITE}commands/": EVERYTHING,
    f"{SUITE}cli.py": EVERYTHING,
}
# What may not be imported of the standard library: the specification knows calls, but no event loop.
FORBIDDEN = {"spec/streamgauge/spec/": ("asyncio",)}

# Modules that no other module imports, and who starts them.
ENTRY_POINTS = {
    f"{SUITE}cli.py": "the console script",
    f"{SUITE}__main__.py": "python -m streamgauge.conformance",
}

MOST_LINES_OF_A_FILE = 320
MOST_LINES_OF_A_FUNCTION = 45  # its docstring not counted, nor its decorators
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "base", "manager", "managers", "misc"}

# A letter stands in brackets here and there, because this file is searched as well.
BANNED = re.compile(
    r"\b(TO[D]O|FI[X]ME|X[X]X|HA[C]K|C[E]O)\b|(?<![\w.])/(wo[r]k|ro[o]t|far[m])/|[.]py[e]nv\b"
    r"|(?i:\bsub[a]gents?\b|\bthis ses[s]ion\b)"
)
CITATION = re.compile(r"\[([a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+)\]")
DIRECTIVE = re.compile(
    r"(type|pyright): *ignore(\[[^\]]*\])?|noqa(: *[A-Z]+\d+(,? *[A-Z]+\d+)*)?|pragma: no (cover|branch)"
)
SKIP = re.compile(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)")


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


def read_modules(folder: str) -> Iterator[Module]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield Module(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))


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
    if lines > MOST_LINES_OF_A_FILE:
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
    for node in (node for node in nodes if isinstance(node, ast.Attribute)):
        skip = SKIP.fullmatch(ast.unparse(node))
        if skip and id(node) not in told and unexplained(node.lineno):
            yield f"{module.path}:{node.lineno} {skip[0]} has no reason"


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
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    there = [name for name in names if (ROOT / name).is_file()]
    files = [Module(name, (ROOT / name).read_text("utf-8", "replace")) for name in there]
    assert [complaint for file in files for complaint in banned_words(file)] == []


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


def test_the_model_cites_every_testable_clause() -> None:
    said = {
        node.value
        for module in read_modules("spec")
        for node in module.nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
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
    (banned_words, "a.md", "https://example.org/{}/".format("work")),
]


@pytest.mark.parametrize(("rule", "path", "text"), WRONG)
def test_a_rule_notices(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Module(path, text))) != []


@pytest.mark.parametrize(("rule", "path", "text"), RIGHT)
def test_a_rule_accepts(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Module(path, text))) == []
