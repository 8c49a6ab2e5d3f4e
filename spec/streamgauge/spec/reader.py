"""The rules of chapter `reader`: what a pending call is owed, given what the inbox holds.

`owed` answers with every legal way for the call to end now; an empty answer means that it has to wait. It says
nothing about how to get there. The order of the rules is the order of precedence: wrong arguments that win over
everything, then the stored exception, then the bytes, then the end. What a search may find is in `search`; the
clause that decides a case stands first, because it is the one to blame.
"""

from __future__ import annotations

from streamgauge.spec import search
from streamgauge.spec.alphabet import Argument, Shaped, Version
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import as_bytes, as_float, incomplete, stored, untruthed, wrong_separator, wrong_type
from streamgauge.spec.state import Fails, Gives, Inbox, Owed, Pending

MACHINE_WORD = 2**63
# What a search beyond the limit owes even where the plain limit is kept.
BEYOND_THE_LIMIT = ("reader.separators.tie", "reader.separators.limit-start")


def owed(pending: Pending, inbox: Inbox, limit: int, python: Version) -> tuple[Owed, ...]:
    """Return every legal way for this call to end now; none means that it must wait."""
    if pending.cancelled:
        return (Owed(Fails(("CancelledError",)), ("reader.cancel.ends",)),)
    args = pending.call.args
    match pending.call.method:
        case "read":
            answer = _read(inbox, args[0] if args else -1)
        case "readexactly":
            answer = _readexactly(inbox, args[0])
        case "readuntil":
            answer = _readuntil(inbox, args, limit, python)
        case "readline":
            answer = _readline(inbox, limit)
        case "__anext__":
            answer = _anext(inbox, limit)
        case other:
            raise ValueError(f"the model knows no method {other!r}")
    if pending.expired:
        answer = (Owed(Fails(("TimeoutError",)), ("reader.cancel.timeout",)), *answer)
    return answer


# ------------------------------------------------------------------ read(n)


def _read(inbox: Inbox, n: Argument) -> tuple[Owed, ...]:
    n, truth = untruthed(n)
    fraction = as_float(n)
    if fraction is not None:
        return _read_float(inbox, fraction)
    if not isinstance(n, int):
        return wrong_type(inbox, "reader.read.wrong-type", due=bool(inbox.unread) or inbox.ended)
    if n == 0:
        return _read_nothing(inbox)
    if n >= MACHINE_WORD:
        return _read_huge(inbox)
    if inbox.stored is not None:
        return stored(inbox)
    return _read_all(inbox, n) if n < 0 else _read_some(inbox, n, truth)


def _read_float(inbox: Inbox, n: float) -> tuple[Owed, ...]:
    """A float is refused; one of zero or below may also pass for the integer that it is nearly."""
    clause = "reader.read.wrong-type"
    if not n <= 0:
        return wrong_type(inbox, clause, due=bool(inbox.unread) or inbox.ended)
    due = inbox.ended or (n == 0 and bool(inbox.unread))
    passing = _read_all(inbox, -1) if n and inbox.stored is None else _read(inbox, 0)
    return (
        *(replace(one, clauses=(clause, *one.clauses), optional=True) for one in passing),
        *wrong_type(inbox, clause, due=due),
    )


def _read_nothing(inbox: Inbox) -> tuple[Owed, ...]:
    if inbox.stored is None:
        return (Owed(Gives(b""), ("reader.read.zero",)),)
    clause = "reader.read.zero-with-exception"
    return (Owed(Gives(b""), (clause,)), *stored(inbox, clause))


def _read_all(inbox: Inbox, n: int) -> tuple[Owed, ...]:
    if not inbox.ended:
        return ()
    clause = "reader.read.all" if n == -1 else "reader.read.negative"
    clauses = (clause, "reader.read.data-before-end") if inbox.unread else ("reader.read.end-empty", clause)
    return (Owed(Gives(inbox.unread), clauses, len(inbox.unread)),)


def _read_some(inbox: Inbox, n: int, truth: bool) -> tuple[Owed, ...]:
    if not inbox.unread:
        return (Owed(Gives(b""), ("reader.read.end-empty",)),) if inbox.ended else ()
    clauses: tuple[str, ...] = ("reader.read.soon",)
    if inbox.ended:
        clauses = ("reader.read.data-before-end", *clauses)
    if truth:
        clauses = ("reader.read.wrong-type", *clauses)
    return (Owed(Gives(inbox.unread[:n], short=True), clauses),)


def _read_huge(inbox: Inbox) -> tuple[Owed, ...]:
    clause = "reader.read.huge"
    answer = _read_some(inbox, MACHINE_WORD, truth=False) if inbox.stored is None else stored(inbox)
    refusal = Owed(Fails(("OverflowError", "ValueError")), (clause,), optional=not answer)
    return (*(replace(one, clauses=(clause, *one.clauses)) for one in answer), refusal)


