"""What was observed, as plain data: results, exceptions and answers without object identities or addresses."""

from __future__ import annotations

import asyncio
import builtins
import copy
import inspect
import pickle
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from streamgauge.spec.alphabet import Feed, Form, Shaped, Value

ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
MOST_MESSAGE = 200
LONG = 64

Errors = tuple[tuple[str, type[BaseException]], ...]
Broken = list[Any]


def plain(value: Any) -> Value:
    """Return `value` as plain data, as which it may come; what has no plain form keeps the name of its type."""
    kind = type(value)
    if kind in (bytes, bool, int, str, Shaped) or value is None:
        return value  # type: ignore[no-any-return]  # just checked
    if isinstance(value, bytes | bytearray | memoryview):
        return Shaped(kind.__name__, bytes(value))
    if kind is tuple:
        return tuple(map(plain, value))
    return Shaped("object", kind.__name__)


def told(options: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return named arguments as plain data."""
    return tuple(sorted((name, plain(value)) for name, value in options.items()))


FORMS: dict[type, Form] = {bytes: "bytes", bytearray: "bytearray", memoryview: "memoryview", str: "str", list: "list"}


short = lru_cache(maxsize=1000)(Feed)  # the same objects each time, which a judge knows at first sight


def fed(data: Any) -> Feed:
    """Return what is fed, as plain data; what repeats itself at length is told as that."""
    form = FORMS.get(type(data), "none")
    content = data if form == "bytes" else data.encode("latin-1") if form == "str" else bytes(data or ())
    if len(content) < LONG:
        return short(content, form)
    period = (content + content).find(content, 1)
    return Feed(content[:period], form, len(content) // period)


def facts(raised: BaseException, errors: Errors, broken: Broken) -> tuple[Any, ...]:
    """Return what its `Problem` says, first the documented name, or that of the nearest built-in class."""
    if isinstance(raised, MemoryError):
        raise raised
    injected = _number(raised, broken) or 0
    name = _name(raised, errors)
    return (
        name,
        injected,
        plain(getattr(raised, "partial", None)),
        plain(getattr(raised, "expected", None)),
        plain(getattr(raised, "consumed", None)),
        "" if injected else _message(raised),
        _context(raised, errors) if name == "ValueError" else None,
    )


def _number(found: Any, broken: Broken) -> int | None:
    """Return which of the exceptions that were given this is, if any."""
    return next((number for number, known in enumerate(broken, 1) if known is found), None) if broken else None


def _name(raised: BaseException, errors: Errors) -> str:
    kind: Any = type(raised)
    return _named(kind, errors)


@lru_cache(maxsize=1000)
def _named(kind: Any, errors: Errors) -> str:
    for ancestor in kind.__mro__:
        documented = next((name for name, kind in errors if ancestor is kind), None)
        if documented is not None:
            return documented
        if ancestor is asyncio.CancelledError:
            return "CancelledError"
        name = str(ancestor.__name__)
        if getattr(builtins, name, None) is ancestor:
            return name
    return str(kind.__name__)


def _message(raised: BaseException) -> str:
    try:
        text = str(raised)
    except (Exception, SystemExit):
        return "(no message: str() of the exception raised)"
    return ADDRESS.sub("0x…", text)[:MOST_MESSAGE]


def _context(raised: BaseException, errors: Errors) -> str | None:
    if raised.__cause__ is not None:
        return f"cause: {_name(raised.__cause__, errors)}"
    return None if raised.__context__ is None else _name(raised.__context__, errors)


# ----------------------------------------------------------------- answers


def answer(question: str, reader: Any, errors: Mapping[str, type[BaseException]], broken: Broken) -> Value:
    """Return what the implementation answers. Raises `ValueError` for a question that nobody knows."""
    match question:
        case "at_eof":
            value = reader.at_eof()
            return value if isinstance(value, bool) else Shaped("object", type(value).__name__)
        case "exception":
            return _stored(reader.exception(), broken)
        case "repr":
            return type(repr(reader)).__name__
        case "iterator":
            return aiter(reader) is reader
        case "methods":
            return _methods(reader)
        case _ if question in INSPECTIONS:
            return plain(INSPECTIONS[question](errors))
        case _:
            raise ValueError(f"there is no question {question!r}")


def _stored(found: Any, broken: Broken) -> Value:
    return None if found is None else _number(found, broken) or 0


def _methods(reader: Any) -> Value:
    """Check whether what there is of the read methods can be awaited, and what is plain cannot."""
    for name, args in (("read", (0,)), ("readexactly", (0,)), ("readuntil", ()), ("readline", ()), ("__anext__", ())):
        method = getattr(reader, name, None)
        if method is not None and not _awaitable(method(*args)):
            return Shaped("object", f"{name} is not awaitable")
    for name in ("at_eof", "feed_eof"):
        method = getattr(reader, name, None)
        if method is not None and _awaitable(method()):
            return Shaped("object", f"{name} is not a plain call")
    return True


def _awaitable(result: Any) -> bool:
    if not inspect.isawaitable(result):
        return False
    if inspect.iscoroutine(result):
        result.close()
    elif isinstance(result, asyncio.Future):
        result.cancel()
    return True


def _incomplete_kind(errors: Mapping[str, type[BaseException]]) -> Any:
    error: Any = errors["IncompleteReadError"](b"ab", 5)
    return isinstance(error, EOFError), error.partial, error.expected


def _incomplete_constructor(errors: Mapping[str, Any]) -> Any:
    kind = errors["IncompleteReadError"]
    named, placed = kind(partial=b"abc", expected=7), kind(b"abc", 7)
    counted = re.search(r"\b3\b", str(named)) is not None
    return named.partial, named.expected, counted, placed.partial, placed.expected


def _incomplete_undefined(errors: Mapping[str, Any]) -> Any:
    text = str(errors["IncompleteReadError"](b"", None))
    return next((word for word in ("undefined", "None") if word in text), text)


def _incomplete_pickle(errors: Mapping[str, Any]) -> Any:
    error = errors["IncompleteReadError"](b"ab", 5)
    return tuple(
        part
        for other in (pickle.loads(pickle.dumps(error)), copy.copy(error))
        for part in (type(other) is type(error), other.partial, other.expected)
    )


def _limit_kind(errors: Mapping[str, Any]) -> Any:
    error = errors["LimitOverrunError"]("too long", 9)
    kinds = (isinstance(error, Exception), isinstance(error, ValueError), isinstance(error, EOFError))
    return (*kinds, error.consumed, error.args[0])


def _limit_pickle(errors: Mapping[str, Any]) -> Any:
    error = errors["LimitOverrunError"]("too long", 9)
    return tuple(
        part
        for other in (pickle.loads(pickle.dumps(error)), copy.copy(error))
        for part in (type(other) is type(error), other.consumed, other.args[0])
    )


INSPECTIONS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "IncompleteReadError.kind": _incomplete_kind,
    "IncompleteReadError.constructor": _incomplete_constructor,
    "IncompleteReadError.undefined": _incomplete_undefined,
    "IncompleteReadError.pickle": _incomplete_pickle,
    "LimitOverrunError.kind": _limit_kind,
    "LimitOverrunError.pickle": _limit_pickle,
}
