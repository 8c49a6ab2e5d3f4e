"""The events of a connection in words, as `wording` has those of a reader.

What reaches a protocol reads like the call that brings it (`data_received(b'ab')`), what the transport saw like a
sentence about it.
"""

from __future__ import annotations

from typing import assert_never

from streamgauge.conformance.explaining.values import literal, value
from streamgauge.spec.alphabet import (
    PLAIN_LINK,
    Aborted,
    Accept,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    Halved,
    Handled,
    Hold,
    Kept,
    Link,
    Listened,
    Lose,
    Open,
    Options,
    Release,
    Reported,
    Serve,
    Unclog,
    Value,
    Wrote,
)

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
QUESTIONS = {
    "is_closing": "is_closing()",
    "can_write_eof": "can_write_eof()",
    "extra_info": "get_extra_info('peername'): the transport's?",
    "extra_info_default": "get_extra_info(name, default): default only if unknown?",
    "transport": "writer.transport is its transport?",
    "writer_methods": "drain() and wait_closed() are awaitable?",
}


def whose(end: int) -> str:
    """Return which end of a connection is meant; the second is always the server's."""
    return "at the server's end: " if end > 1 else ""


def done(step: Doing) -> str:
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


def seen(observation: Seeing) -> str:
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