# ----------------------------------------------------------- readexactly(n)


def _readexactly(inbox: Inbox, n: Argument) -> tuple[Owed, ...]:
    n, truth = untruthed(n)
    fraction = as_float(n)
    if fraction is not None:
        return _readexactly_float(inbox, fraction)
    if not isinstance(n, int):
        return wrong_type(inbox, "reader.readexactly.wrong-type", due=True)
    if n < 0:
        return (Owed(Fails(("ValueError",)), ("reader.readexactly.negative",)),)
    if inbox.stored is not None:
        return stored(inbox, "reader.readexactly.zero-with-exception") if n == 0 else stored(inbox)
    special = ("reader.readexactly.wrong-type",) if truth else ()
    if n == 0:
        return (Owed(Gives(b""), (*special, "reader.readexactly.zero")),)
    if len(inbox.unread) >= n:
        return (Owed(Gives(inbox.unread[:n]), (*special, "reader.readexactly.count"), n),)
    if inbox.ended:
        clauses = ("reader.readexactly.eof",)
        return (Owed(Fails(("IncompleteReadError",), 0, inbox.unread, (n,)), clauses, len(inbox.unread)),)
    return ()


def _readexactly_float(inbox: Inbox, n: float) -> tuple[Owed, ...]:
    """A float is refused, or passes for the integer that it equals; an early end may show first."""
    clause = "reader.readexactly.wrong-type"
    if n < 0:
        return wrong_type(inbox, clause, due=True, names=("TypeError", "ValueError"))
    refusal = wrong_type(inbox, clause, due=inbox.ended or len(inbox.unread) >= n)
    if inbox.stored is not None:
        return refusal
    passing = _readexactly(inbox, int(n)) if n.is_integer() else ()
    if inbox.ended and len(inbox.unread) < n:
        passing = (Owed(Fails(("IncompleteReadError",), 0, inbox.unread), (), len(inbox.unread)),)
    return (*(replace(one, clauses=(clause, *one.clauses), optional=True) for one in passing), *refusal)


# -------------------------- readuntil: one separator, or any of several


def _readuntil(inbox: Inbox, args: tuple[Argument, ...], limit: int, python: Version) -> tuple[Owed, ...]:
    """Return every legal way for `readuntil(*args)` to end now; none means that it must wait."""
    argument = args[0] if args else b"\n"
    if isinstance(argument, Shaped) and argument.kind == "tuple-subclass":
        argument = argument.content if isinstance(argument.content, tuple) else ()
    if isinstance(argument, tuple):
        return _any(inbox, argument, limit, python)
    separator = as_bytes(argument)
    if separator is None:
        return wrong_separator(inbox, argument, "reader.readuntil.separator-type")
    if not separator:
        return (Owed(Fails(("ValueError",)), ("reader.readuntil.empty-separator",)),)
    if inbox.stored is not None:
        return stored(inbox)
    special = ("reader.readuntil.separator-bytes-like",) if isinstance(argument, Shaped) else ()
    if not args:
        special = ("reader.readuntil.default",)
    return _search(inbox, (separator,), limit, special)


def _any(inbox: Inbox, elements: tuple[Argument, ...], limit: int, python: Version) -> tuple[Owed, ...]:
    separators = tuple(one for one in map(as_bytes, elements) if one is not None)
    if python < (3, 13):
        return _early(inbox, elements, separators, limit)
    if not elements or not all(separators):
        return (Owed(Fails(("ValueError",)), ("reader.separators.empty",)),)
    if len(separators) < len(elements):
        return wrong_separator(inbox, elements, "reader.separators.elements")
    if inbox.stored is not None:
        return stored(inbox)
    return _search(inbox, separators, limit, _choice(inbox, elements, separators, limit))


def _early(inbox: Inbox, elements: tuple[Argument, ...], separators: tuple[bytes, ...], limit: int) -> tuple[Owed, ...]:
    """Before 3.13 a tuple is no separator, and a reader may say so; or it may already mean what it means now."""
    clause = "reader.separators.before-3-13"
    if not elements:
        return (Owed(Fails(("ValueError", "TypeError")), (clause,)),)
    due = len(inbox.unread) >= len(elements)
    refusal = wrong_separator(inbox, elements, clause)
    if not all(separators):
        return (Owed(Fails(("ValueError",)), (clause,), optional=True), *refusal)
    if len(separators) < len(elements) or inbox.stored is not None:
        return refusal
    answer = tuple(replace(one, clauses=(clause, *one.clauses)) for one in _search(inbox, separators, limit, ()))
    if inbox.ended and not due:
        # Too little for a search of as many bytes as the tuple has elements: the end is all that shows.
        return (*answer, *refusal)
    must = due and any(not one.optional for one in answer)
    return (*(replace(one, optional=not must) for one in answer), replace(refusal[0], optional=not must))


