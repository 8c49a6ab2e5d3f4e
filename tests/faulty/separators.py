"""Readers that are wrong in one way: `readuntil` with several separators."""

from typing import Any

from faulty.readuntil import SearchesNews
from textbook import Match, TextbookReader

Separators = tuple[bytes, ...]


class TupleRefused(TextbookReader):
    """A tuple of separators is refused."""

    def _check_separator(self, separator: Any) -> Separators:
        found = super()._check_separator(separator)
        if isinstance(separator, tuple):
            raise TypeError("the separator must be bytes")
        return found


class TupleJoined(TextbookReader):
    """The separators of a tuple are joined to one."""

    def _check_separator(self, separator: Any) -> Separators:
        found = super()._check_separator(separator)
        return (b"".join(found),)


class TupleSubclassRefused(TextbookReader):
    """An instance of a subclass of tuple is refused."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple) and type(separator) is not tuple:
            raise TypeError("the separators must be in a tuple")
        return super()._check_separator(separator)


class OnlyFirstOfTuple(TextbookReader):
    """Only the first separator of a tuple is searched for."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(separator)[:1]


class EarliestStart(TextbookReader):
    """The match that starts first counts."""

    def _search(self, separators: Separators) -> Match | None:
        starts = ((self._buffer.find(each), each) for each in separators)
        matches = [Match(start, start + len(each)) for start, each in starts if start >= 0]
        ends = {match.end for match in matches}
        right = super()._search(separators)
        return right if len(ends) < 2 else min(matches, key=lambda match: (match.start, match.end))


class FirstInOrder(TextbookReader):
    """The first separator of the tuple that occurs anywhere counts."""

    def _search(self, separators: Separators) -> Match | None:
        starts = ((self._buffer.find(each), each) for each in separators)
        return next((Match(start, start + len(each)) for start, each in starts if start >= 0), None)


class LongestOfTie(TextbookReader):
    """Of the separators that end together, the longest counts."""

    def _search(self, separators: Separators) -> Match | None:
        starts = ((self._buffer.find(each), each) for each in separators)
        matches = [Match(start, start + len(each)) for start, each in starts if start >= 0]
        return min(matches, key=lambda match: (match.end, match.start), default=None)


class EarlierStartRescues(TextbookReader):
    """A longer separator that starts within the limit makes up for the one that matches."""

    def _search(self, separators: Separators) -> Match | None:
        match = super()._search(separators)
        if match is None or match.start <= self._limit:
            return match
        later = [each for each in separators if 0 <= self._buffer.find(each) <= self._limit]
        ends = [self._buffer.find(each) + len(each) for each in later]
        return Match(self._limit, match.end) if any(end > match.end for end in ends) else match


class ShortestWhileUnfound(TextbookReader):
    """Without a match, the shortest separator decides when to give up."""

    def _check_unfound(self, separators: Separators) -> None:
        super()._check_unfound((min(separators, key=len),))


class LongestIsLate(TextbookReader):
    """Without a match, a tuple is given up one byte too late."""

    def _check_unfound(self, separators: Separators) -> None:
        spare = int(len(separators) > 1)
        if len(self._buffer) + 1 - spare - max(map(len, separators)) > self._limit:
            super()._check_unfound(separators)


class TupleConsumedTooMuch(TextbookReader):
    """Without a match, `consumed` leaves out room for the shortest separator only."""

    def _check_unfound(self, separators: Separators) -> None:
        try:
            super()._check_unfound(separators)
        except self.overrun_error as error:
            certain = len(self._buffer) + 1 - min(map(len, separators))
            raise self._overrun(error.args[0], certain) from None


class EmptyTupleTypeError(TextbookReader):
    """An empty tuple is refused with TypeError."""

    def _check_separator(self, separator: Any) -> Separators:
        if separator == ():
            raise TypeError("no separator")
        return super()._check_separator(separator)


class EmptyElementIgnored(TextbookReader):
    """An empty separator beside others is left out."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple):
            separator = tuple(each for each in separator if each != b"") or separator
        return super()._check_separator(separator)


class EmptyElementLate(TextbookReader):
    """A stored exception wins over an empty separator in a tuple."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        if isinstance(separator, tuple):
            self._raise_stored()
        return await super().readuntil(separator)


class DuplicatesRefused(TextbookReader):
    """A tuple in which a separator repeats is refused."""

    def _check_separator(self, separator: Any) -> Separators:
        found = super()._check_separator(separator)
        if len(set(found)) < len(found):
            raise ValueError("a separator repeats")
        return found


class TextElementEncoded(TextbookReader):
    """A str in a tuple of separators is encoded."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple):
            separator = tuple(each.encode() if isinstance(each, str) else each for each in separator)
        return super()._check_separator(separator)


class ElementsBytesOnly(TextbookReader):
    """A bytearray or memoryview in a tuple of separators is refused."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple) and not all(isinstance(each, bytes) for each in separator):
            raise TypeError("the separators must be bytes")
        return super()._check_separator(separator)


class NegativeStart(SearchesNews):
    """After waiting, the search for a short separator starts at a negative index."""

    def _start(self, longest: int) -> int:
        return min(self._seen + 1 - longest, 0) if self._seen else 0


class ShortBufferUnsearched(TextbookReader):
    """A tuple is not searched for while fewer bytes are unread than its longest separator has."""

    def _search(self, separators: Separators) -> Match | None:
        if len(self._buffer) < max(map(len, separators)) and not self._eof:
            return None
        return super()._search(separators)


class EarlyTupleValueError(TextbookReader):
    """A tuple is refused with ValueError."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple):
            raise ValueError("the separator must be bytes")
        return super()._check_separator(separator)


class EarlyTupleIgnored(TextbookReader):
    """A tuple stands for a line feed."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(b"\n" if isinstance(separator, tuple) and separator else separator)


class EarlyTupleTakes(TextbookReader):
    """A tuple is refused with TypeError, but what is unread is dropped."""

    def _check_separator(self, separator: Any) -> Separators:
        if isinstance(separator, tuple):
            self._buffer.clear()
            raise TypeError("the separator must be bytes")
        return super()._check_separator(separator)


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.separators.tuple": (TupleRefused, TupleJoined, TupleSubclassRefused, OnlyFirstOfTuple),
    "reader.separators.earliest-end": (EarliestStart,),
    "reader.separators.any-order": (FirstInOrder,),
    "reader.separators.tie": (LongestOfTie,),
    "reader.separators.limit-start": (EarlierStartRescues,),
    "reader.separators.longest": (ShortestWhileUnfound, LongestIsLate, TupleConsumedTooMuch),
    "reader.separators.empty": (EmptyTupleTypeError, EmptyElementIgnored, EmptyElementLate),
    "reader.separators.elements": (DuplicatesRefused, TextElementEncoded, ElementsBytesOnly),
    "reader.separators.short-buffer": (ShortBufferUnsearched,),
    # It goes wrong with a single separator as well, as soon as that is split by chunks: no tuple is needed.
    "reader.readuntil.split": (NegativeStart,),
    "reader.separators.before-3-13": (EarlyTupleValueError, EarlyTupleIgnored, EarlyTupleTakes),
}
