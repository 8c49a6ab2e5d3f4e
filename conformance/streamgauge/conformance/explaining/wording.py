"""Stimuli and observations in the words of asyncio, for time lines, explanations and reports.

What is done reads like the call that does it (`feed_data(b'ab')`), what was observed like the end of a sentence
("returned b'ab'"). Nothing here depends on the run: the same event always reads the same.
"""

from __future__ import annotations

from typing import assert_never

from streamgauge.spec.alphabet import (
    UNSET,
    Advance,
    Answered,
    Argument,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Feed,
    Made,
    Observation,
    Overran,
    Paused,
    Problem,
    Quiet,
    Raised,
    Refused,
    Resumed,
    Returned,
    Settle,
    Shaped,
    Stimulus,
    Unset,
    Value,
)

LONG = 32
SPEAKING = frozenset(
    {"IncompleteReadError", "LimitOverrunError", "CancelledError", "TimeoutError", "StopAsyncIteration"}
)
QUESTIONS = {
    "at_eof": "at_eof()",
    "exception": "exception()",
    "repr": "type(repr(reader))",
    "iterator": "aiter(reader) is reader",
    "methods": "which methods are awaitable?",
    "IncompleteReadError.kind": "IncompleteReadError(b'ab', 5): an EOFError? partial? expected?",
    "IncompleteReadError.constructor": "IncompleteReadError(partial=b'abc', expected=7): partial? expected? its text?",
    "IncompleteReadError.undefined": "str(IncompleteReadError(b'', None)): which word stands for None?",
    "IncompleteReadError.pickle": "IncompleteReadError(b'ab', 5), pickled and copied: class? partial? expected?",
    "LimitOverrunError.kind": "LimitOverrunError('too long', 9): Exception? ValueError? EOFError? consumed? message?",
    "LimitOverrunError.pickle": "LimitOverrunError('too long', 9), pickled and copied: class? consumed? message?",
}
PAUSING = {
    "works": "set_transport(transport)",
    "unsupported": "set_transport(one that cannot be paused)",
    "fails": "set_transport(one whose pause_reading raises)",
}


# ------------------------------------------------------------------- values


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


# ------------------------------------------------------------------ stimuli


def made(limit: Argument | Unset) -> str:
    """Return the construction of the reader."""
    return "StreamReader()" if limit is UNSET else f"StreamReader(limit={value(limit)})"


def done(stimulus: Stimulus) -> str:
    """Return what is done to the implementation, as the call that does it."""
    match stimulus:
        case Feed():
            return f"feed_data({_fed(stimulus)})"
        case End():
            return "feed_eof()"
        case Break():
            return f"set_exception({_broken(stimulus)})"
        case Call(op=op, timeout=None):
            return f"call {op}: {called(stimulus)}"
        case Call(op=op, timeout=timeout):
            return f"call {op}: {called(stimulus)} within {timeout} s"
        case Cancel(op=op):
            return f"cancel call {op}"
        case Attach(pausing=pausing):
            return PAUSING[pausing]
        case Ask(question=question):
            return QUESTIONS.get(question, question)
        case Advance(seconds=seconds):
            return f"{seconds} s go by"
        case Settle():
            return "run until nothing is left to run"
        case _:
            assert_never(stimulus)


def called(call: Call) -> str:
    """Return the method and its arguments."""
    return f"{call.method}({', '.join(map(value, call.args))})"


def _fed(feed: Feed) -> str:
    match feed.form:
        case "none":
            return "None"
        case "zero":
            return "0"
        case "str":
            text = repr(feed.data.decode("latin-1"))
        case "list":
            text = repr(list(feed.data))
        case "bytes":
            text = literal(feed.data)
        case form:
            text = f"{form}({literal(feed.data)})"
    return text if feed.times == 1 else f"{text} * {feed.times}"


def _broken(step: Break) -> str:
    match step.form:
        case "instance":
            return f"{step.error}()"
        case "class":
            return step.error
        case "none":
            return "None"


# ------------------------------------------------------------- observations


def seen(observation: Observation) -> str:
    """Return what was observed, as the end of a sentence about the call, the step or the transport."""
    match observation:
        case Made():
            return "the reader was made"
        case Returned(value=result):
            return f"returned {value(result)}"
        case Raised(problem=raised):
            return f"raised {problem(raised)}"
        case Refused(problem=raised):
            return f"at once raised {problem(raised)}"
        case Answered(question="exception", value=int() as number):
            return f"answered {_which(number)}"
        case Answered(value=answer):
            return f"answered {value(answer)}"
        case Paused(transport=number):
            return f"called pause_reading{_on(number)}"
        case Resumed(transport=number):
            return f"called resume_reading{_on(number)}"
        case Quiet():
            return "nothing is left to run"
        case Overran(budget=budget):
            return f"never came to rest: a budget of {budget} ran out"
        case _:
            assert_never(observation)


def problem(raised: Problem, most: int = LONG) -> str:
    """Return an exception with the attributes that matter, and its message where the class does not say it all."""
    if raised.injected:
        return f"the very {raised.name} that was set" + _again(raised.injected)
    text = raised.name
    for name, held in (("partial", raised.partial), ("expected", raised.expected), ("consumed", raised.consumed)):
        shown = held is not None or (name == "expected" and raised.name == "IncompleteReadError")
        text += f", {name} {value(held, most)}" if shown else ""
    if raised.message and raised.name not in SPEAKING:
        text += f": {raised.message}"
    return text


def _again(number: int) -> str:
    return "" if number == 1 else f" (the {number}. one)"


def _which(number: int) -> str:
    return "the exception that was set" + _again(number) if number else "an exception that was never set"


def _on(number: int) -> str:
    return "" if number == 1 else f" of transport {number}"
