"""Events and values in the words of asyncio, for time lines, explanations, reports and programs.

What is done reads like the call that does it (`feed_data(b'ab')`), what was observed like the end of a sentence
("returned b'ab'"); what the network does reads like the call that brings it. Nothing here depends on the run: the
same event always reads the same, as short as it can be told from others. What a program sees while it runs it says in
the same words (`stage`). Where a step is of one of several kinds, its words and its Python stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from streamgauge.conformance.explaining.stage import ASKED, again, cut, said
from streamgauge.spec import alphabet as ev
from streamgauge.spec import words
from streamgauge.spec.alphabet import PLAIN_LINK, UNSET, Argument, Problem, Value, parted
from streamgauge.spec.verdicts import Expectation, Wanted

SPEAKING = frozenset(
    {"IncompleteReadError", "LimitOverrunError", "CancelledError", "TimeoutError", "StopAsyncIteration"}
)
SILENT = ("write", "writelines", "write_eof", "close", "abort")  # what they return is seldom worth a word
# What is asked: in words, and as what a program calls and with what. `wire` is the transport.
QUESTIONS = {
    "is_closing": ("is_closing()", "{writer}.is_closing"),
    "can_write_eof": ("can_write_eof()", "{writer}.can_write_eof"),
    "extra_info": (
        "get_extra_info('peername'): the transport's?",
        'lambda: {writer}.get_extra_info("peername") == PEERNAME',
    ),
    "extra_info_default": (
        "get_extra_info(name, default): default only if unknown?",
        'lambda: [{writer}.get_extra_info(*one) for one in (("peername", 0), ("x",), ("x", 0))] == [PEERNAME, None, 0]',
    ),
    "transport": ("writer.transport is its transport?", "lambda: {writer}.transport is {wire}"),
    "writer_methods": (
        "drain() and wait_closed() are awaitable?",
        "lambda: all([_is_awaited({writer}.drain()), _is_awaited({writer}.wait_closed())])",
    ),
    "at_eof": ("at_eof()", "at_eof, {reader}"),
    "exception": ("exception()", "stored, {reader}"),
    "repr": ("type(repr(reader))", "lambda: type(repr({reader})).__name__"),
    "iterator": ("aiter(reader) is reader", "lambda: aiter({reader}) is {reader}"),
    "methods": ("which methods are awaitable?", "methods, {reader}"),
    "IncompleteReadError.kind": (
        "IncompleteReadError(b'ab', 5): an EOFError? partial? expected?",
        "_incomplete_kind, errors",
    ),
    "IncompleteReadError.constructor": (
        "IncompleteReadError(partial=b'abc', expected=7): partial? expected? its text?",
        "_incomplete_constructor, errors",
    ),
    "IncompleteReadError.undefined": (
        "str(IncompleteReadError(b'', None)): which word stands for None?",
        "_incomplete_undefined, errors",
    ),
    "IncompleteReadError.pickle": (
        "IncompleteReadError(b'ab', 5), pickled and copied: class? partial? expected?",
        "_incomplete_pickle, errors",
    ),
    "LimitOverrunError.kind": (
        "LimitOverrunError('too long', 9): Exception? ValueError? EOFError? consumed? message?",
        "_limit_kind, errors",
    ),
    "LimitOverrunError.pickle": (
        "LimitOverrunError('too long', 9), pickled and copied: class? consumed? message?",
        "_limit_pickle, errors",
    ),
}
ATTACHED = {
    "works": ("set_transport(transport)", ""),
    "unsupported": ("set_transport(one that cannot be paused)", ", NotImplementedError()"),
    "fails": ("set_transport(one whose pause_reading raises)", ', RuntimeError("pause_reading failed")'),
}
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
# What is not there although it should be.
MISSING: dict[Expectation, str] = {
    "all-written": "nothing was written",
    "closed": "the transport was not closed",
    "half-closed": "the transport was not told the end",
    "paused": "the transport is not paused",
    "being-read": "the transport is paused",
    "given-up": "the attempt was not given up",
    "server-asked-for": "the loop was not asked for a server",
    "handler-called": "the handler was not called",
    "report": "nothing was reported",
    "gone": "the connection stands",
}
PAUSING = {"works": "", "unsupported": "cannot be paused", "fails": "its pause_reading raises"}

# ------------------------------------------------------------------- values


def value(content: Value | Argument, leaf: Callable[[Value], str] = said) -> str:
    """Return a value as it would stand in a program, or nearly so; `leaf` is how what has no parts is written."""
    return words.value(content, leaf)


def problem(raised: Problem) -> str:
    """Return an exception with the attributes that matter, and its message where the class does not say it all."""
    if raised.injected:
        return f"the very {raised.name} that was set" + again(raised.injected)
    text = raised.name
    for name, held in (("partial", raised.partial), ("expected", raised.expected), ("consumed", raised.consumed)):
        shown = held is not None or (name == "expected" and raised.name == "IncompleteReadError")
        text += f", {name} {value(held)}" if shown else ""
    if raised.message and raised.name not in SPEAKING:
        text += f": {raised.message}"
    return text


def missing(wanted: Wanted, before: Iterable[ev.Event]) -> str:
    """Return what is not there, after these events, although it should be."""
    text = MISSING[wanted.what]
    wrote = any(isinstance(parted(one)[1], ev.Wrote) for one in before)
    return text.replace("nothing", "nothing more") if wrote and wanted.what == "all-written" else text


def which(number: int) -> str:
    """Return which of the exceptions that were set is meant."""
    return "the exception that was set" + again(number) if number else "an exception that was never set"


def roles(given: Value) -> str:
    """Return a reader and a writer as such, and anything else as it is."""
    if not isinstance(given, tuple):
        return value(given)
    names = [f"a {one}" for one in given if isinstance(one, str)]
    return (" and ".join(names) or "nothing") if len(names) == len(given) else value(given)


# ------------------------------------------------------------------ stimuli


def made(limit: Argument | ev.Unset) -> str:
    """Return the construction of the reader."""
    return "StreamReader()" if limit is UNSET else f"StreamReader(limit={value(limit)})"


def whose(end: int) -> str:
    """Return which end of a connection is meant; the second is always the server's."""
    return "at the server's end: " if end > 1 else ""


