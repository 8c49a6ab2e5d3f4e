"""The rules of chapter `writer` for plain calls: what is handed to the transport, in which order, and what is refused.

What a call gives is owed to the transport by the time the loop is next quiet, and before the transport is told that
no more will come. A call that may not give anything (after `write_eof`, or with something that is no bytes) raises.
"""

from __future__ import annotations

from streamgauge.spec.alphabet import Aborted, Answered, Argument, Closed, Do, Halved, Quiet, Refused, Shaped, Wrote
from streamgauge.spec.records import replace
from streamgauge.spec.state import Fails, Gives, Outbox, Owed, State, Yields, may_close, raises, returns
from streamgauge.spec.verdicts import Accepted, Kind, Violation, Wanted, raising, violation

OVERWRITTEN = b"\xff"
BUFFERS = ("bytearray", "memoryview")
SHOWN_BY_RETURNING = frozenset({"writer.close.twice", "writer.write-eof.twice"})
PLAIN = ("writer.write.order", "writer.writelines.iterable")
SEVERAL = ("list", "generator", "exhausted")


# ------------------------------------------------------------ what is owed


def owed(box: Outbox, do: Do) -> Owed:
    """Return what a plain call owes as things stand; if that is an optional failure, it may as well return.

    What it gives is for the transport. Its clauses are what it puts to the test, the one to blame first.
    """
    match do.method:
        case "write":
            return _write(box, do.args[0])
        case "writelines":
            return _writelines(box, do.args[0])
        case "write_eof":
            return _write_eof(box)
        case "close":
            return returns("writer.close.twice" if box.asked_close or box.lost else "writer.close.flushes")
        case "abort":
            return returns("writer.abort.ends-reading")
        case _:
            raise ValueError(f"{do.method} is no plain call of a writer")


def _write(box: Outbox, given: Argument) -> Owed:
    data = content(given)
    if box.asked_half or box.closing:
        return _too_late(box, bad="" if data is not None else "TypeError")
    if data is None:
        return raises("writer.write.wrong-type", "TypeError")
    if not data:
        return returns("writer.write.empty")
    mutable = isinstance(given, Shaped)
    clauses = ("writer.write.bytes-like", "writer.write.copies") if mutable else ("writer.write.order",)
    return Owed(Gives(data), clauses)


def _writelines(box: Outbox, given: Argument) -> Owed:
    parts = elements(given)
    several = [content(one) for one in parts]
    data = [one for one in several if one is not None]
    if box.asked_half or box.closing:
        return _too_late(box, bad="TypeError" if len(data) < len(several) else "")
    if len(data) < len(several):
        return raises("writer.writelines.bad-element", "TypeError")
    if not data:
        return returns("writer.writelines.nothing")
    clauses = ["writer.writelines.iterable"]
    if not all(data):
        clauses.insert(0, "writer.writelines.empty-elements")
    if any(isinstance(one, Shaped) for one in parts):
        clauses.append("writer.write.copies")
    return Owed(Gives(b"".join(data)), tuple(clauses))


def _too_late(box: Outbox, bad: str) -> Owed:
    """After `write_eof` it is an error to give anything; after the close it goes nowhere."""
    errors = (*(("RuntimeError",) if box.asked_half else ()), *((bad,) if bad else ()))
    if not box.closing:
        return Owed(Fails(errors), ("writer.write-eof.write-refused",))
    return Owed(Fails(errors) if errors else Yields(), ("writer.close.write-dropped",), optional=bool(errors))


def _write_eof(box: Outbox) -> Owed:
    if not box.link.half_close:
        return raises("writer.write-eof.unsupported", "NotImplementedError", optional=box.closing)
    return returns("writer.write-eof.twice" if box.asked_half or box.closing else "writer.write-eof.after-data")


def content(given: Argument) -> bytes | None:
    """Return the bytes in an argument, or None if it is not bytes-like."""
    if isinstance(given, bytes):
        return given
    if isinstance(given, Shaped) and given.kind in BUFFERS and isinstance(given.content, bytes):
        return given.content
    return None


