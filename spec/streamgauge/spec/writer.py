"""The rules of chapter `writer` for plain calls: what is handed to the transport, in which order, and what is refused.

What a call gives is owed to the transport by the time the loop is next quiet, and before the transport is told that
no more will come. A call that may not give anything (after `write_eof`, or with something that is no bytes) raises.
"""

from __future__ import annotations

from streamgauge.spec import alphabet as ev
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import limit_is_good
from streamgauge.spec.state import (
    STREAMS,
    Fails,
    Gives,
    Outbox,
    Owed,
    State,
    Yields,
    raises,
    returns,
    sending,
    silenced,
)
from streamgauge.spec.verdicts import Accepted, Judges, Kind, Stimuli, Violation, Wanted, missing, raising, violation

OVERWRITTEN = b"\xff"
BUFFERS = ("bytearray", "memoryview")
SHOWN_BY_RETURNING = frozenset({"writer.close.twice", "writer.write-eof.twice"})
# Who gave other bytes than these, before the order is blamed.
TELLING = (
    "writer.write.wrong-type",
    "writer.writelines.bad-element",
    "writer.close.write-dropped",
    "writer.write-eof.write-refused",
)
PLAIN = ("writer.write.order", "writer.writelines.iterable")
SEVERAL = ("list", "generator", "exhausted")


# ------------------------------------------------------------ what is owed


def owed(box: Outbox, method: str, args: tuple[ev.Argument, ...]) -> Owed:
    """Return what a plain call owes as things stand; if that is an optional failure, it may as well return.

    What it gives is for the transport. Its clauses are what it puts to the test, the one to blame first.
    """
    match method:
        case "write":
            return _giving(box, args, several=False)
        case "writelines":
            return _giving(box, elements(args[0]), several=True)
        case "write_eof" if not box.link.half_close:
            return raises("writer.write-eof.unsupported", "NotImplementedError", optional=box.closing)
        case "write_eof":
            return returns("writer.write-eof.twice" if box.asked_half or box.closing else "writer.write-eof.after-data")
        case "close":
            return returns("writer.close.twice" if box.asked_close or box.lost else "writer.close.flushes")
        case "abort":
            return returns("writer.abort.ends-reading")
        case _:
            raise ValueError(f"{method} is no plain call of a writer")


def _giving(box: Outbox, parts: tuple[ev.Argument, ...], *, several: bool) -> Owed:
    """`write`, or `writelines` if `several`: an error after `write_eof`, and after the close it goes nowhere."""
    data = [one for one in map(content, parts) if one is not None]
    bad = ("TypeError",) if len(data) < len(parts) else ()
    if box.closing:
        errors = ("RuntimeError", *bad) if box.asked_half else bad
        return Owed(Fails(errors) if errors else Yields(), ("writer.close.write-dropped",), optional=bool(errors))
    if box.asked_half:
        return Owed(Fails(("RuntimeError", *bad)), ("writer.write-eof.write-refused",))
    if bad:
        return raises("writer.writelines.bad-element" if several else "writer.write.wrong-type", "TypeError")
    mutable = any(isinstance(one, ev.Shaped) for one in parts)
    if several:
        if not parts:
            return returns("writer.writelines.nothing")
        empty = () if all(data) else ("writer.writelines.empty-elements",)
        clauses = (*empty, "writer.writelines.iterable")
    elif any(data):
        clauses = ("writer.write.bytes-like" if mutable else "writer.write.order",)
    else:
        return returns("writer.write.empty")
    return Owed(Gives(b"".join(data)), (*clauses, "writer.write.copies") if mutable else clauses)


def content(given: ev.Argument) -> bytes | None:
    """Return the bytes in an argument, or None if it is not bytes-like."""
    if isinstance(given, bytes):
        return given
    if isinstance(given, ev.Shaped) and given.kind in BUFFERS and isinstance(given.content, bytes):
        return given.content
    return None


