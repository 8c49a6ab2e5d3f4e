"""Readers that are unusual in when a search says that the limit is exceeded, and in what words."""

from textbook import Match, TextbookReader
from variants.variant import Variant

Separators = tuple[bytes, ...]


class ExactTail(TextbookReader):
    """Over the limit, `consumed` leaves out just the longest tail that could begin a separator."""

    def _tail(self, separators: Separators) -> int:
        begins = [each[:size] for each in separators for size in range(1, len(each))]
        return max((len(each) for each in begins if self._buffer.endswith(each)), default=0)

    def _check_unfound(self, separators: Separators) -> None:
        certain = len(self._buffer) - self._tail(separators)
        if certain > self._limit:
            raise self._overrun("Separator is not found, and chunk exceed the limit", certain)


class JudgesByChunk(TextbookReader):
    """The limit is judged chunk by chunk, so the error may come although the separator is unread already."""

    _cuts: tuple[int, ...] = ()

    def _store(self, chunk: bytes) -> None:
        super()._store(chunk)
        self._cuts = (*self._cuts, len(self._buffer))

    def _take(self, count: int) -> bytes:
        taken = super()._take(count)
        self._cuts = tuple(cut - len(taken) for cut in self._cuts if cut > len(taken))
        return taken

    def _search(self, separators: Separators) -> Match | None:
        match = super()._search(separators)
        for cut in self._cuts:
            if match is not None and cut >= match.end:
                break
            self._check_prefix(cut + 1 - max(map(len, separators)))
        return match

    def _check_prefix(self, certain: int) -> None:
        if certain > self._limit:
            raise self._overrun("Separator is not found, and chunk exceed the limit", certain)

    def _drop_line(self, consumed: int) -> None:
        self._take(self._buffer.find(b"\n") + 1 or len(self._buffer))

    async def _read_all(self) -> bytes:
        while not self._eof:
            await self._wait("read")
        return self._take(len(self._buffer))


class OtherWords(TextbookReader):
    """The messages of errors are worded otherwise."""

    def _overrun(self, message: str, consumed: int) -> Exception:
        return super()._overrun(f"{consumed} bytes, and no separator before them", consumed)

    def _check_alone(self, method: str) -> None:
        try:
            super()._check_alone(method)
        except RuntimeError:
            raise RuntimeError(f"{method}: someone else is waiting") from None


VARIANTS: tuple[Variant, ...] = (
    Variant(
        ExactTail,
        "the over-limit error may come as soon as the bytes that are no beginning of a separator exceed it",
        ("reader.readuntil.overrun-not-early", "reader.readuntil.overrun-unfound", "reader.separators.longest"),
    ),
    Variant(
        JudgesByChunk,
        "the limit may be judged chunk by chunk",
        ("reader.readuntil.overrun-found", "reader.readline.overrun-drops-all"),
    ),
    Variant(
        OtherWords,
        "messages may be worded in any way, if the refusal of a second call names the method",
        ("reader.overlap.message", "reader.readline.overrun"),
    ),
)
