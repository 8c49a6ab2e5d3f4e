"""Readers that are wrong in one way: `readuntil(separator)` with one separator."""

from typing import Any

from textbook import Match, TextbookReader

Separators = tuple[bytes, ...]


class SeparatorStripped(TextbookReader):
    """`readuntil` takes the separator, but does not return it."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        taken = await super().readuntil(separator)
        return taken if isinstance(separator, tuple) else taken[: -len(separator)]


class SeparatorStays(TextbookReader):
    """`readuntil` returns the separator, but leaves it unread."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        taken = await super().readuntil(separator)
        if not isinstance(separator, tuple):
            self._buffer[:0] = separator
        return taken


class UpToTheLast(TextbookReader):
    """`readuntil` returns the bytes up to the last separator that is unread."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        taken = await super().readuntil(separator)
        last = -1 if isinstance(separator, tuple) else self._buffer.rfind(separator)
        return taken if last < 0 else taken + self._take(last + len(separator))


class RestOfChunkIsLost(TextbookReader):
    """`readuntil` drops what is behind the separator."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        taken = await super().readuntil(separator)
        self._buffer.clear()
        return taken


class WaitsAfterSeparator(TextbookReader):
    """`readuntil` waits for more if the separator is the last that is unread."""

    async def _until(self, separators: Separators) -> bytes:
        match = self._search(separators)
        last = match is not None and match.end == len(self._buffer) and match.start <= self._limit
        if last and separators != (b"\n",) and not self._eof and self._exception is None:
            await self._wait("readuntil")
        return await super()._until(separators)


class DefaultIsCrLf(TextbookReader):
    """The default separator is CR LF."""

    async def readuntil(self, separator: Any = b"\r\n") -> bytes:
        return await super().readuntil(separator)


class SearchesNews(TextbookReader):
    """After waiting, `readuntil` searches only what is new."""

    _seen = 0

    def _start(self, longest: int) -> int:
        return self._seen

    async def _wait(self, method: str) -> None:
        seen = len(self._buffer)
        await super()._wait(method)
        self._seen = seen if method == "readuntil" else 0

    def _search(self, separators: Separators) -> Match | None:
        start, self._seen = self._start(max(map(len, separators))), 0
        starts = ((self._buffer.find(each, start), each) for each in separators)
        matches = [Match(place, place + len(each)) for place, each in starts if place >= 0]
        return min(matches, key=lambda match: (match.end, -match.start), default=None)


class SearchesOneTooFew(SearchesNews):
    """After waiting, `readuntil` looks back at one byte too few for a separator that is split."""

    def _start(self, longest: int) -> int:
        return max(self._seen - max(longest - 2, 0), 0)


class NeverStepsBack(TextbookReader):
    """A false start of the separator is skipped as a whole, though the real one may start inside it."""

    def _search(self, separators: Separators) -> Match | None:
        if len(separators) > 1:
            return super()._search(separators)
        matched, separator = 0, separators[0]
        for index, byte in enumerate(self._buffer):
            matched = matched + 1 if byte == separator[matched] else int(byte == separator[0])
            if matched == len(separator):
                return Match(index + 1 - matched, index + 1)
        return None


class TakesTheWholeRun(TextbookReader):
    """A separator that overlaps itself is found at the end of its run, not at the beginning."""

    def _search(self, separators: Separators) -> Match | None:
        match = super()._search(separators)
        if match is None or len(separators) > 1 or match.start > self._limit:
            return match
        separator, start = separators[0], match.start
        for step in range(1, len(separator)):
            while self._buffer.startswith(separator, start + step) and start + step <= self._limit:
                start += step
        return Match(start, start + len(separator))


class UntilGivesPartial(TextbookReader):
    """`readuntil` returns what came before the end instead of failing."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.incomplete_error as error:
            partial: bytes = error.partial
            return partial


class UntilPlainEofError(TextbookReader):
    """`readuntil` fails with a bare EOFError."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.incomplete_error as error:
            raise EOFError("the stream was cut") from error


class PartialWithoutTail(TextbookReader):
    """`partial` leaves out a part of the separator at its end, which is dropped."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.incomplete_error as error:
            first, part = self._check_separator(separator)[0], error.partial
            tail = next((n for n in range(len(first) - 1, 0, -1) if part.endswith(first[:n])), 0)
            raise self.incomplete_error(part[: len(part) - tail], None) from None


class UntilPartialStays(TextbookReader):
    """What the error of `readuntil` hands over stays unread as well."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.incomplete_error as error:
            self._buffer += error.partial
            raise


