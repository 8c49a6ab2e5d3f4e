"""Readers that are unusual in which arguments they take, which they refuse, and how."""

import sys
from typing import Any

from textbook import TextbookReader
from variants.variant import Variant


class DefaultForNone(TextbookReader):
    """A limit of None stands for the default."""

    def _check_limit(self, limit: Any) -> int:
        return super()._check_limit(65536 if limit is None else limit)


class LimitValueError(TextbookReader):
    """A limit that is no integer is refused with ValueError."""

    def _check_limit(self, limit: Any) -> int:
        if not isinstance(limit, int):
            raise ValueError("the limit must be an integer")
        return super()._check_limit(limit)


class FloatLimit(TextbookReader):
    """A float limit is accepted as it is."""

    def _check_limit(self, limit: Any) -> Any:
        return limit if isinstance(limit, float) and limit > 0 else super()._check_limit(limit)


class TakesLikeCPython(TextbookReader):
    """Anything false is ignored by a feed, and a list of ints is taken as bytes."""

    def _copy(self, data: Any) -> bytes:
        if not data:
            return b""
        return bytes(data) if isinstance(data, list) else super()._copy(data)


class AssertsOpen(TextbookReader):
    """Feeding after the end raises AssertionError."""

    def _check_open(self) -> None:
        if self._eof:
            raise AssertionError("feed_data after feed_eof")


class RefusesWithOwnError(TextbookReader):
    """Feeding after the end raises an error of its own, and so does a second transport."""

    class ReaderStateError(Exception):
        """Something was asked of a reader in the wrong state."""

    def _check_open(self) -> None:
        if self._eof:
            raise self.ReaderStateError("feed_data after feed_eof")

    def set_transport(self, transport: Any) -> None:
        if self._transport is not None:
            raise self.ReaderStateError("the reader has a transport already")
        super().set_transport(transport)


class LateSeparatorCheck(TextbookReader):
    """A separator of the wrong type is refused only when something is unread, or the stream ends."""

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        if isinstance(separator, str | list) and separator:
            self._raise_stored()
            while len(self._buffer) < len(separator):
                if self._eof:
                    raise self._incomplete(None)
                await self._wait("readuntil")
        return await super().readuntil(separator)


class LateCountCheck(TextbookReader):
    """`read` looks at the type of n only when it need not wait any more."""

    async def read(self, n: Any = -1) -> bytes:
        if n is None or isinstance(n, str | bytes | float):
            self._raise_stored()
            while not self._buffer and not self._eof:
                await self._wait("read")
        return await super().read(n)


class HugeRefused(TextbookReader):
    """`read(n)` refuses an n beyond the word size of the machine."""

    async def _read_some(self, count: int) -> bytes:
        if count > sys.maxsize:
            raise OverflowError("n is too large")
        return await super()._read_some(count)


class ExactFloats(TextbookReader):
    """`readexactly` takes a float for the integer that it equals."""

    def _check_count(self, n: Any) -> int:
        return super()._check_count(int(n) if isinstance(n, float) and n.is_integer() else n)


class ShowsEverything(TextbookReader):
    """`repr` goes over several lines and shows the bytes, in characters of any kind."""

    def __repr__(self) -> str:
        return f"reader «{bytes(self._buffer)!r}»\n limit: {self._limit}\n {self._exception!r} {self._waiter!r}"


VARIANTS: tuple[Variant, ...] = (
    Variant(DefaultForNone, "a limit of None may be accepted", ("reader.limit.type",)),
    Variant(LimitValueError, "a limit of another type may be refused either way", ("reader.limit.type",)),
    Variant(FloatLimit, "a float may be accepted as limit", ("reader.limit.type",)),
    Variant(
        TakesLikeCPython,
        "what is false may be ignored, and a list of ints taken for bytes",
        ("reader.feed.wrong-type",),
    ),
    Variant(AssertsOpen, "any exception may refuse a feed after the end", ("reader.feed.after-end",)),
    Variant(
        RefusesWithOwnError,
        "any exception may refuse a feed after the end, or a second transport",
        ("reader.feed.after-end", "flow.transport.second"),
    ),
    Variant(
        LateSeparatorCheck,
        "a separator of the wrong type may be refused as late as a search is due",
        ("reader.readuntil.separator-type",),
    ),
    Variant(
        LateCountCheck,
        "an n of the wrong type may be refused when the call need not wait",
        ("reader.read.wrong-type",),
    ),
    Variant(HugeRefused, "a huge n may be refused", ("reader.read.huge",)),
    Variant(
        ExactFloats,
        "a float may count as the integer that it equals",
        ("reader.readexactly.wrong-type",),
    ),
    Variant(ShowsEverything, "`repr` may tell anything in any words", ("reader.repr",)),
)
