"""What a search for separators may find: the relation behind `readuntil`, `readline` and iteration.

Over the limit there is more than one right answer. A reader that searches chunk by chunk, or that knows exactly
which tail could still become a separator, may give up earlier than one that only counts bytes, and `consumed`
differs accordingly; all of them let the caller put the stream together again.
"""

from __future__ import annotations

from typing import NamedTuple


class Match(NamedTuple):
    """Where a separator stands: index of its first byte, and of the byte after it."""

    start: int
    end: int


def find(unread: bytes, separators: tuple[bytes, ...]) -> Match | None:
    """Return the match that ends first; of those that end together, the shortest separator's."""
    matches = [Match(start, start + len(one)) for one in separators if (start := unread.find(one)) >= 0]
    return min(matches, key=lambda match: (match.end, -match.start), default=None)


def tail(unread: bytes, separators: tuple[bytes, ...]) -> int:
    """Return the length of the longest suffix that could be the beginning of a separator (bytes)."""
    lengths = range(min(len(unread), max(map(len, separators)) - 1), 0, -1)
    return next((n for n in lengths if any(one.startswith(unread[-n:]) for one in separators if len(one) > n)), 0)


class Overrun(NamedTuple):
    """The values of `consumed` that an over-limit error may carry, and whether it must come now."""

    consumed: tuple[int, ...]
    due: bool


def overrun(unread: bytes, cuts: tuple[int, ...], separators: tuple[bytes, ...], limit: int) -> Overrun | None:
    """Return how a search of `unread` may exceed `limit` (bytes), or None if it may not."""
    longest = max(map(len, separators))
    match = find(unread, separators)
    consumed = {match.start} if match is not None and match.start > limit else set()
    due = bool(consumed)
    for length in (*cuts, len(unread)):
        prefix = unread[:length]
        if find(prefix, separators) is not None:
            break
        counted, exact = length + 1 - longest, length - tail(prefix, separators)
        consumed |= {value for value in (counted, exact) if value > limit}
        due = due or (counted > limit and length == len(unread))
    return Overrun(tuple(sorted(consumed)), due) if consumed else None


def crosses(match: Match, cuts: tuple[int, ...]) -> bool:
    """Check whether a chunk boundary runs through the separator."""
    return any(match.start < cut < match.end for cut in cuts)


def overlaps_itself(separator: bytes, unread: bytes) -> bool:
    """Check whether a false start of `separator`, or a second occurrence, overlaps the real match in `unread`."""
    match = find(unread, (separator,))
    if match is None:
        return False
    if 0 <= unread.find(separator, match.start + 1) < match.end:
        return True
    first = unread.find(separator[:1])
    return first < match.start and unread[first : match.start + 1].count(separator[:1]) > 1


def begins_no_later(unread: bytes, separators: tuple[bytes, ...], match: Match) -> bool:
    """Check whether a separator begins no later than `match` and ends, or could still end, behind it."""
    return any(
        start + len(one) > match.end and one.startswith(unread[start : start + len(one)])
        for one in separators
        for start in range(match.start + 1)
    )