def elements(given: ev.Argument) -> tuple[ev.Argument, ...]:
    """Return the elements of an argument of `writelines`."""
    if isinstance(given, ev.Shaped) and given.kind in SEVERAL:
        return given.content if isinstance(given.content, tuple) and given.kind != "exhausted" else ()
    one = content(given)
    if one is not None:
        return tuple(one)  # Its elements are numbers.
    return given if isinstance(given, tuple) else (given,)


# --------------------------------------------------------------- plain calls


def called(state: State, do: ev.Do) -> State:
    """Return the state once a plain call was begun, as if it will do what it owes."""
    box = state.outbox
    due = owed(box, do.method, do.args)
    if do.method in ("write", "writelines"):
        tested = (*(one for one in box.tested if one not in due.clauses), *reversed(due.clauses))
        given = due.outcome.data if isinstance(due.outcome, Gives) else b""
        box = replace(box, unsent=box.unsent + given, gave=do.method if given else box.gave, tested=tested)
    return replace(state, outbox=replace(box, doing=do.method, owes=due))


def returned(state: State, event: ev.Event, value: ev.Value) -> Accepted | Violation:
    """Judge a plain call that returned."""
    box, due, method = state.outbox, _due(state), state.outbox.doing
    if isinstance(due.outcome, Fails) and not due.optional:
        right = raising(*due.outcome.names)
        return violation(state, due.clauses[0], "not-refused", event, right, method=method)
    if isinstance(value, ev.Shaped) and value.kind == "awaitable":
        nothing = Wanted("no-awaitable", method)
        return violation(state, "writer.methods.kinds", "wrong-form", event, nothing, method=method)
    half = box.asked_half or (method == "write_eof" and not box.closing)
    after = replace(_over(box), asked_half=half, asked_close=box.asked_close or method == "close")
    shown = ("writer.methods.kinds", *(one for one in due.clauses if one in SHOWN_BY_RETURNING))
    if not after.unsent:
        shown, after = (*shown, *after.tested), replace(after, tested=())
    return Accepted(replace(state, outbox=after), shown)


def refused(state: State, event: ev.Event, problem: ev.Problem) -> Accepted | Violation:
    """Judge a plain call that raised."""
    box, due = state.outbox, _due(state)
    names = due.outcome.names if isinstance(due.outcome, Fails) else ()
    if problem.name in names:
        return Accepted(replace(state, outbox=_over(box)), due.clauses)
    right = raising(*names) if names else Owed(Yields(), due.clauses)
    kind: Kind = "wrong-failure" if names and not due.optional else "refused"
    # Half-closing in vain may have left something behind.
    in_vain = problem.name == "RuntimeError" and not box.link.half_close
    gave = isinstance(due.outcome, Gives) and due.outcome.data
    clause = "writer.write-eof.unsupported" if in_vain and gave else due.clauses[0]
    return violation(state, clause, kind, event, right, method=box.doing)


def _due(state: State) -> Owed:
    assert state.outbox.owes is not None
    return state.outbox.owes


def _over(box: Outbox) -> Outbox:
    return replace(box, doing="", owes=None)


# ----------------------------------------------------- what the transport saw


def wrote(state: State, event: ev.Wrote) -> Accepted | Violation:
    """Judge bytes that were handed to the transport; one that closes, or is lost, drops them."""
    box = state.outbox
    if box.gone:
        return Accepted(state)
    if not box.unsent.startswith(event.data):
        right = Wanted("written", box.unsent) if box.unsent else Wanted("no-write")
        return violation(state, _garbled(box, event.data), "undue", event, right)
    left = box.unsent[len(event.data) :]
    if left or box.doing:
        return Accepted(sending(state, unsent=left))
    return Accepted(sending(state, unsent=left, tested=()), box.tested)


def _garbled(box: Outbox, data: bytes) -> str:
    """Return the clause to blame for other bytes than those that were given."""
    if OVERWRITTEN in data and "writer.write.copies" in box.tested:
        return "writer.write.copies"
    suspects = (*(one for one in TELLING if one in box.tested), *reversed(box.tested))
    return next((one for one in suspects if one != "writer.write.copies"), "writer.write.order")


