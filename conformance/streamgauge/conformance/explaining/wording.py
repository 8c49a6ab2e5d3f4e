"""Stimuli and observations in the words of asyncio, for time lines, explanations and reports.

What is done reads like the call that does it (`feed_data(b'ab')`), what was observed like the end of a sentence
("returned b'ab'"). Nothing here depends on the run: the same event always reads the same.
"""

from __future__ import annotations

from streamgauge.conformance.explaining.connections import wording as connections
from streamgauge.conformance.explaining.values import again, literal, problem, value
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
    On,
    OneEnd,
    Overran,
    Paused,
    Quiet,
    Raised,
    Refused,
    Resumed,
    Returned,
    Settle,
    Stimulus,
    Unset,
)

QUESTIONS = {
    **connections.QUESTIONS,
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


# ------------------------------------------------------------------ stimuli


def made(limit: Argument | Unset) -> str:
    """Return the construction of the reader."""
    return "StreamReader()" if limit is UNSET else f"StreamReader(limit={value(limit)})"


def done(stimulus: Stimulus, *, connected: bool = False) -> str:
    """Return what is done to the implementation, as the call that does it.

    What comes from the peer of a connection reaches its protocol, and not its reader, if it is `connected`.
    """
    match stimulus:
        case Feed():
            return f"{'data_received' if connected else 'feed_data'}({_fed(stimulus)})"
        case End():
            return "eof_received()" if connected else "feed_eof()"
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
        case On(end=end, event=inner):
            return connections.whose(end) + (done(inner, connected=True) if isinstance(inner, OneEnd) else seen(inner))
        case _:
            return connections.done(stimulus)


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


def seen(observation: Observation, *, connected: bool = False) -> str:
    """Return what was observed, as the end of a sentence about the call, the step or the transport."""
    match observation:
        case Made():
            return "the connection was made" if connected else "the reader was made"
        case Returned(value=("reader", "writer") as pair):
            return f"returned {connections.roles(pair)}"
        case Returned(value=result):
            return f"returned {value(result)}"
        case Raised(problem=raised):
            return f"raised {problem(raised)}"
        case Refused(problem=raised):
            return f"at once raised {problem(raised)}"
        case Answered(question="exception", value=int() as number):
            return f"answered {_which(number)}"
        case Answered(question="server", value=answer):
            return "returned the server that the loop made" if answer is True else "returned something else"
        case Answered(question="write" | "writelines" | "write_eof" | "close" | "abort", value=answer):
            return f"returned {value(answer)}"
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
            return connections.seen(observation)


def _which(number: int) -> str:
    return "the exception that was set" + again(number) if number else "an exception that was never set"


def _on(number: int) -> str:
    return "" if number == 1 else f" of transport {number}"
