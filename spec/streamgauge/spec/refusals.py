"""What ends a call whatever the bytes are: a stored exception, and arguments of a wrong type.

A wrong argument may be refused at once or as late as it matters, so a refusal is optional until it is due.
"""

from __future__ import annotations

from streamgauge.spec.alphabet import UNSET, Argument, Shaped
from streamgauge.spec.state import Fails, Inbox, Owed, Pending, State


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


def incomplete(inbox: Inbox, *special: str) -> Owed:
    """Return the error of a search that the end cut short."""
    clauses = ("reader.readuntil.eof", *special, "reader.readuntil.eof-expected")
    return Owed(Fails(("IncompleteReadError",), 0, inbox.unread, (None,)), clauses, len(inbox.unread))


# ------------------------------------------------------------ wrong arguments


def wrong_type(inbox: Inbox, clause: str, *, due: bool, names: tuple[str, ...] = ("TypeError",)) -> tuple[Owed, ...]:
    """Return the refusal of an argument, which must come now if it is `due`."""
    refusal = Owed(Fails(names), (clause,), optional=not due)
    return (refusal,) if inbox.stored is None else (refusal, *stored(inbox, clause))


def wrong_separator(inbox: Inbox, argument: Argument, clause: str) -> tuple[Owed, ...]:
    """Return the refusal of a separator that is none: at once, or when so much is unread that a search is due."""
    needed = _most_needed(argument)
    due = len(inbox.unread) >= max(needed, 1) or argument is None or isinstance(argument, int)
    names = ("TypeError",) if needed else ("TypeError", "ValueError")
    answer = wrong_type(inbox, clause, due=due or inbox.ended, names=names)
    if inbox.ended and not due and inbox.stored is None:
        return (*answer, incomplete(inbox, clause))
    return answer


def _most_needed(argument: Argument) -> int:
    """Return how many bytes may have to be there before a search for `argument` fails."""
    if isinstance(argument, tuple):
        return max(len(argument), *map(_most_needed, argument))
    if isinstance(argument, Shaped):
        return len(argument.content)
    return len(argument) if isinstance(argument, bytes | str) else 1


def as_bytes(argument: Argument) -> bytes | None:
    """Return the bytes of a bytes-like argument, or None for anything else."""
    if isinstance(argument, bytes):
        return argument
    if isinstance(argument, Shaped) and argument.kind in ("bytearray", "memoryview"):
        return argument.content if isinstance(argument.content, bytes) else None
    return None


def as_float(argument: Argument) -> float | None:
    """Return a float, which travels as `Shaped`, or None for anything else."""
    if isinstance(argument, Shaped) and argument.kind == "float" and isinstance(argument.content, str):
        return float(argument.content)
    return None


def untruthed(argument: Argument) -> tuple[Argument, bool]:
    """Return a bool, which travels as `Shaped`, as the number that it is."""
    if isinstance(argument, Shaped) and argument.kind == "bool":
        return int(argument.content == "True"), True
    return argument, False


def is_endless(pending: Pending) -> bool:
    """Check whether the call reads until EOF, or may be taken to (a float below zero)."""
    first = pending.call.args[0] if pending.call.args else -1
    number = as_float(first)
    if number is None:
        number = first if isinstance(first, int) else 0
    return pending.call.method == "read" and number < 0


def limit_is_good(state: State) -> bool:
    """Check whether a reader can be made with the limit."""
    limit = state.settings.limit
    return not isinstance(limit, int) or limit > 0


def limit_is_odd(state: State) -> bool:
    """Check whether the limit is neither missing nor a number of bytes: it may be refused."""
    limit = state.settings.limit
    return limit is not UNSET and not isinstance(limit, int)