def elements(given: Argument) -> tuple[Argument, ...]:
    """Return the elements of an argument of `writelines`."""
    if isinstance(given, Shaped) and given.kind in SEVERAL:
        return given.content if isinstance(given.content, tuple) and given.kind != "exhausted" else ()
    one = content(given)
    if one is not None:
        return tuple(one)  # Its elements are numbers.
    return given if isinstance(given, tuple) else (given,)


# --------------------------------------------------------------- plain calls


def called(state: State, do: Do) -> State:
    """Return the state once a plain call was begun, as if it will do what it owes."""
    box = state.outbox
    due = owed(box, do)
    if do.method in ("write", "writelines"):
        tested = (*(one for one in box.tested if one not in due.clauses), *reversed(due.clauses))
        given = due.outcome.data if isinstance(due.outcome, Gives) else b""
        box = replace(box, unsent=box.unsent + given, gave=do.method if given else box.gave, tested=tested)
    return replace(state, outbox=replace(box, doing=do))


def returned(state: State, event: Answered) -> Accepted | Violation:
    """Judge a plain call that returned."""
    box = state.outbox
    do = box.doing
    assert do is not None
    due = owed(box, do)
    if isinstance(due.outcome, Fails) and not due.optional:
        right = raising(*due.outcome.names)
        return violation(state, due.clauses[0], "not-refused", event, right, method=do.method)
    if isinstance(event.value, Shaped) and event.value.kind == "awaitable":
        nothing = Wanted("no-awaitable", do.method)
        return violation(state, "writer.methods.kinds", "wrong-form", event, nothing, method=do.method)
    shown = ("writer.methods.kinds", *(one for one in due.clauses if one in SHOWN_BY_RETURNING))
    after = _asked(replace(box, doing=None), do.method)
    if not after.unsent:
        shown, after = (*shown, *after.tested), replace(after, tested=())
    return Accepted(replace(state, outbox=after), shown)


def _asked(box: Outbox, method: str) -> Outbox:
    match method:
        case "write_eof":
            return replace(box, asked_half=True) if not box.closing else box
        case "close":
            return replace(box, asked_close=True)
        case _:
            return box


def refused(state: State, event: Refused) -> Accepted | Violation:
    """Judge a plain call that raised."""
    box = state.outbox
    do = box.doing
    assert do is not None
    due = owed(box, do)
    names = due.outcome.names if isinstance(due.outcome, Fails) else ()
    if event.problem.name in names:
        return Accepted(replace(state, outbox=replace(box, doing=None)), due.clauses)
    right = raising(*names) if names else Owed(Yields(), due.clauses)
    kind: Kind = "wrong-failure" if names and not due.optional else "refused"
    return violation(state, _raised(box, event, due), kind, event, right, method=do.method)


def _raised(box: Outbox, event: Refused, due: Owed) -> str:
    """Return the clause to blame for a plain call that raised; half-closing in vain may have left something behind."""
    in_vain = event.problem.name == "RuntimeError" and not box.link.half_close
    gave = isinstance(due.outcome, Gives) and due.outcome.data
    return "writer.write-eof.unsupported" if in_vain and gave else due.clauses[0]


# ----------------------------------------------------- what the transport saw


def wrote(state: State, event: Wrote) -> Accepted | Violation:
    """Judge bytes that were handed to the transport; one that closes, or is lost, drops them."""
    box = state.outbox
    if box.closed or box.aborted or box.lost:
        return Accepted(state, ())
    if not box.unsent.startswith(event.data):
        right = Wanted("written", box.unsent) if box.unsent else Wanted("no-write")
        return violation(state, _garbled(box, event.data), "undue", event, right)
    after = replace(box, unsent=box.unsent[len(event.data) :])
    if after.unsent or after.doing is not None:
        return Accepted(replace(state, outbox=after), ())
    return Accepted(replace(state, outbox=replace(after, tested=())), box.tested)


