"""What `stage` sees, in its words, from the events of a trace; and values as Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, assert_never

from streamgauge.conformance.explaining import stage
from streamgauge.spec.alphabet import (
    Aborted,
    Answered,
    Argument,
    Closed,
    Dialled,
    End,
    Event,
    Feed,
    Halved,
    Handled,
    Hold,
    Kept,
    Listened,
    Lose,
    Paused,
    Problem,
    Raised,
    Refused,
    Release,
    Reported,
    Resumed,
    Returned,
    Shaped,
    Value,
    Wrote,
    parted,
)

Numbers = Mapping[tuple[int, int], int]  # of an end and its own count: which exception it is in all
SILENT = ("write", "writelines", "write_eof", "close", "abort")


# ------------------------------------------------------------------- values


def literal(value: Value | Argument) -> str:
    """Return the expression that makes the value."""
    match value:
        case bytes() | str():
            return text_literal(value)
        case None | bool() | int():
            return repr(value)
        case tuple():
            items = ", ".join(map(literal, value))
            return f"({items},)" if len(value) == 1 else f"({items})"
        case Shaped(kind="list", content=tuple() as items):
            return f"[{', '.join(map(literal, items))}]"
        case Shaped(kind="generator" | "exhausted" as kind, content=tuple() as items):
            return f"iter([{', '.join(map(literal, items)) if kind == 'generator' else ''}])"
        case Shaped(kind="tuple-subclass", content=tuple() as items):
            return f"Several({literal(items)})"
        case Shaped(kind="float", content=str() as text):
            return text if re.fullmatch(r"-?\d+\.\d+", text) else f'float("{text}")'
        case Shaped(kind="bool", content=content):
            return str(content == "True")
        case Shaped(kind="bytearray" | "memoryview" as kind, content=bytes() as data):
            return f"{kind}({text_literal(data)})"
        case Shaped():
            return "object()"
        case _:
            assert_never(value)


def text_literal(value: bytes | str) -> str:
    """Return bytes or text in double quotes, as formatters of source text want it."""
    plain = repr(value)
    mark = plain[0] if plain[0] == "b" else ""
    body = plain[len(mark) + 1 : -1]
    return plain if '"' in body else f'{mark}"{body}"'.replace("\\'", "'")


def said(value: Value) -> str:
    """Return what `stage.said` says of the object that the value stands for."""
    match value:
        case Shaped(kind=kind, content=bytes() as content):
            return f"{kind}({stage.said(content)})"
        case Shaped(content=content):
            return f"an object of {content!s}"
        case tuple():
            return f"({', '.join(map(said, value))})"
        case _:
            return stage.said(value)


def said_by_repr(event: Event) -> bool:
    """Check whether `repr` says as much of the values in an event as `stage.said`, and is no longer."""
    match event:
        case Returned(value=value) | Answered(value=value):
            return _plain(value)
        case Raised(problem=problem) | Refused(problem=problem):
            return all(map(_plain, (problem.partial, problem.expected, problem.consumed)))
        case _:
            return True


def _plain(value: Value) -> bool:
    return not isinstance(value, Shaped | tuple) and not (isinstance(value, bytes) and len(value) > stage.LONG)


# -------------------------------------------------------------- what is seen


def word(event: Event, numbers: Numbers, *, connected: bool) -> str:
    """Return the word of an event, or nothing if none is seen of it."""
    end, plain = parted(event)
    match plain:
        case Returned(op=op, value=value):
            return f"call {op} returned {said(value)}{' at once' * plain.at_once}"
        case Raised(op=op, problem=problem):
            return f"call {op} raised {_problem(problem, end, numbers)}{' at once' * plain.at_once}"
        case Refused(problem=problem):
            return f"raised {_problem(problem, end, numbers)}"
        case Answered(question="server", value=value):
            return f"returned {'the server' if value is True else 'something else'}"
        case Answered(question="exception", value=int() as number):
            return f"returned '{_which(end, number, numbers) if number else 'what was never set'}'"
        case Answered(question="methods" | "at_eof" as question, value=Shaped(content=str() as text)):
            return f"returned {f'an object of {text}' if question == 'at_eof' else text!r}"
        case Answered(question=question, value=None) if question in SILENT:
            return ""
        case Answered(value=value):
            return f"returned {said(value)}"
        case Paused(transport=number) | Resumed(transport=number) if not connected:
            return f"{'pause' if isinstance(plain, Paused) else 'resume'}_reading {number}"
        case _:
            found = _of_network(plain)
            return f"end {end}: {found}" if found and end > 1 else found


def _problem(problem: Problem, end: int, numbers: Numbers) -> str:
    if problem.injected:
        return _which(end, problem.injected, numbers)
    held = (("partial", problem.partial), ("expected", problem.expected), ("consumed", problem.consumed))
    return " ".join([problem.name, *(f"{what} {said(value)}" for what, value in held if value is not None)])


def _which(end: int, number: int, numbers: Numbers) -> str:
    return f"error {numbers.get((end, number), 0)}"


def _of_network(event: Any) -> str:
    """Return what a transport, a server or the loop notes of an event."""
    match event:
        case Feed() | End():
            return "data_received" if isinstance(event, Feed) else "eof_received"
        case Hold() | Release():
            return "pause_writing" if isinstance(event, Hold) else "resume_writing"
        case Lose():
            return "connection_lost"
        case Wrote(data=data):
            return f"write {stage.said(data)}"
        case Kept(open=kept):
            return "stays open" if kept else "does not stay open"
        case Paused() | Resumed():
            return "pause_reading" if isinstance(event, Paused) else "resume_reading"
        case Handled(value=value):
            return f"handler{said(value)}"
        case Reported(failure=failure):
            return f"reported {'that the handler failed' if failure else 'something'}"
        case Dialled(options=options) | Listened(options=options):
            told = " ".join(f"{name}={said(value)}" for name, value in options)
            return f"create_{'connection' if isinstance(event, Dialled) else 'server'} {told}"
        case _:
            return PLAIN.get(type(event), "")


PLAIN: dict[type, str] = {Halved: "write_eof", Closed: "close", Aborted: "abort"}
