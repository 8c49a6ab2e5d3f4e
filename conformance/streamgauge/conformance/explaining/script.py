"""A failure as a program that shows it without streamgauge, and the proof that it does.

The program does what the scenario did up to the departure, and exits with 1 if the departure shows again, with 0 if it
does not, and with 2 if anything unexpected happens. Its one idea: nothing of it is made up here but `main`; what that
stands on is taken from `stage`, as it is and only as far as it is used. No program is given away that was not run, on
the target and, with the target replaced, on the reference.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from textwrap import indent, wrap
from types import ModuleType
from typing import Any

from streamgauge.conformance.adapters.names import NAMES, has_names, looks_like_reader, looks_like_writer
from streamgauge.conformance.explaining import acting, brief, narrate, stage, unraised, wiring
from streamgauge.conformance.playing import observing
from streamgauge.conformance.results import Failure
from streamgauge.conformance.worlds import network, wire
from streamgauge.spec.clauses import Clause

WIDTH = 100
GUARD = 120  # seconds: far more than any program takes
ERRORS = ("IncompleteReadError", "LimitOverrunError")
OWN = {"reference": "streamgauge.reference", "aiohttp": "streamgauge.conformance.adapters.aiohttp"}
ADAPTER = "streamgauge_adapter"
WIRE = frozenset({"PEERNAME", "END", "Wire"})
LISTENER = frozenset({"Listener"})
INSPECTIONS = frozenset(one.__name__ for one in observing.INSPECTIONS.values())
NEEDS = "It needs streamgauge, which holds what it is run on."


Short = frozenset[tuple[ModuleType, str]]  # where a short form stands, and of what


class NotGiven(Exception):
    """There is no program that shows the failure; the message is a sentence that says why."""


def program(failure: Failure, clause: Clause, target: str) -> str:
    """Return the program, which was seen to show the failure on `target` and not to show it on the reference.

    Raises `NotGiven` if there is none.
    """
    found = origin(target)
    text = script(failure, clause, target, found)
    status, said = run(text)
    if status != 1:
        came = "it is not seen again there" if status == 0 else "something else went wrong"
        raise NotGiven(f"the program that was written does not show the fault on {target}: {came}{_last(said)}")
    status, said = run(script(failure, clause, target, on_reference(found)))
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


def script(failure: Failure, clause: Clause, target: str, found: Origin | None = None) -> str:
    """Return the text of the program, which nobody has run. Raises `NotGiven` if the target cannot be imported."""
    found = found or origin(target)
    lines = narrate.main(failure, found.manner)
    body = "\n".join(lines)
    names = _names(ast.parse(f"async def main():\n{indent(body, '    ')}"))
    imports = list(found.imports(names))
    lines = [*imports, "", *lines]
    main = "async def main():\n" + indent("\n".join(lines), "    ") + "\n"
    short = narrate.short(failure, own_errors=bool(found.own_errors()))
    head, parts = _taken(_names(ast.parse(main)) | {"run"}, short)
    said = wrap(clause.sentence.replace("\\", "\\\\").replace('"""', "'''"), WIDTH)
    first = f'"""{clause.id} on {target}: exits with 1 if the fault shows, with 0 if not, else with 2.'
    doc = "\n".join([first, "", *said, *(["", NEEDS] if target in OWN else []), '"""'])
    return "\n".join(
        [doc, "", "from __future__ import annotations", "", *head, "", parts, "", "", main, "", "run(main)", ""]
    )


# ------------------------------------------------------------- what it stands on


def _names(tree: ast.AST) -> set[str]:
    """Return the names that some code uses when it runs, and does not bind itself."""
    nodes = list(ast.walk(tree))
    said = [part for node in nodes for part in (getattr(node, "annotation", None), getattr(node, "returns", None))]
    unused = {id(one) for part in said if part is not None for one in ast.walk(part)}
    names = [node for node in nodes if isinstance(node, ast.Name) and id(node) not in unused]
    bound = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return {node.id for node in names} - bound - {node.id for node in names if isinstance(node.ctx, ast.Store)}


@dataclass(frozen=True, slots=True)
class Definition:
    """A piece of code as it stands in its file, and the names that it uses."""

    text: str
    names: frozenset[str]


@cache
def _there_is(short: Short) -> tuple[dict[str, Definition], dict[str, str]]:
    """Return what there is to take, by name, and the modules from which names are imported ("": they are modules).

    Of the definitions in `short`, it is the short form.
    """
    found: dict[str, Definition] = {}
    imports = dict.fromkeys(("faulthandler", "functools"), "")
    # Of the worlds everything, for they import nothing of ours; of others what is named.
    worlds = ((wire, WIRE), (network, LISTENER), (observing, INSPECTIONS))
    forms = ((module, {name for home, name in short if home is module}) for module in (brief, unraised))
    for module, wanted in (*worlds, (stage, None), (wiring, None), *forms):
        text = inspect.getsource(module)
        for node in ast.parse(text).body:
            match node:
                case ast.Import(names=names):
                    imports.update({one.name: "" for one in names})
                case ast.ImportFrom(module=str() as origin, names=names) if origin.partition(".")[0] != "streamgauge":
                    imports.update({one.name: origin for one in names})
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    if wanted is None or name in wanted:
                        found[name] = Definition(_text(text, node), frozenset(_names(node)))
                case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                    if wanted is None or name in wanted:
                        found[name] = Definition(_text(text, node), frozenset(_names(node)))
                case _:
                    pass
    return found, imports


