"""Stream layers that are wrong in one way: what is written, and what the transport knows."""

from collections.abc import Iterable
from typing import Any

from textbook_layer import Buffer, TextbookWriter, layer
from variants.writing import GathersATurn


class WritePromises(TextbookWriter):
    """`write` gives something that wants to be awaited."""

    def write(self, data: Buffer) -> Any:
        super().write(data)
        return _kept_promise(self._loop)


class ClosePromises(TextbookWriter):
    """`close` gives something that wants to be awaited."""

    def close(self) -> Any:
        super().close()
        return _kept_promise(self._loop)


def _kept_promise(loop: Any) -> Any:
    promise = loop.create_future()
    promise.set_result(None)
    return promise


class DrainIsPlain(TextbookWriter):
    """`drain` gives nothing that can be awaited."""

    def drain(self) -> Any:
        return None


class LastWriteFirst(GathersATurn):
    """The writes of a turn go out in the wrong order."""

    def _flush(self) -> None:
        self._gathered.reverse()
        super()._flush()


class KeepsCrumbs(GathersATurn):
    """A single byte is kept back until more is written."""

    def _flush(self) -> None:
        if sum(map(len, self._gathered)) > 1 or self._protocol.held:
            super()._flush()


class WritesTwice(TextbookWriter):
    """A write that comes while writing is held is sent again."""

    def write(self, data: Buffer) -> None:
        super().write(data)
        if self._protocol.held:
            super().write(data)


class DropsWhileHeld(TextbookWriter):
    """A write that comes while writing is held is lost."""

    def write(self, data: Buffer) -> None:
        if not self._protocol.held:
            super().write(data)


class OnlyBytes(TextbookWriter):
    """Nothing but bytes is taken."""

    def _own(self, data: Any) -> Any:
        if isinstance(data, bytearray | memoryview):
            raise TypeError("bytes only")
        return data


class ViewsAreEmpty(TextbookWriter):
    """A memoryview is taken, and nothing of it sent."""

    def _own(self, data: Any) -> Any:
        return b"" if isinstance(data, memoryview) else super()._own(data)


class EncodesText(TextbookWriter):
    """Text is encoded and sent."""

    def write(self, data: Any) -> None:
        super().write(data.encode() if isinstance(data, str) else data)


class TakesWhatBytesTakes(TextbookWriter):
    """A number is so many zeros, and a list of numbers its bytes."""

    def write(self, data: Any) -> None:
        super().write(bytes(data) if isinstance(data, int | list) else data)


class SwallowsNone(TextbookWriter):
    """None is passed over in silence."""

    def write(self, data: Any) -> None:
        if data is not None:
            super().write(data)


class EmptyIsRefused(TextbookWriter):
    """Empty bytes raise an error."""

    def write(self, data: Any) -> None:
        if isinstance(data, Buffer) and not data:
            raise ValueError("there is nothing to write")
        super().write(data)


class EmptyIsTheEnd(TextbookWriter):
    """Empty bytes close the sending half."""

    def write(self, data: Any) -> None:
        if isinstance(data, Buffer) and not data:
            self.write_eof()
        else:
            super().write(data)


class EmptyCloses(TextbookWriter):
    """Empty bytes close the connection."""

    def write(self, data: Any) -> None:
        if isinstance(data, Buffer) and not data:
            self.close()
        else:
            super().write(data)


class KeepsTheBuffer(GathersATurn):
    """What is handed over later is the caller's own buffer."""

    def _own(self, data: Any) -> Any:
        return data


class HoldsOn(TextbookWriter):
    """The last buffer is held, so that its owner cannot resize it."""

    _last: Any = None

    def _own(self, data: Any) -> Any:
        if isinstance(data, bytearray):
            self._last = memoryview(data)
        return super()._own(data)


class OnlyLists(TextbookWriter):
    """`writelines` takes nothing but a list or a tuple."""

    def writelines(self, data: Any) -> None:
        if not isinstance(data, list | tuple):
            raise TypeError("a list, please")
        super().writelines(data)


class GoesThroughTwice(TextbookWriter):
    """`writelines` looks at its elements before it sends them, and has gone through an iterator by then."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        for each in data:
            memoryview(each)
        super().writelines(data)


class WritesLines(TextbookWriter):
    """`writelines` ends each element with a line feed."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        super().writelines([bytes(memoryview(each)) + b"\n" if each else each for each in data])


