"""A failure as a program that shows it without streamgauge, and the proof that it does.

The program does what the scenario did up to the departure, and exits with 1 if the departure shows again, with 0 if
what it sees is right, and with 2 if it is neither, or anything unexpected happens. Its one idea: nothing of it is made
up here but `main`; what that stands on is real code of the suite, taken as it is and only as far as it is used. No
program is given away that was not run, on the target and, with the target replaced, on the reference.
"""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from textwrap import indent, wrap
from types import ModuleType

from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.explaining import brief as forms
from streamgauge.conformance.explaining import narrate, stage, wiring
from streamgauge.conformance.explaining.importing import OWN, NotGiven, Origin, on_reference, origin
from streamgauge.conformance.playing import end, handlers, observing
from streamgauge.conformance.results import Failure
from streamgauge.conformance.target import InProcess
from streamgauge.conformance.worlds import loop, network, wire
from streamgauge.spec import alphabet
from streamgauge.spec.clauses import Clause

WIDTH = 118
GUARD = 120  # seconds: far more than any program takes
NEEDS = "It needs streamgauge, which holds what it is run on."
# Where the parts of programs stand, and which of the definitions there may be taken (None: all).
TAKEN: tuple[tuple[ModuleType, frozenset[str] | None], ...] = (
    (alphabet, frozenset({"Pausing", "Ending", "Handler", "Link"})),
    (wire, frozenset({"PEERNAME", "END", "Wire"})),
    (loop, frozenset({"CONNECTING", "LISTENING", "_given"})),
    (network, frozenset({"Listener"})),
    (handlers, frozenset({"HandlerFailed", "Stage", "AsAnObject", "handler"})),
    (observing, frozenset(one.__name__ for one in observing.INSPECTIONS.values())),
    (end, frozenset({"READING", "WRITING", "ROLES", "_plays", "_is_awaited"})),
    (stage, None),
    (wiring, None),
)


def program(failure: Failure, clause: Clause, target: str) -> str:
    """Return the program, which was seen to show the failure on `target` and not to show it on the reference.

    Raises `NotGiven` if there is none.
    """
    found = origin(target)
    brief = True
    status, said = run(text := script(failure, clause, target, found))
    if status != 1:
        brief = False
        status, said = run(text := script(failure, clause, target, found, brief=False))
    if status != 1:
        came = "it is not seen again there" if status == 0 else "something else went wrong"
        raise NotGiven(f"the program that was written does not show the fault on {target}: {came}{_last(said)}")
    status, said = run(script(failure, clause, target, on_reference(found), brief=brief))
    if status != 0:
        came = "shows the fault" if status == 1 else "ends otherwise"
        raise NotGiven(f"the program that was written {came} on the reference as well{_last(said)}")
    return text


def run(text: str) -> tuple[int | None, str]:
    """Run a program in a process of its own; return its exit status (None: it never ended) and what it printed."""
    path = os.pathsep.join(filter(None, sys.path))
    try:
        done = subprocess.run(
            [sys.executable, "-"],
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            timeout=GUARD,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, "it never ended"
    return done.returncode, done.stdout + done.stderr


def _last(said: str) -> str:
    lines = said.strip().splitlines()
    return f" ({lines[-1].strip()})" if lines else ""


def script(failure: Failure, clause: Clause, target: str, found: Origin | None = None, *, brief: bool = True) -> str:
    """Return the text of the program, which nobody has run; it is `brief` if it can be.

    Raises `NotGiven` if the target cannot be imported, or if the failure contradicts itself.
    """
    found = found or origin(target)
    right = InProcess(resolve("reference")).play(failure.scenario)
    try:
        lines = "\n".join(narrate.main(failure, found.manner, right))
    except ValueError as problem:
        raise NotGiven(f"no program can be written of a failure that contradicts itself: {problem}") from None
    simple = not _used(lines, {}) & {"mine", "network"} and narrate.says_little(failure, right)
    parts = _parts(brief=brief and simple)
    imports = "\n".join(found.imports(_used(lines, parts)))
    head = [f"with guarded():\n{indent(imports, '    ')}"] * bool(imports)
    main = "\n\n\n".join([*head, f"async def main():\n{indent(lines, '    ')}", "run(main)\n"])
    used = _used(main, parts)
    said = wrap(clause.sentence.replace("\\", "\\\\").replace('"""', "'''"), WIDTH)
    first = f'"""{clause.id} on {target}: exits with 1 if the fault shows, with 0 if not, else with 2.'
    doc = "\n".join([first, "", *said, *(["", NEEDS] if target in OWN else []), '"""'])
    later = ["from __future__ import annotations", ""] * ("network" in used)
    texts = [*dict.fromkeys(part.text for name, part in parts.items() if name in used and part.text)]
    head = [doc, "", *later, *_imports(used, parts), "", *(text for text in texts if "\n" not in text)]
    longer = [text for text in texts if "\n" in text]
    return "\n\n\n".join(["\n".join(head), *longer, main])


# ------------------------------------------------------------- what it stands on


@dataclass(frozen=True, slots=True)
class Part:
    """What a program may take: a definition as it stands in its file, or a name that is imported `of` a module."""

    text: str = ""
    names: frozenset[str] = frozenset()
    of: str = ""


def _names(tree: ast.AST) -> frozenset[str]:
    """Return the names that some code uses, in its annotations too, and does not bind itself."""
    nodes = list(ast.walk(tree))
    bound = {node.arg for node in nodes if isinstance(node, ast.arg)}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    return frozenset({node.id for node in names} - bound - {one.id for one in names if isinstance(one.ctx, ast.Store)})


@cache
def _parts(*, brief: bool) -> dict[str, Part]:
    """Return what there is to take, by name; if `brief`, in its short form where there is one."""
    found: dict[str, Part] = {}
    for module, wanted in (*TAKEN, *[(forms, None)] * brief):
        text = inspect.getsource(module)
        for node in ast.parse(text).body:
            bound: list[str] = []
            match node:
                case ast.Import(names=names):
                    found.update({one.name: Part(of=one.name) for one in names})
                case ast.ImportFrom(module=str() as home, names=names) if not home.startswith("streamgauge"):
                    found.update({one.name: Part(of=home) for one in names})
                case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                    bound = [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    bound = [name]
                case _:
                    pass
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            part = Part("\n".join(text.splitlines()[first - 1 : node.end_lineno]), _names(node))
            found.update({name: part for name in bound if wanted is None or name in wanted})
    return found


def _used(lines: str, parts: dict[str, Part]) -> frozenset[str]:
    """Return the names that a program uses which has these lines."""
    return _closed(_names(ast.parse(lines)), parts)


def _closed(names: frozenset[str], parts: dict[str, Part]) -> frozenset[str]:
    """Return the names that these lead to."""
    more = names.union(*(parts[name].names for name in names if name in parts))
    return names if more == names else _closed(more, parts)


def _imports(used: frozenset[str], parts: dict[str, Part]) -> Iterator[str]:
    """Yield the imports of the standard library."""
    homes: dict[str, list[str]] = {}
    for name in sorted(used & parts.keys()):
        if parts[name].of == name:
            yield f"import {name}"
        elif parts[name].of:
            homes.setdefault(parts[name].of, []).append(name)
    yield from (f"from {home} import {', '.join(names)}" for home, names in sorted(homes.items()))