def done(stimulus: ev.Stimulus, *, connected: bool = False) -> str:
    """Return what is done to the implementation, as the call that does it.

    What comes from the peer of a connection reaches its protocol, and not its reader, if it is `connected`.
    """
    match stimulus:
        case ev.Feed():
            return f"{'data_received' if connected else 'feed_data'}({fed(stimulus)})"
        case ev.End():
            return "eof_received()" if connected else "feed_eof()"
        case ev.Break(error=error, form=form):
            return f"set_exception({'None' if form == 'none' else error if form == 'class' else f'{error}()'})"
        case ev.Call(op=op, timeout=timeout):
            return f"call {op}: {called(stimulus)}" + ("" if timeout is None else f" within {timeout} s")
        case ev.Cancel(op=op):
            return f"cancel call {op}"
        case ev.Attach(pausing=pausing):
            return ATTACHED[pausing][0]
        case ev.Ask(question=question):
            return QUESTIONS[question][0] if question in QUESTIONS else question
        case ev.Advance(seconds=seconds):
            return f"{seconds} s go by"
        case ev.Settle():
            return "run until nothing is left to run"
        case ev.On(end=end, event=inner):
            return whose(end) + (done(inner, connected=True) if isinstance(inner, ev.OneEnd) else seen(inner))
        case _:
            return _to_connection(stimulus)


def called(call: ev.Call | ev.Do) -> str:
    """Return the method and its arguments."""
    return f"{call.method}({', '.join(map(value, call.args))})"


def fed(feed: ev.Feed, leaf: Callable[[Value], str] = said) -> str:
    """Return what is fed; `leaf` is how bytes and text are written."""
    match feed.form:
        case "none":
            return "None"
        case "zero":
            return "0"
        case "str":
            text = leaf(feed.data.decode("latin-1"))
        case "list":
            text = repr(list(feed.data))
        case "bytes":
            text = leaf(feed.data)
        case form:
            text = buffer(form, leaf(feed.data)) if leaf is not said else f"{form}({leaf(feed.data)})"
    return text if feed.times == 1 else f"{text} * {feed.times}"


def buffer(kind: str, data: str) -> str:
    """Return the Python for a buffer that can be used again."""
    return f"bytearray({data})" if kind == "bytearray" else f"{kind}(bytearray({data}))"


