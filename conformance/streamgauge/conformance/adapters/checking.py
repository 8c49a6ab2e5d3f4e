"""Whether an object that means to be an adapter is one.

An adapter that says something untrue of itself would turn into verdicts on an innocent implementation; so whatever
can be seen from outside is checked before the first scenario. What cannot is what `streamgauge smoke` is for.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any, Final, cast

from streamgauge.conformance.adapters import CAPABILITIES, ERRORS, READ_METHODS, Adapter, AdapterFault
from streamgauge.conformance.adapters.telling import kind, told


def sound(found: object, where: str) -> Adapter:
    """Return `found`, which came from `where`, as an adapter. Raises `AdapterFault` for the first thing wrong."""
    for attribute, check in CHECKS.items():
        try:
            value = getattr(found, attribute)
        except AttributeError:
            raise AdapterFault(
                f"{where} is half an adapter: it has no {attribute}, and an adapter has {', '.join(CHECKS)}"
            ) from None
        except Exception as raised:
            raise AdapterFault(f"the {attribute} of {where} cannot be read: {told(raised)}") from raised
        complaint = check(value)
        if complaint is not None:
            raise AdapterFault(f"the {attribute} of {where} {complaint}")
    adapter = cast(Adapter, found)
    for error in ERRORS:
        if error in adapter.capabilities and error not in adapter.errors:
            raise AdapterFault(f"{where} declares {error}, but its errors have no class under that name")
    return adapter


def _wrong_name(name: Any) -> str | None:
    return None if isinstance(name, str) and name else "must be a text that is not empty"


def _wrong_capabilities(declared: Any) -> str | None:
    if not isinstance(declared, Collection) or isinstance(declared, str | bytes):
        return f"must be a set of names, not {kind(declared)}"
    strange = next((one for one in declared if not isinstance(one, str)), None)
    if strange is not None:
        return f"must be a set of names, and hold {kind(strange)}"
    unknown = sorted({*declared} - CAPABILITIES)
    if unknown:
        near = get_close_matches(unknown[0], CAPABILITIES, n=1)
        hint = f"did you mean {near[0]}?" if near else "`streamgauge smoke asyncio` shows all there are"
        return f"hold {unknown[0]!r}, which is none: {hint}"
    if not {*declared} & {*READ_METHODS, "connection"}:
        return f"hold no read method, so that nothing could be read; there are: {', '.join(READ_METHODS)}"
    return None


def _wrong_reader(reader: Any) -> str | None:
    if not callable(reader):
        return f"must be a method that makes a reader, not {kind(reader)}"
    return "must be a plain method, not a coroutine function" if inspect.iscoroutinefunction(reader) else None


def _wrong_errors(errors: Any) -> str | None:
    if not isinstance(errors, Mapping):
        return f"must be a mapping from documented names to exception classes, not {kind(errors)}"
    for name, error in errors.items():
        if not isinstance(name, str):
            return f"must have texts as keys, not {kind(name)}"
        if not (inspect.isclass(error) and issubclass(error, BaseException)):
            return f"must hold exception classes, and {name} is {kind(error)}"
    return None


CHECKS: Final[Mapping[str, Callable[[Any], str | None]]] = {
    "name": _wrong_name,
    "capabilities": _wrong_capabilities,
    "reader": _wrong_reader,
    "errors": _wrong_errors,
}