def _choice(inbox: Inbox, elements: tuple[Argument, ...], separators: tuple[bytes, ...], limit: int) -> tuple[str, ...]:
    """Return the clauses by which a tuple is searched, the one that decides here first."""
    clauses = ["reader.separators.tuple"]
    unread = inbox.unread
    match = search.find(unread, separators)
    if match is not None:
        found = [(start, start + len(one)) for one in separators if (start := unread.find(one)) >= 0]
        if separators[0] != unread[match.start : match.end] and len(found) > 1:
            clauses.insert(0, "reader.separators.any-order")
        if search.begins_no_later(unread, separators, match):
            late = match.start > limit and any(start <= limit for start, _ in found)
            clauses.insert(0, "reader.separators.limit-start" if late else "reader.separators.earliest-end")
        if any(end == match.end and start < match.start for start, end in found):
            clauses.insert(0, "reader.separators.tie")
        if max(map(len, separators)) > len(unread):
            clauses.insert(0, "reader.separators.short-buffer")
    if len(set(separators)) < len(separators) or any(isinstance(one, Shaped) for one in elements):
        clauses.insert(0, "reader.separators.elements")
    return tuple(clauses)


def _search(inbox: Inbox, separators: tuple[bytes, ...], limit: int, special: tuple[str, ...]) -> tuple[Owed, ...]:
    match = search.find(inbox.unread, separators)
    if match is not None and match.start <= limit:
        clauses = (*special, *_features(inbox, separators, match, limit), "reader.readuntil.through-separator")
        return (Owed(Gives(inbox.unread[: match.end]), clauses, match.end),)
    over = search.overrun(inbox.unread, inbox.cuts, separators, limit)
    if over is None:
        return (incomplete(inbox),) if inbox.ended else ()
    if match is None:
        form = "reader.separators.longest" if len(separators) > 1 else "reader.readuntil.overrun-unfound"
        clauses = (form, *special)
    else:
        form = "reader.readuntil.overrun-found"
        near = ("reader.readuntil.limit",) if match.start == limit + 1 else ()
        telling = tuple(one for one in special if one in BEYOND_THE_LIMIT)
        clauses = (*telling, *near, form, *(one for one in special if one not in telling))
    failure = Owed(Fails(("LimitOverrunError",), consumed=over.consumed), clauses, 0, not over.due)
    if over.due or not inbox.ended:
        return (failure,)
    return (failure, incomplete(inbox, form))


def _features(inbox: Inbox, separators: tuple[bytes, ...], match: search.Match, limit: int) -> tuple[str, ...]:
    """Return the clauses that this very match puts to the test, beyond the plain one."""
    clauses: list[str] = []
    if len(separators) == 1 and search.overlaps_itself(separators[0], inbox.unread):
        clauses.append("reader.readuntil.overlap")
    if search.crosses(match, inbox.cuts):
        clauses.append("reader.readuntil.split")
    if match.start == limit:
        clauses.append("reader.readuntil.limit")
    if inbox.ended:
        clauses.append("reader.readuntil.eof-searched")
    return tuple(clauses)


# ------------------------------------------------------ readline, iteration


def _readline(inbox: Inbox, limit: int) -> tuple[Owed, ...]:
    if inbox.stored is not None:
        return stored(inbox)
    match = search.find(inbox.unread, (b"\n",))
    if match is not None and match.start <= limit:
        clauses: tuple[str, ...] = ("reader.readline.line",)
        if match.start == limit:
            clauses = ("reader.readline.limit", *clauses)
        return (Owed(Gives(inbox.unread[: match.end]), clauses, match.end),)
    if match is not None:
        return (Owed(Fails(("ValueError",)), ("reader.readline.overrun",), match.end),)
    if len(inbox.unread) > limit:
        return (Owed(Fails(("ValueError",)), ("reader.readline.overrun",), len(inbox.unread)),)
    if inbox.ended and inbox.unread:
        return (Owed(Gives(inbox.unread), ("reader.readline.eof-partial",), len(inbox.unread)),)
    return (Owed(Gives(b""), ("reader.readline.eof-empty",)),) if inbox.ended else ()


def _anext(inbox: Inbox, limit: int) -> tuple[Owed, ...]:
    lines = "reader.iteration.lines"
    if inbox.stored is not None:
        return stored(inbox, "reader.iteration.exception")
    if inbox.ended and not inbox.unread:
        return (Owed(Fails(("StopAsyncIteration",)), (lines,)),)
    return tuple(
        Owed(one.outcome, (lines if isinstance(one.outcome, Gives) else "reader.iteration.overrun",), one.take)
        for one in _readline(inbox, limit)
    )
