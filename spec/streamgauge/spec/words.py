"""Departures in words, made from the facts of a violation alone: what was allowed, and why what was seen is none of it.

Expectations that are no end of a call are one table. The other sentences follow from the kind of the departure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, assert_never

from streamgauge.spec.alphabet import Argument, Options, Quiet, Raised, Refused, Shaped, Value
from streamgauge.spec.state import Fails, Gives, Owed, Yields
from streamgauge.spec.verdicts import Expectation, Situation, Violation, Wanted

LONG = 60
# What was expected, and why it is a departure if it was not met. What the expectation speaks of is a name or a value.
WANTED: dict[Expectation, tuple[str, str]] = {
    "waiting": ("keeps waiting", ""),
    "suspended": ("the same end, after letting others run once", ""),
    "at-once": ("the same outcome, without suspending", "the call suspended although it had all it needed"),
    "refusal-at-once": ("a RuntimeError, without suspending", "the call was refused late"),
    "bytes": ("an object of the very type bytes", "the result has another type"),
    "naming": ("a RuntimeError whose message names {name}()", "the message does not say which call was refused"),
    "context": (
        "a ValueError with a LimitOverrunError as its context, and no cause",
        "the error does not show where it comes from",
    ),
    "stored": ("the exception that was set", "exception() tells something else than was stored"),
    "nothing-stored": ("None", "exception() tells something else than was stored"),
    "at-eof": ("{value}", "at_eof() is true if and only if the end was fed and nothing is unread"),
    "value": ("{value}", "the answer is another one"),
    "answer": ("an answer", "the question raised an exception"),
    "exception": ("an exception, at once", "the call was not refused"),
    "no-exception": ("no exception", "a legal call was refused"),
    "no-option": ("raises TypeError", "{name} was swallowed"),
    "no-attempt": ("raises ValueError before any attempt", "a connection was attempted"),
    "no-hold": ("no hold on the object that was given", "an object that was given is still held"),
    "no-hold-on-feed": ("no hold on the fed object", "the fed object is still held"),
    "paused": ("a paused transport", ""),
    "being-read": ("a transport that is being read", ""),
    "no-pause": ("no pause_reading here", "pause_reading was not due"),
    "no-resume": ("no resume_reading here", "resume_reading was not due"),
    "rest": ("the loop comes to rest", "a budget of {name} ran out"),
    "no-failure": ("no exception", "connection_made raised an exception"),
    "no-awaitable": ("returns nothing to be awaited", "{name} returned an awaitable"),
    "written": ("writes {value}, or a beginning of it", "these are not the bytes that were given"),
    "no-write": ("writes nothing", "these are not the bytes that were given"),
    "written-first": ("writes {value} first", "bytes that were given are lost"),
    "all-written": ("writes {value}", "{value} was never written"),
    "no-half": ("no write_eof here", "nobody asked for it"),
    "half-later": ("no write_eof here", ""),
    "close": ("closes the transport", "what is queued there is lost"),
    "no-close": ("the connection stays open", "nobody asked for it"),
    "open": (
        "eof_received returns something true",
        "the transport was told to close, though only the peer's side is done",
    ),
    "closed": ("closes the transport", "the transport was never closed"),
    "half-closed": ("ends the writing side of the transport", "the transport was never told the end"),
    "given-up": ("gives the attempt up", "open_connection has ended, and the loop still tries to connect"),
    "arguments": ("{value}", "these are not the arguments that were given"),
    "server": ("returns a server", "the server did not start"),
    "server-asked-for": ("asks the loop for a server", "the loop was never asked for a server"),
    "very-server": ("returns the server that the loop made", "start_server returned something else"),
    "no-handler": ("no call of the handler", "the handler was called more often than peers connected"),
    "no-connection": ("the connection is dropped", "the handler was called for a reader with a bad limit"),
    "handler": ("the handler is called with a reader and a writer", "the handler was called with something else"),
    "handler-called": ("the handler is called", "the handler was never called"),
    "report": ("the failure of the handler is reported", "nobody was told that the handler failed"),
    "no-report": ("no report", "what a plain handler returns is nobody's business"),
    "no-report-of-cancelling": ("no report", "cancelling a handler is no error"),
    "no-second-report": ("no second report", "the exception of the handler is reported again"),
    "gone": ("the connection is closed", "the connection of the handler stays open"),
}


def allowed(violation: Violation) -> tuple[str, ...]:
    """Return what would have been right, a sentence for each choice."""
    return tuple(dict.fromkeys(outcome(one) for one in violation.owed))


def because(violation: Violation) -> str:
    """Return why what was seen is a departure, as a sentence."""
    expected = next((one for one in violation.owed if isinstance(one, Wanted)), None)
    return ("" if expected is None else _told(expected, 1)) or _of_its_kind(violation)


def _of_its_kind(violation: Violation) -> str:
    call, method, how = violation.call, violation.method, violation.situation
    named = f"call {call} ({method})"
    match violation.kind:
        case "hang":
            return f"{named} still waits, and nothing is left to run"
        case "not-refused" if isinstance(violation.observed, Quiet):
            return f"call {call}: two calls wait side by side"
        case "not-refused":
            return "the call was not refused"
        case "refused" | "wrong-failure" if isinstance(violation.observed, Refused) and method:
            return f"{method} raised {violation.observed.problem.name}"
        case "wrong-failure" if isinstance(violation.observed, Refused):
            return "another exception was raised"
        case "missing" if violation.wants("paused", "being-read"):
            paused = "paused" if how.paused else "not paused"
            return f"{how.unread} bytes unread, limit {how.limit}, the transport is {paused}"
        case "undue":
            return f"{len(how.unsent)} bytes are not written yet"
        case _ if method in ("drain", "wait_closed", "open_connection"):
            return f"{named} ended while {', '.join(_of_the_connection(how))}"
        case _:
            ended = "raised" if isinstance(violation.observed, Raised) else "returned"
            return f"call {call} {ended} with {', '.join(_of_the_reader(how))}"


def _of_the_reader(how: Situation) -> list[str]:
    parts = [f"{how.unread} byte{'s' if how.unread != 1 else ''} unread"]
    parts.append("the end was fed" if how.ended else "no end was fed")
    return [*parts, f"a {how.stored} is stored"] if how.stored else parts


def _of_the_connection(how: Situation) -> list[str]:
    parts = ["the transport holds the writer up" if how.held else "the transport takes what is written"]
    if how.lost:
        parts.append("the connection is lost")
    elif how.closing:
        parts.append("the transport is closing")
    return [*parts, f"a {how.stored} is stored"] if how.stored else parts


def outcome(one: Owed | Wanted) -> str:
    """Return one expectation as the end of the sentence "the call …"."""
    if isinstance(one, Wanted):
        return _told(one, 0)
    match one.outcome:
        case Gives(data=data, short=True) if len(data) > 1:
            return f"returns {shown(data)} or a shorter beginning of it, not empty"
        case Gives(data=data):
            return f"returns {shown(data)}"
        case Yields(value=None):
            return "returns None"
        case Yields():
            return "returns a reader and a writer"
        case Fails() as failure:
            return _failure(failure)
        case _:
            assert_never(one.outcome)


def _told(one: Wanted, part: Literal[0, 1]) -> str:
    """Return a sentence of the table."""
    said = options(one.value) if one.what == "arguments" else value(one.value)
    return WANTED[one.what][part].format(name=one.value, value=said)


def _failure(failure: Fails) -> str:
    text = "raises " + " or ".join(failure.names)
    if failure.injected:
        text = f"raises the very {failure.names[0]} that was set"
    if failure.partial is not None:
        text += f", partial {shown(failure.partial)}"
    if failure.expected:
        text += f", expected {' or '.join(map(repr, failure.expected))}"
    if failure.consumed:
        text += f", consumed {' or '.join(map(str, failure.consumed))}"
    return text


def shown(data: bytes) -> str:
    """Return bytes as a literal, cut in the middle if long."""
    if len(data) <= LONG:
        return repr(data)
    return f"{data[:20]!r}…{data[-20:]!r} ({len(data)} bytes)"


def plain(content: Value) -> str:
    """Return what has no parts."""
    return shown(content) if isinstance(content, bytes) else repr(content)


def value(content: Value | Argument, leaf: Callable[[Value], str] = plain) -> str:
    """Return a value as it would stand in a program, or nearly so; `leaf` is how what has no parts is written."""
    match content:
        case tuple():
            return f"({_listed(content, leaf)}{',' * (len(content) == 1)})"
        case Shaped(kind="list", content=tuple() as items):
            return f"[{_listed(items, leaf)}]"
        case Shaped(kind="generator", content=tuple() as items):
            return f"iter([{_listed(items, leaf)}])"
        case Shaped(kind="exhausted"):
            return "iter([])"
        case Shaped(kind="tuple-subclass", content=tuple() as items):
            return f"Several({value(items, leaf)})"
        case Shaped(kind="float", content="nan" | "inf" | "-inf" as text):
            return f"float({leaf(text)})"
        case Shaped(kind="float" | "bool", content=str() as text):
            return text
        case Shaped(kind="object", content=str() as text):
            return f"an object ({text})" if text else "object()"
        case Shaped(kind=kind, content=inner):
            return f"{kind}({value(inner, leaf)})"
        case _:
            return leaf(content)


def _listed(items: tuple[Value, ...], leaf: Callable[[Value], str]) -> str:
    return ", ".join(value(one, leaf) for one in items)


def options(given: Value | Options, leaf: Callable[[Value], str] = plain) -> str:
    """Return options, which are pairs of a name and a value, as arguments."""
    return ", ".join(_option(one, leaf) for one in (given if isinstance(given, tuple) else (given,)))


def _option(one: Value, leaf: Callable[[Value], str]) -> str:
    match one:
        case (str() as name, held):
            return f"{name}={value(held, leaf)}"
        case _:
            return value(one, leaf)
