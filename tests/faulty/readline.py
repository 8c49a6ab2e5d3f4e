"""Readers that are wrong in one way: `readline`."""

from typing import Any

from textbook import TextbookReader


class LineStripped(TextbookReader):
    """`readline` returns the line without its line feed."""

    async def readline(self) -> bytes:
        return (await super().readline()).removesuffix(b"\n")


class LineUniversal(TextbookReader):
    """`readline` turns CR LF into LF."""

    async def readline(self) -> bytes:
        line = await super().readline()
        return line[:-2] + b"\n" if line.endswith(b"\r\n") else line


class LineAtCr(TextbookReader):
    """`readline` takes a lone carriage return for the end of a line too."""

    async def readline(self) -> bytes:
        end = self._buffer.find(b"\r") + 1
        alone = 0 < end <= self._limit and b"\n" not in self._buffer[: end + 1]
        return self._take(end) if alone and self._exception is None else await super().readline()


class LastLineRaises(TextbookReader):
    """`readline` raises IncompleteReadError for an unfinished last line."""

    async def readline(self) -> bytes:
        line = await super().readline()
        if line and not line.endswith(b"\n"):
            raise self.incomplete_error(line, None)
        return line


class LastLineFinished(TextbookReader):
    """`readline` adds a line feed to an unfinished last line."""

    async def readline(self) -> bytes:
        line = await super().readline()
        return line + b"\n" if line and not line.endswith(b"\n") else line


class LastLineStays(TextbookReader):
    """`readline` leaves an unfinished last line unread."""

    async def readline(self) -> bytes:
        line = await super().readline()
        if not line.endswith(b"\n"):
            self._buffer += line
        return line


class EmptyLineRaises(TextbookReader):
    """`readline` raises IncompleteReadError at the end."""

    async def readline(self) -> bytes:
        line = await super().readline()
        if not line:
            raise self.incomplete_error(line, None)
        return line


class EmptyLineOnce(TextbookReader):
    """`readline` returns empty bytes at the end once, and then waits for ever."""

    _told = False

    async def readline(self) -> bytes:
        if self._told and self.at_eof() and self._exception is None:
            await self._loop.create_future()
        line = await super().readline()
        self._told = not line
        return line


class LineOverrunEscapes(TextbookReader):
    """`readline` raises LimitOverrunError for an over-long line."""

    async def readline(self) -> bytes:
        try:
            return await super().readline()
        except ValueError as error:
            raise self.overrun_error(error.args[0], self._limit + 1) from None


class LineOverrunCuts(TextbookReader):
    """`readline` returns the beginning of an over-long line."""

    async def readline(self) -> bytes:
        try:
            return await self._until((b"\n",))
        except self.incomplete_error as error:
            return bytes(error.partial)
        except self.overrun_error:
            return self._take(self._limit)


class LineOverrunLateAtEnd(TextbookReader):
    """An over-long last line without a line feed is returned if the end is there."""

    async def readline(self) -> bytes:
        if self._eof and b"\n" not in self._buffer and self._exception is None:
            return self._take(len(self._buffer))
        return await super().readline()


class OverlongLineFeedStays(TextbookReader):
    """The line feed of an over-long line is not dropped with it."""

    def _drop_line(self, consumed: int) -> None:
        found = self._buffer.find(b"\n")
        self._take(found if found >= 0 else len(self._buffer))


class OverlongStays(TextbookReader):
    """An over-long line with its line feed is not dropped."""

    def _drop_line(self, consumed: int) -> None:
        if b"\n" not in self._buffer:
            super()._drop_line(consumed)


class OverlongDropsMore(TextbookReader):
    """With an over-long line, what is behind its line feed is dropped too."""

    def _drop_line(self, consumed: int) -> None:
        self._take(len(self._buffer))


class UnfinishedStays(TextbookReader):
    """An over-long line without its line feed is not dropped."""

    def _drop_line(self, consumed: int) -> None:
        if b"\n" in self._buffer:
            super()._drop_line(consumed)


class UnfinishedDropsLimit(TextbookReader):
    """Of an over-long line without its line feed, only as much as the limit is dropped."""

    def _drop_line(self, consumed: int) -> None:
        if b"\n" in self._buffer:
            super()._drop_line(consumed)
        else:
            self._take(self._limit)


class UnfinishedDropsRest(TextbookReader):
    """The rest of an over-long line is dropped too when it comes."""

    _dropping = False

    def _drop_line(self, consumed: int) -> None:
        self._dropping = b"\n" not in self._buffer
        super()._drop_line(consumed)

    async def readline(self) -> bytes:
        if self._dropping:
            self._dropping = False
            await super().readline()
        return await super().readline()


class OverrunIsCause(TextbookReader):
    """The ValueError of `readline` has the over-limit error as its cause."""

    async def readline(self) -> bytes:
        try:
            return await super().readline()
        except ValueError as error:
            raise error from error.__context__


class OverrunIsForgotten(TextbookReader):
    """The ValueError of `readline` has no context."""

    async def readline(self) -> bytes:
        try:
            return await super().readline()
        except ValueError as error:
            message = error.args[0]
        raise ValueError(message)


class LineLimitExcluded(TextbookReader):
    """A line of exactly the limit is over-long for `readline`."""

    async def readline(self) -> bytes:
        try:
            line = await super().readline()
            if line.endswith(b"\n") and len(line) == self._limit + 1:
                raise self._overrun("Separator is found, but chunk is longer than limit", self._limit)
        except self.overrun_error as error:
            raise ValueError(error.args[0])  # noqa: B904 - the clause wants a context, and no cause
        return line


BROKEN: dict[str, tuple[Any, ...]] = {
    "reader.readline.line": (LineStripped, LineUniversal, LineAtCr),
    "reader.readline.eof-partial": (LastLineRaises, LastLineFinished, LastLineStays),
    "reader.readline.eof-empty": (EmptyLineRaises, EmptyLineOnce),
    "reader.readline.overrun": (LineOverrunEscapes, LineOverrunCuts, LineOverrunLateAtEnd),
    "reader.readline.overrun-drops-line": (OverlongLineFeedStays, OverlongStays, OverlongDropsMore),
    "reader.readline.overrun-drops-all": (UnfinishedStays, UnfinishedDropsLimit, UnfinishedDropsRest),
    "reader.readline.overrun-context": (OverrunIsCause, OverrunIsForgotten),
    "reader.readline.limit": (LineLimitExcluded,),
}
