"""The rules of `readuntil`: one separator, or a tuple of them.

What a search may find is in `separators`; here it becomes what a call is owed, and by which clauses. The clause
that decides a case stands first, because it is the one to blame.
"""

from __future__ import annotations

from streamgauge.spec import separators as search
from streamgauge.spec.alphabet import Argument, Shaped, Version
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import as_bytes, incomplete, stored, wrong_separator
from streamgauge.spec.state import Fails, Gives, Inbox, Owed


def readuntil(inbox: Inbox, args: tuple[Argument, ...], limit: int, python: Version) -> tuple[Owed, ...]:
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
    else:
        form = "reader.readuntil.overrun-found"
    clauses = (form, *special) if match is None else (*special, form)
    if match is not None and match.start == limit + 1:
        clauses = (*special, "reader.readuntil.limit", form)
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
