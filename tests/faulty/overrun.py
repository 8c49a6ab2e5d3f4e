"""Readers that are wrong in one way: the limit of `readuntil`, and what is beyond it."""

from typing import Any

from textbook import Match, TextbookReader

Separators = tuple[bytes, ...]


class SeparatorCounts(TextbookReader):
    """The separator counts towards the limit of `readuntil`."""

    def _check_found(self, match: Match) -> None:
        if match.end > self._limit:
            raise self._overrun("Separator is found, but chunk is longer than limit", match.start)


class LimitIsExcluded(TextbookReader):
    """Exactly the limit before the separator is an over-limit error."""

    def _check_found(self, match: Match) -> None:
        if match.start >= self._limit:
            raise self._overrun("Separator is found, but chunk is longer than limit", match.start)


class FoundIsEnough(TextbookReader):
    """`readuntil` returns a message of any length once the separator is unread."""

    def _check_found(self, match: Match) -> None:
        """Ask nothing."""


class LimitPlusOne(TextbookReader):
    """One byte more than the limit before the separator is accepted."""

    def _check_found(self, match: Match) -> None:
        if match.start != self._limit + 1:
            super()._check_found(match)


class OverrunClears(TextbookReader):
    """An over-limit error of `readuntil` drops what is unread."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.overrun_error:
            self._buffer.clear()
            raise


class OverrunSkips(TextbookReader):
    """An over-limit error of `readuntil` takes `consumed` bytes."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.overrun_error as error:
            self._take(error.consumed)
            raise


class ConsumedOneShort(TextbookReader):
    """`consumed` is one less than the place of the separator."""

    def _check_found(self, match: Match) -> None:
        if match.start > self._limit + 1:
            raise self._overrun("Separator is found, but chunk is longer than limit", match.start - 1)
        super()._check_found(match)


class FoundIsValueError(TextbookReader):
    """If the separator is there, but far beyond the limit, `readuntil` raises ValueError."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        try:
            return await super().readuntil(separator)
        except self.overrun_error as error:
            match = self._search(self._check_separator(separator))
            if match is not None and match.start > self._limit + 1:
                raise ValueError(*error.args) from error
            raise


class FoundTooLateWaits(TextbookReader):
    """If the separator is the last that is unread, but too late, `readuntil` waits before it raises."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        match = self._search(self._check_separator(separator))
        late = match is not None and match.start > self._limit + 1 and match.end == len(self._buffer)
        if late and not self._eof and self._exception is None:
            await self._wait("readuntil")
        return await super().readuntil(separator)


class NeverGivesUp(TextbookReader):
    """Without a separator, `readuntil` goes on waiting beyond the limit."""

    def _check_unfound(self, separators: Separators) -> None:
        """Ask nothing."""


class GivesUpLate(TextbookReader):
    """Without a separator, `readuntil` gives up one byte too late."""

    def _check_unfound(self, separators: Separators) -> None:
        if len(self._buffer) - max(map(len, separators)) > self._limit:
            super()._check_unfound(separators)


class EndBeforeLimit(TextbookReader):
    """At the end, an over-long message without a separator is reported as incomplete."""

    def _check_unfound(self, separators: Separators) -> None:
        if not self._eof:
            super()._check_unfound(separators)


class ConsumedIsLimit(TextbookReader):
    """`consumed` is the limit."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        return super()._overrun(message, self._limit)

    def _drop_line(self, consumed: int) -> None:
        self._take(self._buffer.find(b"\n") + 1 or len(self._buffer))


class ConsumedIsAll(ConsumedIsLimit):
    """`consumed` is the number of unread bytes, a beginning of the separator included."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        found = message.startswith("Separator is found")
        return TextbookReader._overrun(self, message, consumed if found else len(self._buffer))


class ConsumedWithSeparator(ConsumedIsLimit):
    """`consumed` counts the first byte of the separator too."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        found = message.startswith("Separator is found")
        return TextbookReader._overrun(self, message, consumed + found)


class ConsumedIsZero(ConsumedIsLimit):
    """`consumed` is zero, so nobody can get on."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        return TextbookReader._overrun(self, message, 0)


class TailCounts(TextbookReader):
    """Without a separator, `readuntil` gives up as soon as more than the limit is unread."""

    def _check_unfound(self, separators: Separators) -> None:
        super()._check_unfound(separators)
        if len(self._buffer) > self._limit:
            raise self._overrun("Separator is not found, and chunk exceed the limit", self._limit)


class GivesUpEarly(TextbookReader):
    """Without a separator, `readuntil` gives up as soon as the limit is reached."""

    def _check_unfound(self, separators: Separators) -> None:
        certain = len(self._buffer) + 1 - max(map(len, separators))
        if certain >= self._limit:
            raise self._overrun("Separator is not found, and chunk exceed the limit", certain)


class ForgetsOverrun(TextbookReader):
    """After an over-limit error the same call waits for more bytes."""

    _given_up: int | None = None

    def _overrun(self, message: str, consumed: int) -> Exception:
        self._given_up = len(self._buffer)
        return super()._overrun(message, consumed)

    def _take(self, count: int) -> bytes:
        self._given_up = None
        return super()._take(count)

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        self._check_separator(separator)
        self._raise_stored()
        if self._given_up == len(self._buffer) and not self._eof:
            await self._wait("readuntil")
        return await super().readuntil(separator)


class SecondTimeThrough(ForgetsOverrun):
    """After an over-limit error the same call returns the message although it is too long."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        separators = self._check_separator(separator)
        self._raise_stored()
        match = self._search(separators)
        if self._given_up == len(self._buffer) and match is not None:
            return self._take(match.end)
        return await TextbookReader.readuntil(self, separator)


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.readuntil.limit": (SeparatorCounts, LimitIsExcluded, LimitPlusOne, FoundIsEnough),
    "reader.readuntil.overrun-keeps-data": (OverrunClears, OverrunSkips),
    "reader.readuntil.overrun-found": (ConsumedOneShort, FoundIsValueError, FoundTooLateWaits),
    "reader.readuntil.overrun-unfound": (NeverGivesUp, GivesUpLate, EndBeforeLimit),
    "reader.readuntil.overrun-reconstructs": (
        *(ConsumedIsLimit, ConsumedIsAll, ConsumedWithSeparator, ConsumedIsZero),
    ),
    "reader.readuntil.overrun-not-early": (TailCounts, GivesUpEarly),
    "reader.readuntil.overrun-repeats": (ForgetsOverrun, SecondTimeThrough),
}