class StopsAtEmpty(TextbookWriter):
    """An empty element ends what is written."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        found: list[Buffer] = []
        for each in data:
            if not each:
                break
            found.append(each)
        super().writelines(found)


class EmptyElementRefused(TextbookWriter):
    """An empty element is refused."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        lines = list(data)
        if not all(lines):
            raise ValueError("there is nothing in a line")
        super().writelines(lines)


class NothingIsRefused(TextbookWriter):
    """`writelines` with no elements is refused."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        lines = list(data)
        if not lines and not self.is_closing():
            raise AssertionError("there is nothing to write")
        super().writelines(lines)


class NothingIsTheEnd(TextbookWriter):
    """`writelines` with no elements closes the sending half."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        if lines := list(data):
            super().writelines(lines)
        else:
            self.write_eof()


class OneByOne(TextbookWriter):
    """`writelines` sends what comes before a bad element."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        self.write(b"")
        for each in data:
            self.write(each)


class PassesOverBad(TextbookWriter):
    """`writelines` passes over what is not bytes-like."""

    def writelines(self, data: Iterable[Any]) -> None:
        super().writelines([each for each in data if isinstance(each, Buffer)])


class BadElementValueError(TextbookWriter):
    """`writelines` raises ValueError for what is not bytes-like."""

    def writelines(self, data: Iterable[Buffer]) -> None:
        try:
            super().writelines(data)
        except TypeError:
            raise ValueError("a line is no bytes") from None


class LinesForgetTheMark(TextbookWriter):
    """After `writelines`, drain does not look whether writing is held."""

    _lines = False

    def write(self, data: Buffer) -> None:
        self._lines = False
        super().write(data)

    def writelines(self, data: Iterable[Buffer]) -> None:
        self._lines = True
        super().writelines(data)

    async def drain(self) -> None:
        if not self._lines or self.is_closing():
            await super().drain()


class WrapsTransport(TextbookWriter):
    """`transport` is something that behaves like the transport."""

    class Wrapper:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

    @property
    def transport(self) -> Any:
        return self.Wrapper(self._transport)


class ForgetsTransport(TextbookWriter):
    """`transport` is None once the connection is closing."""

    @property
    def transport(self) -> Any:
        return None if self.is_closing() else self._transport


class KnowsNothing(TextbookWriter):
    """`get_extra_info` returns the default whatever it is asked."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default


class TellsText(TextbookWriter):
    """`get_extra_info` returns what the transport knows as text."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        known = super().get_extra_info(name)
        return default if known is None else str(known)


class UnknownRaises(TextbookWriter):
    """`get_extra_info` raises for a name that the transport does not know."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if (known := super().get_extra_info(name)) is None:
            raise KeyError(name)
        return known


class IgnoresDefault(TextbookWriter):
    """`get_extra_info` returns None for a name that the transport does not know."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return super().get_extra_info(name)


BROKEN: dict[str, tuple[Any, ...]] = {
    "writer.methods.kinds": (layer(WritePromises), layer(ClosePromises), layer(DrainIsPlain)),
    "writer.write.order": (layer(LastWriteFirst), layer(KeepsCrumbs), layer(WritesTwice), layer(DropsWhileHeld)),
    "writer.write.bytes-like": (layer(OnlyBytes), layer(ViewsAreEmpty)),
    "writer.write.wrong-type": (layer(EncodesText), layer(TakesWhatBytesTakes), layer(SwallowsNone)),
    "writer.write.empty": (layer(EmptyIsRefused), layer(EmptyIsTheEnd), layer(EmptyCloses)),
    "writer.write.copies": (layer(KeepsTheBuffer), layer(HoldsOn)),
    "writer.writelines.iterable": (layer(OnlyLists), layer(GoesThroughTwice), layer(WritesLines)),
    "writer.writelines.empty-elements": (layer(StopsAtEmpty), layer(EmptyElementRefused)),
    "writer.writelines.nothing": (layer(NothingIsRefused), layer(NothingIsTheEnd)),
    "writer.writelines.bad-element": (layer(OneByOne), layer(PassesOverBad), layer(BadElementValueError)),
    "writer.writelines.mark": (layer(LinesForgetTheMark),),
    "writer.transport": (layer(WrapsTransport), layer(ForgetsTransport)),
    "writer.extra-info.passes": (layer(KnowsNothing), layer(TellsText)),
    "writer.extra-info.default": (layer(UnknownRaises), layer(IgnoresDefault)),
}
