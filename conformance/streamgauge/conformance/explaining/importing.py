"""What a program is run on, as the lines that import it.

Its one idea: a program binds no names but its own, whatever the target is called, and takes errors from where the
adapter takes them. A name that no import statement can hold, as a keyword, is fetched by a call.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from streamgauge.conformance.adapters import ERRORS
from streamgauge.conformance.adapters.names import NAMES, has_names, holder_of, looks_like_reader, looks_like_writer
from streamgauge.conformance.adapters.resolve import OWN_ADAPTER
from streamgauge.conformance.explaining.acting import Manner, called, quoted

OWN = {"reference": "streamgauge.reference", "aiohttp": "streamgauge.conformance.adapters.aiohttp:adapter"}
ADAPTER_OF_IT = "streamgauge.conformance.adapters.reference:adapter"


class NotGiven(Exception):
    """There is no program that shows the failure; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a target is imported from: a module, the way to an object in it, and what that is."""

    module: str
    path: tuple[str, ...]
    found: Any
    manner: Manner

    def imports(self, used: frozenset[str]) -> Iterator[str]:
        """Yield the lines that make the names of the target which are used, and say which errors are its own."""
        found = self.found
        if self.manner.adapter:
            yield from self._itself("target")
            yield from ["target = target()"] * (inspect.isclass(found) or inspect.isfunction(found))
            yield from ["errors.update(target.errors)"] * ("errors" in used)
            return
        holders = {name: holder_of(name, found) for name in ERRORS if "errors" in used}
        own = {name: one for name, one in holders.items() if getattr(one, name) is not getattr(asyncio, name)}
        wanted = [name for name in NAMES if name in used]
        held = [name for name in wanted if getattr(found, name, None) is not None]
        itself = "" if has_names(found) else "StreamReader" if looks_like_reader(found) else "StreamWriter"
        parts = [*held, *(name for name, holder in own.items() if holder is found)]
        if parts or not itself:
            yield from self.parts(parts)
            yield from [f"{itself} = target"] * (itself in wanted and itself not in held)
        elif itself in wanted:
            yield from self._itself(itself)
        yield from _from("asyncio", [name for name in wanted if name not in (*held, itself)])
        for name, holder in own.items():
            if holder is not found:
                yield from Origin(holder.__name__, (), holder, self.manner).parts([name])
        yield from [f"errors.update({', '.join(f'{name}={name}' for name in own)})"] * bool(own)

    def _itself(self, name: str) -> Iterator[str]:
        """Yield the lines that import it under a name."""
        if not all(map(_is_written, (*self.module.split("."), *self.path[:1]))):
            yield "import importlib"
            yield f"{name} = {_reached(called('importlib.import_module', quoted(self.module)), self.path)}"
        elif not self.path:
            yield f"import {self.module} as {name}"
        elif self.path == (name,):
            yield f"from {self.module} import {name}"
        else:
            yield f"from {self.module} import {self.path[0]} as {name}"
            yield from [f"{name} = {_reached(name, self.path[1:])}"] * (len(self.path) > 1)

    def parts(self, names: list[str]) -> Iterator[str]:
        """Yield the lines that import what it holds under these names."""
        if not self.path and all(map(_is_written, self.module.split("."))):
            yield from _from(self.module, names)
        else:
            yield from self._itself("target") if names else ()
            yield from (f"{name} = target.{name}" for name in names)


def _is_written(name: str) -> bool:
    """Check whether source text can hold the name: it is no keyword, and reads as it is."""
    try:
        return ast.dump(ast.parse(name, mode="eval").body) == ast.dump(ast.Name(name, ast.Load()))
    except SyntaxError:
        return False


def _reached(start: str, path: tuple[str, ...]) -> str:
    """Return the expression that goes from somewhere to a part of it."""
    for part in path:
        start = f"{start}.{part}" if _is_written(part) else called("getattr", start, quoted(part))
    return start


def _from(module: str, names: list[str]) -> Iterator[str]:
    if names:
        yield f"from {module} import {', '.join(names)}"


def origin(target: str) -> Origin:
    """Return where a target is imported from. Raises `NotGiven` if it cannot be imported by its name."""
    module, _, text = OWN.get(target, target).partition(":")
    path = tuple(filter(None, text.split(".")))
    try:
        found: Any = importlib.import_module(module)
        for part in path:
            found = getattr(found, part)
    except (Exception, SystemExit) as problem:
        said = f"a program has to import what it is run on, and {target} cannot be imported: {problem}"
        raise NotGiven(said) from None
    if hasattr(found, OWN_ADAPTER):
        path, found = (*path, OWN_ADAPTER), getattr(found, OWN_ADAPTER)
    elif has_names(found) or looks_like_reader(found) or looks_like_writer(found):
        dials = has_names(found) and getattr(found, "open_connection", None) is not None
        return Origin(module, path, found, Manner(dials=dials))
    return Origin(module, path, found, Manner(adapter=True))


def on_reference(found: Origin) -> Origin:
    """Return the reference in place of a target, made in the same manner."""
    return replace(origin(ADAPTER_OF_IT if found.manner.adapter else "reference"), manner=found.manner)