def _garbled(box: Outbox, data: bytes) -> str:
    """Return the clause to blame for other bytes than those that were given."""
    if OVERWRITTEN in data and "writer.write.copies" in box.tested:
        return "writer.write.copies"
    telling = ("writer.write.wrong-type", "writer.writelines.bad-element", "writer.close.write-dropped")
    for clause in (*telling, "writer.write-eof.write-refused", *reversed(box.tested)):
        if clause in box.tested and clause != "writer.write.copies":
            return clause
    return "writer.write.order"


def halved(state: State, event: Halved) -> Accepted | Violation:
    """Judge a `write_eof` that reached the transport."""
    box = state.outbox
    asked = box.asked_half or (box.doing is not None and box.doing.method == "write_eof")
    if asked and not box.unsent:
        shown = ("writer.write-eof.after-data",)
        return Accepted(replace(state, outbox=replace(box, halved=True)), shown)
    closes = box.asked_close or (box.doing is not None and box.doing.method == "close") or may_close(state)
    if closes and not box.unsent:
        return Accepted(state, ())  # The end goes out all the same, and the close comes by the time the loop is quiet.
    clause = "writer.write-eof.after-data" if asked or box.doing is None else owed(box, box.doing).clauses[0]
    return violation(state, clause, "undue", event, Wanted("half-later" if asked else "no-half"))


def closed(state: State, event: Closed | Aborted) -> Accepted | Violation:
    """Judge a `close` or `abort` that reached the transport."""
    box = state.outbox
    if box.lost:
        return Accepted(state, ())
    asked = box.asked_close or (box.doing is not None and box.doing.method in ("close", "abort"))
    dropped = isinstance(event, Aborted)
    if asked and box.unsent and not (dropped and box.doing is not None and box.doing.method == "abort"):
        return violation(state, "writer.close.flushes", "undue", event, Wanted("written-first", box.unsent))
    if dropped and asked and not (box.doing is not None and box.doing.method == "abort"):
        clause = "writer.close.flushes" if box.doing is None else owed(box, box.doing).clauses[0]
        return violation(state, clause, "undue", event, Wanted("close"))
    if not asked and not may_close(state):
        return violation(state, _unasked(state), "undue", event, Wanted("no-close"))
    after = replace(box, closed=box.closed or not dropped, aborted=box.aborted or dropped, unsent=b"")
    shown = ("writer.close.flushes",) if box.gave and not dropped else ()
    # A transport that is closing delivers nothing, so nobody has to pause it, or to resume it, any more.
    return Accepted(replace(state, outbox=after, line=replace(state.line, paused=False, forgotten=True)), shown)


def _unasked(state: State) -> str:
    """Return the clause to blame for a transport that was closed without need."""
    box = state.outbox
    if box.hosting is not None and box.hosting.handler == "future":
        return "server.callback.other-result"
    if box.doing is not None:
        first = box.doing.method == "write_eof" and not box.asked_half
        return "writer.write-eof.not-closing" if first else owed(box, box.doing).clauses[0]
    if box.asked_half:
        return "writer.write-eof.not-closing"
    return "connection.eof.stays-open" if state.canonical.ended else "connection.made.transport"


# -------------------------------------------------------------------- quiet


def quiet(state: State) -> Accepted | Violation:
    """Judge what plain calls left undone when nothing is left to run."""
    box = state.outbox
    if box.lost or box.aborted or box.closed:
        return Accepted(state)
    if box.unsent:
        clause = "writer.close.flushes" if box.asked_close else _garbled(box, b"")
        if state.canonical.ended and clause in PLAIN:
            clause = "writer.is-closing.half-open"
        return violation(state, clause, "missing", Quiet(), Wanted("all-written", box.unsent))
    if box.asked_close:
        return violation(state, "writer.close.flushes", "missing", Quiet(), Wanted("closed"))
    if box.asked_half and not box.halved:
        return violation(state, "writer.write-eof.after-data", "missing", Quiet(), Wanted("half-closed"))
    return Accepted(state)