Doing = (
    ev.Open | ev.Dial | ev.Serve | ev.Accept | ev.Conclude
    | ev.Do | ev.Clog | ev.Unclog | ev.Hold | ev.Release | ev.Lose
)  # fmt: skip


def _to_connection(step: Doing) -> str:
    """Return what is done to an end of a connection, or happens to it."""
    match step:
        case ev.Open(link=link, linked=linked):
            return f"open a connection{' to the server' if linked else ''}{_special(link)}"
        case ev.Dial(op=op, options=options, fate=fate):
            return f"call {op}: open_connection({words.options(options, said)}){FATES[fate]}"
        case ev.Serve(handler=handler, options=options):
            return f"start_server({', '.join(filter(None, (HANDLERS[handler], words.options(options, said))))})"
        case ev.Accept(link=link):
            return f"a peer connects{_special(link)}"
        case ev.Conclude(how=how):
            return ENDINGS[how]
        case ev.Do():
            return f"{'transport.' * (step.method == 'abort')}{called(step)}"
        case ev.Clog():
            return "the peer stops taking what is written"
        case ev.Unclog(count=None):
            return "the peer takes all that is written"
        case ev.Unclog(count=count):
            return f"the peer takes {count} byte{'' if count == 1 else 's'} of what is queued"
        case ev.Hold():
            return "pause_writing()"
        case ev.Release():
            return "resume_writing()"
        case ev.Lose(error=error):
            return f"connection_lost({'None' if error is None else f'{error}()'})"
        case _:
            assert_never(step)


def _special(link: ev.Link) -> str:
    """Return what is unusual about a transport."""
    high = f"high mark {link.high}" if link.high != PLAIN_LINK.high else ""
    unusual = ", ".join(filter(None, (high, PAUSING[link.pausing], "" if link.half_close else "no write_eof")))
    return f" ({unusual})" if unusual else ""


# ------------------------------------------------------------- observations


def seen(observation: ev.Observation, *, connected: bool = False) -> str:
    """Return what was observed, as the end of a sentence about the call, the step or the transport."""
    match observation:
        case ev.Made():
            return "the connection was made" if connected else "the reader was made"
        case ev.Returned(value=result):
            return f"returned {roles(result) if result == ('reader', 'writer') else value(result)}"
        case ev.Raised(problem=raised):
            return f"raised {problem(raised)}"
        case ev.Refused(problem=raised):
            return f"at once raised {problem(raised)}"
        case ev.Answered(question="exception", value=int() as number):
            return f"answered {which(number)}"
        case ev.Answered(question="server", value=answer):
            return f"returned {'the server that the loop made' if answer is True else 'something else'}"
        case ev.Answered(question=question, value=answer):
            return f"{'returned' if question in SILENT else 'answered'} {value(answer)}"
        case ev.Paused(transport=number) | ev.Resumed(transport=number):
            asked = ASKED["pause_reading" if isinstance(observation, ev.Paused) else "resume_reading"]
            return asked if number == 1 else f"{asked} of transport {number}"
        case ev.Quiet():
            return "nothing is left to run"
        case ev.Overran(budget=budget):
            return f"never came to rest: a budget of {budget} ran out"
        case _:
            return _of_connection(observation)


Seeing = (
    ev.Dialled | ev.Listened | ev.Handled | ev.Reported | ev.Wrote | ev.Halved | ev.Closed | ev.Aborted | ev.Kept
)  # fmt: skip


def _of_connection(observation: Seeing) -> str:
    """Return what was observed of an end of a connection."""
    match observation:
        case ev.Dialled(options=options):
            return f"create_connection was called with {words.options(options, said)}"
        case ev.Listened(options=options):
            return f"create_server was called with {words.options(options, said)}"
        case ev.Handled(value=given):
            return f"the handler was called with {roles(given)}"
        case ev.Reported(failure=failure):
            what = "that the handler failed" if failure else "of something else"
            return f"the loop's exception handler was told {what}"
        case ev.Wrote(data=data):
            return ASKED["write"].format(cut(data))
        case ev.Halved():
            return ASKED["write_eof"]
        case ev.Closed():
            return ASKED["close"]
        case ev.Aborted():
            return ASKED["abort"]
        case ev.Kept(open=kept):
            return f"eof_received returned something {'true' if kept else 'false'}"
        case _:
            assert_never(observation)