class ExpectsZero(TextbookReader):
    """`expected` is 0 in the error of `readuntil`."""

    def _incomplete(self, expected: int | None) -> Exception:
        return super()._incomplete(expected or 0)


class ExpectsOneMore(TextbookReader):
    """`expected` is one more than there was in the error of `readuntil`."""

    def _incomplete(self, expected: int | None) -> Exception:
        return super()._incomplete(len(self._buffer) + 1 if expected is None else expected)


class EndBeforeSearch(TextbookReader):
    """`readuntil` considers the end before it searches, if the separator is all that is left behind it."""

    def _search(self, separators: Separators) -> Match | None:
        match = super()._search(separators)
        return None if self._eof and match is not None and match.end == len(self._buffer) else match

    def _check_unfound(self, separators: Separators) -> None:
        if super()._search(separators) is None:
            super()._check_unfound(separators)


class EndWakesUnsearched(TextbookReader):
    """A waiting `readuntil` that finds the end when it is woken does not search what came with it."""

    _unsearched = False

    async def _wait(self, method: str) -> None:
        await super()._wait(method)
        self._unsearched = self._eof and method == "readuntil"

    def _search(self, separators: Separators) -> Match | None:
        unsearched, self._unsearched = self._unsearched, False
        return None if unsearched else super()._search(separators)


class EmptySeparatorMatches(TextbookReader):
    """An empty separator gives an empty result."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        if isinstance(separator, bytes | bytearray | memoryview) and not separator:
            return b""
        return await super().readuntil(separator)


class EmptySeparatorLate(TextbookReader):
    """A stored exception wins over an empty separator."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        if not isinstance(separator, tuple):
            self._raise_stored()
        return await super().readuntil(separator)


class EmptySeparatorWaits(TextbookReader):
    """An empty separator is refused only when something is unread."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        empty = isinstance(separator, bytes | bytearray | memoryview) and not separator
        if empty and not self._buffer and not self._eof and self._exception is None:
            await self._wait("readuntil")
        return await super().readuntil(separator)


class SeparatorBytesOnly(TextbookReader):
    """A bytearray or memoryview is refused as a separator."""

    def _check_separator(self, separator: Any) -> Separators:
        found = super()._check_separator(separator)
        if not isinstance(separator, tuple | bytes):
            raise TypeError("the separator must be bytes")
        return found


class ViewSeparatorAsText(TextbookReader):
    """A memoryview as separator stands for one null byte."""

    def _check_separator(self, separator: Any) -> Separators:
        found = super()._check_separator(separator)
        return (b"\0",) if isinstance(separator, memoryview) else found


class SeparatorEncoded(TextbookReader):
    """A str is encoded and serves as separator."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(separator.encode() if isinstance(separator, str) else separator)


class SeparatorNone(TextbookReader):
    """None as separator stands for a line feed."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(b"\n" if separator is None else separator)


class SeparatorInt(TextbookReader):
    """An int as separator stands for that byte."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(bytes([separator]) if isinstance(separator, int) else separator)


class SeparatorList(TextbookReader):
    """A list of separators serves as well as a tuple."""

    def _check_separator(self, separator: Any) -> Separators:
        return super()._check_separator(tuple(separator) if isinstance(separator, list) else separator)


class SeparatorTypeTakes(TextbookReader):
    """A separator of the wrong type is refused, but what is unread is dropped."""

    def _check_separator(self, separator: Any) -> Separators:
        try:
            return super()._check_separator(separator)
        except TypeError:
            if not isinstance(separator, tuple):
                self._buffer.clear()
            raise


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.readuntil.through-separator": (
        *(SeparatorStripped, SeparatorStays, UpToTheLast),
        *(RestOfChunkIsLost, WaitsAfterSeparator),
    ),
    "reader.readuntil.default": (DefaultIsCrLf,),
    "reader.readuntil.split": (SearchesNews, SearchesOneTooFew),
    "reader.readuntil.overlap": (NeverStepsBack, TakesTheWholeRun),
    "reader.readuntil.eof": (UntilGivesPartial, UntilPlainEofError, PartialWithoutTail, UntilPartialStays),
    "reader.readuntil.eof-expected": (ExpectsZero, ExpectsOneMore),
    "reader.readuntil.eof-searched": (EndBeforeSearch, EndWakesUnsearched),
    "reader.readuntil.empty-separator": (EmptySeparatorMatches, EmptySeparatorLate, EmptySeparatorWaits),
    "reader.readuntil.separator-bytes-like": (SeparatorBytesOnly, ViewSeparatorAsText),
    "reader.readuntil.separator-type": (
        *(SeparatorEncoded, SeparatorNone, SeparatorInt),
        *(SeparatorList, SeparatorTypeTakes),
    ),
}
