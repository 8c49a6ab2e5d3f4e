"""Events and values in the words of asyncio, for time lines, explanations and reports.

What is done reads like the call that does it (`feed_data(b'ab')`), what was observed like the end of a sentence
("returned b'ab'"); what the network does reads like the call that brings it. Nothing here depends on the run: the
same event always reads the same, as short as it can be told from others.
"""

from __future__ import annotations

from typing import assert_never

from streamgauge.spec.alphabet import (
    PLAIN_LINK,
    UNSET,
    Aborted,
    Accept,
    Advance,
    Answered,
    Argument,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Feed,
    Halved,
    Handled,
    Hold,
    Kept,
    Link,
    Listened,
    Lose,
    Made,
    Observation,
    On,
    OneEnd,
    Open,
    Options,
    Overran,
    Paused,
    Problem,
    Quiet,
    Raised,
    Refused,
    Release,
    Reported,
    Resumed,
    Returned,
    Serve,
    Settle,
    Shaped,
    Stimulus,
    Unclog,
    Unset,
    Value,
    Wrote,
)

# ------------------------------------------------------------------- values

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
    return "" if number == 1 else f" (number {number})"


QUESTIONS = {
    "is_closing": "is_closing()",
    "can_write_eof": "can_write_eof()",
    "extra_info": "get_extra_info('peername'): the transport's?",
    "extra_info_default": "get_extra_info(name, default): default only if unknown?",
    "transport": "writer.transport is its transport?",
    "writer_methods": "drain() and wait_closed() are awaitable?",
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
ATTACHED = {
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
            return ATTACHED[pausing]
        case Ask(question=question):
            return QUESTIONS.get(question, question)
        case Advance(seconds=seconds):
            return f"{seconds} s go by"
        case Settle():
            return "run until nothing is left to run"
        case On(end=end, event=inner):
            return whose(end) + (done(inner, connected=True) if isinstance(inner, OneEnd) else seen(inner))
        case _:
            return _to_connection(stimulus)


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
            return f"returned {roles(pair)}"
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
            return _of_connection(observation)


def _which(number: int) -> str:
    return "the exception that was set" + again(number) if number else "an exception that was never set"


def _on(number: int) -> str:
    return "" if number == 1 else f" of transport {number}"


# -------------------------------------------------------------- connections

Doing = Open | Dial | Serve | Accept | Conclude | Do | Clog | Unclog | Hold | Release | Lose
Seeing = Dialled | Listened | Handled | Reported | Wrote | Halved | Closed | Aborted | Kept

HANDLERS = {
    "plain": "a function",
    "plain-raises": "a function that raises",
    "future": "a function that returns a future",
    "coroutine": "a coroutine function",
    "partial": "a partial of a coroutine function",
    "object": "an object with async __call__",
    "lambda": "a lambda over a coroutine function",
}
ENDINGS = {"returns": "the handler returns", "raises": "the handler raises", "cancelled": "cancel the handler"}
FATES = {"accepted": "", "refused": ", which is refused", "unanswered": ", which nobody answers"}
PAUSING = {"works": "", "unsupported": "cannot be paused", "fails": "its pause_reading raises"}


def whose(end: int) -> str:
    """Return which end of a connection is meant; the second is always the server's."""
    return "at the server's end: " if end > 1 else ""


def _to_connection(step: Doing) -> str:
    """Return what is done to an end of a connection, or happens to it."""
    match step:
        case Open(link=link, linked=linked):
            return f"open a connection{' to the server' if linked else ''}{_special(link)}"
        case Dial(op=op, options=options, fate=fate):
            return f"call {op}: open_connection({_options(options)}){FATES[fate]}"
        case Serve(handler=handler, options=options):
            given = _options(options)
            return f"start_server({HANDLERS[handler]}{', ' if given else ''}{given})"
        case Accept(link=link):
            return f"a peer connects{_special(link)}"
        case Conclude(how=how):
            return ENDINGS[how]
        case Do(method="abort"):
            return "transport.abort()"
        case Do(method=method, args=args):
            return f"{method}({', '.join(map(value, args))})"
        case Clog():
            return "the peer stops taking what is written"
        case Unclog(count=None):
            return "the peer takes all that is written"
        case Unclog(count=count):
            return f"the peer takes {count} byte{'' if count == 1 else 's'} of what is queued"
        case Hold():
            return "pause_writing()"
        case Release():
            return "resume_writing()"
        case Lose(error=error):
            return f"connection_lost({'None' if error is None else f'{error}()'})"
        case _:
            assert_never(step)


def _special(link: Link) -> str:
    """Return what is unusual about a transport."""
    said = [f"high mark {link.high}"] if link.high != PLAIN_LINK.high else []
    said += [PAUSING[link.pausing]] if PAUSING[link.pausing] else []
    said += [] if link.half_close else ["no write_eof"]
    return f" ({', '.join(said)})" if said else ""


def _options(options: Options) -> str:
    return ", ".join(f"{name}={value(given)}" for name, given in options)


def _of_connection(observation: Seeing) -> str:
    """Return what was observed of an end of a connection."""
    match observation:
        case Dialled(options=options):
            return f"create_connection was called with {_options(options)}"
        case Listened(options=options):
            return f"create_server was called with {_options(options)}"
        case Handled(value=given):
            return f"the handler was called with {roles(given)}"
        case Reported():
            return "the loop's exception handler was told"
        case Wrote(data=data):
            return "the transport was handed " + literal(data)
        case Halved():
            return "write_eof was called on the transport"
        case Closed():
            return "the transport was closed"
        case Aborted():
            return "the transport was aborted"
        case Kept(open=kept):
            return f"eof_received returned something {'true' if kept else 'false'}"
        case _:
            assert_never(observation)


def roles(given: Value) -> str:
    """Return a reader and a writer as such, and anything else as it is."""
    if not isinstance(given, tuple):
        return value(given)
    names = [f"a {one}" for one in given if isinstance(one, str)]
    return (" and ".join(names) or "nothing") if len(names) == len(given) else value(given)
