"""From plain data to objects: the arguments and errors that an implementation is given."""

from __future__ import annotations

import builtins
from typing import Any

from streamgauge.spec.alphabet import Argument, BreakForm, Form, Shaped

OVERWRITE = b"\xff"


class Several(tuple[Any, ...]):
    """A tuple that is more than a tuple."""

    __slots__ = ()


def argument(value: Argument) -> Any:
    """Return a new object of the type that the argument stands for."""
    if not isinstance(value, Shaped):
        return tuple(map(argument, value)) if isinstance(value, tuple) else value
    content = value.content
    match value.kind:
        case "bytearray":
            return bytearray(content if isinstance(content, bytes) else b"")
        case "memoryview":
            return memoryview(content if isinstance(content, bytes) else b"")
        case "list":
            return [argument(one) for one in content] if isinstance(content, tuple) else []
        case "tuple-subclass":
            return Several(map(argument, content)) if isinstance(content, tuple) else Several()
        case "float":
            return float(content) if isinstance(content, str) else 0.0
        case "bool":
            return content == "True"
        case _:
            return object()


def lent(value: Argument, buffers: list[bytearray | memoryview]) -> Any:
    """Return a new object for a writer; what its owner may change afterwards is added to `buffers`."""
    if isinstance(value, tuple):
        return tuple(lent(one, buffers) for one in value)
    if not isinstance(value, Shaped):
        return value
    content = value.content
    match value.kind:
        case "bytearray" | "memoryview":
            own = bytearray(content if isinstance(content, bytes) else b"")
            buffers.append(own if value.kind == "bytearray" else memoryview(own))
            return buffers[-1]
        case "list" | "generator" | "exhausted":
            parts = [lent(one, buffers) for one in content] if isinstance(content, tuple) else []
            return parts if value.kind == "list" else iter(parts if value.kind == "generator" else ())
        case _:
            return argument(value)


def material(data: bytes, form: Form) -> Any:
    """Return a new object of the type that the feed asks for."""
    match form:
        case "bytes":
            return data
        case "bytearray":
            return bytearray(data)
        case "memoryview":
            return memoryview(bytearray(data))
        case "str":
            return data.decode("latin-1")
        case "none":
            return None
        case "zero":
            return 0
        case "list":
            return list(data)


def use_again(fed: bytearray | memoryview) -> None:
    """Use a fed object as its owner may: put something else into it, and resize it. Raises `BufferError`."""
    fed[:] = OVERWRITE * len(fed)
    if isinstance(fed, bytearray):
        fed.append(OVERWRITE[0])


def breaking(name: str, form: BreakForm, number: int) -> BaseException | type[BaseException] | None:
    """Return the exception to set, in that form; an instance names the step of that number."""
    if form == "none":
        return None
    error = known_error(name)
    return error(f"set by step {number}") if form == "instance" else error


def known_error(name: str) -> type[BaseException]:
    """Return the built-in exception class of that name. Raises `ValueError` if there is none."""
    found = getattr(builtins, name, None)
    if isinstance(found, type) and issubclass(found, BaseException):
        return found
    raise ValueError(f"there is no built-in exception {name!r}")