def _text(text: str, node: ast.stmt) -> str:
    return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])


def _taken(names: set[str], short: Short) -> tuple[list[str], str]:
    """Return the imports, and the definitions that `names` lead to, in their order."""
    definitions, imports = _there_is(short)
    wanted: set[str] = set()
    left = set(names)
    while left:
        name = left.pop()
        if name in definitions and name not in wanted:
            wanted.add(name)
            left |= definitions[name].names
    used = names.union(*(definitions[name].names for name in wanted))
    modules: dict[str, list[str]] = {}
    for name in sorted(used & imports.keys()):
        modules.setdefault(imports[name], []).append(name)
    head = [f"import {name}" for name in modules.pop("", [])]
    head += [line for module in sorted(modules) for line in _from(module, modules[module])]
    texts = [one.text for name, one in definitions.items() if name in wanted]
    plain = [text for text in texts if text.isprintable()]
    return head, "\n\n\n".join(["\n".join(plain), *(text for text in texts if not text.isprintable())])


# ------------------------------------------------------------- what it is run on


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a target is imported from: a module, the way to an object in it, and what that is."""

    module: str
    path: str
    found: Any
    manner: acting.Manner

    def imports(self, names: set[str]) -> Iterator[str]:
        """Yield the lines that make the names of the target, and say which errors are its own."""
        first, _, rest = self.path.partition(".")
        reached = f"{first}.{rest}" if rest else first
        if self.path:
            yield f"from {self.module} import {first}"
        if self.manner.adapter:
            yield f"target = {reached}{'()' if inspect.isclass(self.found) or inspect.isfunction(self.found) else ''}"
            yield "errors.update(target.errors)"
            return
        errors = self.own_errors()
        wanted = [name for name in NAMES if name in names]
        held = [name for name in (*wanted, *errors) if getattr(self.found, name, None) is not None]
        if self.path:
            yield from (f"{name} = {reached}.{name}" for name in held)
        else:
            yield from _from(self.module, held)
        whole = has_names(self.found)
        itself = "" if whole else "StreamReader" if looks_like_reader(self.found) else "StreamWriter"
        if itself in wanted and itself not in held:
            yield f"{itself} = {reached}"
        yield from _from("asyncio", [name for name in wanted if name not in held and name != itself])
        yield from _from(getattr(self.found, "__module__", ""), [name for name in errors if name not in held])
        if errors:
            yield f"errors.update({', '.join(f'{name}={name}' for name in errors)})"

    def own_errors(self) -> list[str]:
        """Return the names of the errors that are the target's own; those of an adapter may be."""
        if self.manner.adapter:
            return [*ERRORS]
        return [name for name in ERRORS if self._has(name) and self._has(name) is not getattr(asyncio, name)]

    def _has(self, error: str) -> Any:
        """Return the error that the target has, or the module beside its class."""
        home = sys.modules.get(str(getattr(self.found, "__module__", "")))
        return getattr(self.found, error, None) or getattr(home, error, None)


def _from(module: str, names: list[str]) -> Iterator[str]:
    if names:
        yield f"from {module} import {', '.join(names)}"


def origin(target: str) -> Origin:
    """Return where a target is imported from. Raises `NotGiven` if it cannot be imported by its name."""
    module, _, path = OWN.get(target, target).partition(":")
    if target == "aiohttp":
        path = "adapter"
    try:
        found: Any = importlib.import_module(module)
        for part in path.split(".") if path else ():
            found = getattr(found, part)
    except Exception as problem:
        raise NotGiven(
            f"a program has to import what it is run on, and {target} cannot be imported: {problem}"
        ) from None
    if target != "aiohttp" and hasattr(found, ADAPTER):
        path, found = f"{path}.{ADAPTER}" if path else ADAPTER, getattr(found, ADAPTER)
        return Origin(module, path, found, acting.Manner(adapter=True))
    named = has_names(found) or looks_like_reader(found) or looks_like_writer(found)
    if target == "aiohttp" or not named:
        return _of_adapter(module, path, found)
    dials = getattr(found, "open_connection", None) is not None
    return Origin(module, path, found, acting.Manner(dials=dials and has_names(found)))


def _of_adapter(module: str, path: str, found: Any) -> Origin:
    """Return where an adapter is imported from; a module may be one."""
    if isinstance(found, ModuleType):
        above, _, path = module.rpartition(".")
        return Origin(above or module, path or module, found, acting.Manner(adapter=True))
    return Origin(module, path, found, acting.Manner(adapter=True))


def on_reference(found: Origin) -> Origin:
    """Return the reference in place of a target, made in the same manner."""
    if found.manner.adapter:
        module = "streamgauge.conformance.adapters.reference"
        return Origin(module, "adapter", origin_of(module, "adapter"), found.manner)
    module = OWN["reference"]
    return Origin(module, "", importlib.import_module(module), found.manner)


def origin_of(module: str, name: str) -> Any:
    """Return what a module has under that name."""
    return getattr(importlib.import_module(module), name)
