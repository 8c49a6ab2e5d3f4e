"""Values and exceptions in words, as short as they can be told apart."""

from __future__ import annotations

from typing import assert_never

from streamgauge.spec.alphabet import Argument, Problem, Shaped, Value

LONG = 32
SPEAKING = frozenset(
    {"IncompleteReadError", "LimitOverrunError", "CancelledError", "TimeoutError", "StopAsyncIteration"}
)


def literal(data: bytes, most: int = LONG) -> str:
    """Return bytes as a literal of about `most` characters, cut in the middle if it is longer."""
    if len(data) <= most:
        whole = repr(data)
        if len(whole) <= most + 3:
            return whole
    piece = max(most // 4, 4)
    return f"{data[:piece]!r}…{data[-piece:]!r} ({len(data)} bytes)"


def value(content: Value | Argument, most: int = LONG) -> str:
    """Return a value as it would stand in a program, or nearly so."""
    match content:
        case bytes():
            return literal(content, most)
        case None | bool() | int() | str():
            return repr(content)
        case tuple():
            items = ", ".join(value(one, most) for one in content)
            return f"({items},)" if len(content) == 1 else f"({items})"
        case Shaped(kind="list", content=tuple() as items):
            return f"[{', '.join(value(one, most) for one in items)}]"
        case Shaped(kind="generator" | "exhausted" as kind, content=tuple() as items):
            inner = "" if kind == "exhausted" else ", ".join(value(one, most) for one in items)
            return f"iter([{inner}])"
        case Shaped(kind="tuple-subclass", content=tuple() as items):
            return f"Several({value(items, most)})"
        case Shaped(kind="float" | "bool", content=str() as text):
            return text
        case Shaped(kind="object", content=str() as text):
            return f"an object ({text})" if text else "object()"
        case Shaped(kind=kind, content=inner):
            return f"{kind}({value(inner, most)})"
        case _:
            assert_never(content)


def problem(raised: Problem, most: int = LONG) -> str:
    """Return an exception with the attributes that matter, and its message where the class does not say it all."""
    if raised.injected:
        return f"the very {raised.name} that was set" + again(raised.injected)
    text = raised.name
    for name, held in (("partial", raised.partial), ("expected", raised.expected), ("consumed", raised.consumed)):
        shown = held is not None or (name == "expected" and raised.name == "IncompleteReadError")
        text += f", {name} {value(held, most)}" if shown else ""
    if raised.message and raised.name not in SPEAKING:
        text += f": {raised.message}"
    return text


def again(number: int) -> str:
    """Return which one of several is meant, unless it is the first."""
    return "" if number == 1 else f" (the {number}. one)"
