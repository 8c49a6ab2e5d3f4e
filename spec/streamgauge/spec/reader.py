"""The rules of chapter `reader`: what a pending call is owed, given what the inbox holds.

`owed` answers with every legal way for the call to end now; an empty answer means that it has to wait. It says
nothing about how to get there. The order of the rules is the order of precedence: wrong arguments that win over
everything, then the stored exception, then the bytes, then the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from streamgauge.spec import separators as search
from streamgauge.spec.alphabet import Argument, Shaped, Version
from streamgauge.spec.state import Fails, Gives, Inbox, Owed, Pending

METHODS = ("read", "readexactly", "readuntil", "readline", "__anext__")
MACHINE_WORD = 2**63


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


def stored(inbox: Inbox, *clauses: str) -> tuple[Owed, ...]:
    """Return the stored exception as the only legal outcome, by `clauses` and by what it hides."""
    if inbox.stored is None:
        raise ValueError("no exception is stored")
    source = inbox.stored.source
    if source.error == "StopIteration":
        return (Owed(Fails(("RuntimeError",)), ("reader.exception.stop-iteration",)),)
    if source.form == "class":
        return (Owed(Fails((source.error,)), ("reader.exception.class",)),)
    if inbox.ended:
        clauses = (*clauses, "reader.exception.over-end")
    if inbox.unread:
        clauses = (*clauses, "reader.exception.hides-data")
    return (Owed(Fails((source.error,), inbox.stored.index), (*clauses, "reader.exception.raised")),)


# ------------------------------------------------------------------ read(n)


def _read(inbox: Inbox, n: Argument) -> tuple[Owed, ...]:
    n, truth = _untruthed(n)
    if not isinstance(n, int):
        return _wrong_type(inbox, "reader.read.wrong-type", due=bool(inbox.unread) or inbox.ended)
    if n == 0:
        return _read_nothing(inbox)
    if inbox.stored is not None:
        return stored(inbox)
    if n < 0:
        return _read_all(inbox, n)
    if inbox.unread:
        return _read_some(inbox, n, truth)
    if inbox.ended:
        return (Owed(Gives(b""), ("reader.read.end-empty",)),)
    return ()


def _read_nothing(inbox: Inbox) -> tuple[Owed, ...]:
    if inbox.stored is None:
        return (Owed(Gives(b""), ("reader.read.zero",)),)
    clause = "reader.read.zero-with-exception"
    return (Owed(Gives(b""), (clause,)), *stored(inbox, clause))


def _read_all(inbox: Inbox, n: int) -> tuple[Owed, ...]:
    if not inbox.ended:
        return ()
    clauses = ("reader.read.all",) if n == -1 else ("reader.read.negative",)
    if inbox.unread:
        clauses = (*clauses, "reader.read.data-before-end")
    else:
        clauses = (*clauses, "reader.read.end-empty")
    return (Owed(Gives(inbox.unread), clauses, len(inbox.unread)),)


def _read_some(inbox: Inbox, n: int, truth: bool) -> tuple[Owed, ...]:
    clauses: tuple[str, ...] = ("reader.read.soon",)
    if inbox.ended:
        clauses = ("reader.read.data-before-end", *clauses)
    if truth:
        clauses = ("reader.read.wrong-type", *clauses)
    answer: tuple[Owed, ...] = (Owed(Gives(inbox.unread[:n], short=True), clauses),)
    if n >= MACHINE_WORD:
        huge = "reader.read.huge"
        too_large = Fails(("OverflowError", "ValueError"))
        answer = (Owed(Gives(inbox.unread, short=True), (huge, *clauses)), Owed(too_large, (huge,)))
    return answer


# ----------------------------------------------------------- readexactly(n)


def _readexactly(inbox: Inbox, n: Argument) -> tuple[Owed, ...]:
    n, _ = _untruthed(n)
    if not isinstance(n, int):
        return _wrong_type(inbox, "reader.readexactly.wrong-type", due=not _is_float(n))
    if n < 0:
        return (Owed(Fails(("ValueError",)), ("reader.readexactly.negative",)),)
    if inbox.stored is not None:
        return stored(inbox, "reader.readexactly.zero-with-exception") if n == 0 else stored(inbox)
    if n == 0:
        return (Owed(Gives(b""), ("reader.readexactly.zero",)),)
    if len(inbox.unread) >= n:
        return (Owed(Gives(inbox.unread[:n]), ("reader.readexactly.count",), n),)
    if inbox.ended:
        clauses = ("reader.readexactly.eof",)
        return (Owed(Fails(("IncompleteReadError",), 0, inbox.unread, (n,)), clauses, len(inbox.unread)),)
    return ()


# ------------------------------------------------------ readuntil(separator)


def _readuntil(
    inbox: Inbox, args: tuple[Argument, ...], limit: int, python: Version
) -> tuple[Owed, ...]:
    argument = args[0] if args else b"\n"
    if isinstance(argument, tuple):
        return _readuntil_any(inbox, argument, limit, python)
    separator = as_bytes(argument)
    if separator is None:
        return _wrong_separator(inbox, argument, "reader.readuntil.separator-type")
    if not separator:
        return (Owed(Fails(("ValueError",)), ("reader.readuntil.empty-separator",)),)
    if inbox.stored is not None:
        return stored(inbox)
    special = ("reader.readuntil.separator-bytes-like",) if isinstance(argument, Shaped) else ()
    if not args:
        special = ("reader.readuntil.default",)
    return _search(inbox, (separator,), limit, special)


def _readuntil_any(
    inbox: Inbox, elements: tuple[Argument, ...], limit: int, python: Version
) -> tuple[Owed, ...]:
    wanted = tuple(as_bytes(element) for element in elements)
    separators = tuple(one for one in wanted if one is not None)
    if python < (3, 13):
        return _readuntil_early(inbox, elements, separators, limit)
    if not elements or not all(separators):
        return (Owed(Fails(("ValueError",)), ("reader.separators.empty",)),)
    if len(separators) < len(elements):
        return _wrong_separator(inbox, elements, "reader.separators.elements")
    if inbox.stored is not None:
        return stored(inbox)
    return _search(inbox, separators, limit, _choice(inbox, elements, separators, limit))


def _readuntil_early(
    inbox: Inbox, elements: tuple[Argument, ...], separators: tuple[bytes, ...], limit: int
) -> tuple[Owed, ...]:
    """Before 3.13 a tuple is no separator, and a reader may say so; or it may already mean what it means now."""
    clause = ("reader.separators.before-3-13",)
    if not elements or not all(separators):
        return (Owed(Fails(("ValueError", "TypeError")), clause, optional=bool(elements)),)
    whole = len(separators) == len(elements)
    due = len(inbox.unread) >= len(elements)
    answer = stored(inbox) if inbox.stored is not None else ()
    if whole and inbox.stored is None:
        answer = _search(inbox, separators, limit, clause)
    refusal = Owed(Fails(("TypeError",)), clause, optional=not due or all(one.optional for one in answer))
    if inbox.ended and not due and inbox.stored is None:
        # Too little for a search of as many bytes as the tuple has elements: the end is all that shows.
        return (replace(_incomplete(inbox), clauses=clause), *answer, refusal)
    return (*(replace(one, optional=one.optional or not due) for one in answer), refusal)


def _choice(
    inbox: Inbox, elements: tuple[Argument, ...], separators: tuple[bytes, ...], limit: int
) -> tuple[str, ...]:
    """Return the clauses by which a tuple is searched, the one that decides here first."""
    clauses = ["reader.separators.tuple"]
    match = search.find(inbox.unread, separators)
    if len(set(separators)) < len(separators) or any(isinstance(one, Shaped) for one in elements):
        clauses.insert(0, "reader.separators.elements")
    if max(map(len, separators)) > len(inbox.unread) + 1:
        clauses.insert(0, "reader.separators.short-buffer")
    if match is None:
        return ("reader.separators.longest", *clauses)
    found = [(start, start + len(one)) for one in separators if (start := inbox.unread.find(one)) >= 0]
    if separators[0] != inbox.unread[match.start : match.end] and len(separators) > 1:
        clauses.insert(0, "reader.separators.any-order")
    if any(start < match.start for start, end in found if end > match.end):
        late = match.start > limit and any(start <= limit for start, _ in found)
        clauses.insert(0, "reader.separators.limit-start" if late else "reader.separators.earliest-end")
    if any(end == match.end and start < match.start for start, end in found):
        clauses.insert(0, "reader.separators.tie")
    return tuple(clauses)


def _search(
    inbox: Inbox, separators: tuple[bytes, ...], limit: int, special: tuple[str, ...]
) -> tuple[Owed, ...]:
    match = search.find(inbox.unread, separators)
    if match is not None and match.start <= limit:
        clauses = (*special, *_features(inbox, separators, match, limit), "reader.readuntil.through-separator")
        return (Owed(Gives(inbox.unread[: match.end]), clauses, match.end),)
    over = search.overrun(inbox.unread, inbox.cuts, separators, limit)
    if over is not None:
        form = "reader.readuntil.overrun-unfound" if match is None else "reader.readuntil.overrun-found"
        clauses = (*special, form)
        if match is not None and match.start == limit + 1:
            clauses = (*special, "reader.readuntil.limit", form)
        failure = Owed(Fails(("LimitOverrunError",), consumed=over.consumed), clauses, 0, not over.due)
        if over.due or not inbox.ended:
            return (failure,)
        return (failure, _incomplete(inbox))
    return (_incomplete(inbox),) if inbox.ended else ()


def _features(
    inbox: Inbox, separators: tuple[bytes, ...], match: search.Match, limit: int
) -> tuple[str, ...]:
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


def _incomplete(inbox: Inbox) -> Owed:
    failure = Fails(("IncompleteReadError",), 0, inbox.unread, (None,))
    return Owed(failure, ("reader.readuntil.eof", "reader.readuntil.eof-expected"), len(inbox.unread))


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
        clauses = ("reader.readline.overrun", "reader.readline.overrun-drops-line")
        return (Owed(Fails(("ValueError",)), clauses, match.end),)
    if len(inbox.unread) > limit:
        clauses = ("reader.readline.overrun", "reader.readline.overrun-drops-all")
        return (Owed(Fails(("ValueError",)), clauses, len(inbox.unread)),)
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


# ------------------------------------------------------------ wrong arguments


def as_bytes(argument: Argument) -> bytes | None:
    """Return the bytes of a bytes-like argument, or None for anything else."""
    if isinstance(argument, bytes):
        return argument
    if isinstance(argument, Shaped) and argument.kind in ("bytearray", "memoryview"):
        return argument.content if isinstance(argument.content, bytes) else None
    return None


def _untruthed(argument: Argument) -> tuple[Argument, bool]:
    """Return a bool, which travels as `Shaped`, as the number that it is."""
    if isinstance(argument, Shaped) and argument.kind == "bool":
        return int(argument.content == "True"), True
    return argument, False


def _is_float(argument: Argument) -> bool:
    return isinstance(argument, Shaped) and argument.kind == "float"


def _wrong_type(inbox: Inbox, clause: str, *, due: bool) -> tuple[Owed, ...]:
    refusal = Owed(Fails(("TypeError",)), (clause,), optional=not due)
    return (refusal,) if inbox.stored is None else (refusal, *stored(inbox))


def _wrong_separator(inbox: Inbox, argument: Argument, clause: str) -> tuple[Owed, ...]:
    """A separator that is none: refused at once, or when a search is due."""
    size: Callable[[Argument], int] = lambda one: len(one.content) if isinstance(one, Shaped) else 1  # noqa: E731
    needed = len(argument) if isinstance(argument, str) else size(argument)
    due = len(inbox.unread) >= max(needed, 1) or argument is None or isinstance(argument, int)
    names = ("TypeError",) if needed else ("TypeError", "ValueError")
    answer: tuple[Owed, ...] = (Owed(Fails(names), (clause,), optional=not due and not inbox.ended),)
    if inbox.stored is not None:
        return (*answer, *stored(inbox))
    if inbox.ended and not due:
        return (*answer, _incomplete(inbox))
    return answer