def halved(state: State, event: ev.Halved) -> Accepted | Violation:
    """Judge a `write_eof` that reached the transport."""
    box, clause = state.outbox, "writer.write-eof.after-data"
    asked = box.asked_half or box.doing == "write_eof"
    if asked and not box.unsent:
        return Accepted(sending(state, halved=True), (clause,))
    if not box.unsent and (box.asked_close or box.doing == "close" or _may_close(state)):
        return Accepted(state)  # The end goes out all the same, and the close comes by the time the loop is quiet.
    if box.doing and not asked:
        clause = _due(state).clauses[0]
    return violation(state, clause, "undue", event, Wanted("half-later" if asked else "no-half"))


def closed(state: State, event: ev.Closed | ev.Aborted) -> Accepted | Violation:
    """Judge a `close` or `abort` that reached the transport, or an attempt to connect that was given up."""
    box, dropped = state.outbox, isinstance(event, ev.Aborted)
    if dropped and box.opened == "unanswered":
        return Accepted(sending(state, opened="dialling"))
    if box.lost:
        return Accepted(state)
    if box.doing != "abort" or not dropped:
        asked = box.asked_close or box.doing in ("close", "abort")
        if asked and box.unsent:
            return violation(state, "writer.close.flushes", "undue", event, Wanted("written-first", box.unsent))
        if asked and dropped:
            clause = _due(state).clauses[0] if box.doing else "writer.close.flushes"
            return violation(state, clause, "undue", event, Wanted("close"))
        if not asked and not _may_close(state):
            return violation(state, _unasked(state), "undue", event, Wanted("no-close"))
    after = sending(state, closed=box.closed or not dropped, aborted=box.aborted or dropped, unsent=b"")
    return Accepted(silenced(after), ("writer.close.flushes",) if box.gave and not dropped else ())


def _unasked(state: State) -> str:
    """Return the clause to blame for a transport that was closed without need."""
    box = state.outbox
    if box.hosting is not None and box.hosting.handler == "future":
        return "server.callback.other-result"
    if box.doing and (box.doing != "write_eof" or box.asked_half):
        return _due(state).clauses[0]
    if box.doing or box.asked_half:
        return "writer.write-eof.not-closing"
    return "connection.eof.stays-open" if state.canonical.ended else "connection.made.transport"


# -------------------------------------------------------------------- quiet


def quiet(state: State) -> Accepted | Violation:
    """Judge what plain calls left undone when nothing is left to run."""
    box = state.outbox
    if box.gone:
        return Accepted(state)
    if box.unsent:
        clause = "writer.close.flushes" if box.asked_close else _garbled(box, b"")
        if state.canonical.ended and clause in PLAIN:
            clause = "writer.is-closing.half-open"
        return missing(state, clause, "all-written", box.unsent)
    if box.asked_close:
        return missing(state, "writer.close.flushes", "closed")
    if box.asked_half and not box.halved:
        return missing(state, "writer.write-eof.after-data", "half-closed")
    return Accepted(state)


def is_there(state: State, _: object) -> bool:
    """Check whether there are a reader and a writer to be asked for something."""
    box = state.outbox
    return box.opened in STREAMS and (box.hosting is None or box.hosting.handled)


# What each stimulus needs to make sense, and what it changes; what judges each observation.
STIMULI: Stimuli = {ev.Do: (is_there, called)}
JUDGES: Judges = {ev.Wrote: wrote, ev.Halved: halved, ev.Closed: closed, ev.Aborted: closed}


def _may_close(state: State) -> bool:
    """Check whether the layer may close the connection by itself: for a handler that is over, or a bad limit."""
    hosting = state.outbox.hosting
    if hosting is None:
        return False
    over = hosting.concluded is not None or hosting.handler == "plain-raises"
    # A plain handler has returned once anything else happens; what it returned is not its end.
    return over or (hosting.handler == "plain" and hosting.handled) or not limit_is_good(state)
