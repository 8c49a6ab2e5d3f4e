"""Layers that are unusual in how calls wait, and end."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable
from typing import Any

from textbook import TextbookReader
from textbook_layer import Buffer, TextbookProtocol, TextbookWriter, layer
from variants.variant import Variant

Waiters = list["asyncio.Future[None]"]


class CleanLossRaises(TextbookProtocol):
    """A drain that waits when the connection is lost cleanly raises ConnectionResetError."""

    def _release_drainers(self, exc: BaseException | None) -> None:
        gone = ConnectionResetError("the connection is lost") if exc is None and self.lost else exc
        super()._release_drainers(gone)


class TellingReader(TextbookReader):
    """A reader that tells others of its exception."""

    def __init__(self, limit: int = 65536, loop: Any = None) -> None:
        super().__init__(limit, loop)
        self.watchers: list[Callable[[], None]] = []

    def set_exception(self, exc: Any) -> None:
        super().set_exception(exc)
        for watcher in self.watchers:
            watcher()


class ExceptionEndsDrain(TextbookWriter):
    """A drain that waits raises the exception that the reader is given."""

    def __init__(self, transport: Any, protocol: Any, reader: Any, loop: Any) -> None:
        super().__init__(transport, protocol, reader, loop)
        reader.watchers.append(self._told)

    def _told(self) -> None:
        self._protocol._release_drainers(self._reader.exception())


class WaitsForRoom(TextbookWriter):
    """A drain that is released looks again whether writing is held."""

    async def drain(self) -> None:
        await super().drain()
        while self._protocol.held and not self._protocol.lost and not self.is_closing():
            await self._wait(self._protocol.drainers)


class GivesNoReason(TextbookWriter):
    """A drain that was called while closing raises ConnectionResetError when the connection is lost by an error."""

    async def drain(self) -> None:
        closing = self.is_closing() and self._reader.exception() is None
        try:
            await super().drain()
        except OSError as raised:
            if not closing or self._protocol.error is None:
                raise
            raise ConnectionResetError("the connection is lost") from raised


class LooksAtTheLossFirst(TextbookWriter):
    """A drain that finds the connection closing returns or raises by what it found, not by what came meanwhile."""

    async def drain(self) -> None:
        self._raise_what_reads_raise()
        if self._protocol.lost:
            raise ConnectionResetError("the connection is lost")
        if self.is_closing() and not self._protocol.held:
            await asyncio.sleep(0)
        else:
            await super().drain()


class TellsLater(TextbookProtocol):
    """Whoever waits is told at the end of the turn, the last one first."""

    def _release_drainers(self, exc: BaseException | None) -> None:
        self._loop.call_soon(self._release, list(self.drainers), exc)

    def _release_closers(self, exc: BaseException | None) -> None:
        self._loop.call_soon(self._release, list(self.closers), exc)

    def _release(self, waiters: Waiters, exc: BaseException | None) -> None:
        for waiter in reversed(waiters):
            if waiter.done():
                continue
            if exc is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(exc)


class KnocksOnTheDoor(TextbookWriter):
    """`wait_closed` waits for an event, and then looks for the error."""

    async def wait_closed(self) -> None:
        await self._protocol.over.wait()
        await super().wait_closed()


class HasADoor(TextbookProtocol):
    """The loss of the connection sets an event."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.over = asyncio.Event()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self.over.set()


class ForgivesTheTransport(TextbookProtocol):
    """A transport that says something twice is not scolded."""

    def pause_writing(self) -> None:
        self.held = True

    def resume_writing(self) -> None:
        self.held = False
        self._release_drainers(None)


class RefusesTheSecond(TextbookWriter):
    """A drain beside another one is refused."""

    async def drain(self) -> None:
        self._raise_what_reads_raise()
        if self._protocol.held and self._protocol.drainers and not self._protocol.lost and not self.is_closing():
            raise AssertionError("another task is draining already")
        await super().drain()


class Promise:
    """Something that can be awaited, and is no coroutine."""

    def __init__(self, begin: Callable[[], Awaitable[None]]) -> None:
        self._begin = begin

    def __await__(self) -> Generator[Any, None, None]:
        return self._begin().__await__()


class GivesPromises(TextbookWriter):
    """What `drain` and `wait_closed` give is no coroutine."""

    def drain(self) -> Any:
        return Promise(super().drain)

    def wait_closed(self) -> Any:
        return Promise(super().wait_closed)


class Narrow:
    """A writer with nothing but what is documented, around another one."""

    __slots__ = ("_inner",)

    def __init__(self, *parts: Any) -> None:
        self._inner = TextbookWriter(*parts)

    @property
    def transport(self) -> Any:
        return self._inner.transport

    def write(self, data: Buffer, /) -> None:
        self._inner.write(data)

    def writelines(self, data: Iterable[Buffer], /) -> None:
        self._inner.writelines(data)

    def write_eof(self) -> None:
        self._inner.write_eof()

    def can_write_eof(self) -> bool:
        return self._inner.can_write_eof()

    def close(self) -> None:
        self._inner.close()

    def is_closing(self) -> bool:
        return self._inner.is_closing()

    def get_extra_info(self, name: str, default: Any = None, /) -> Any:
        return self._inner.get_extra_info(name, default)

    async def drain(self) -> None:
        await self._inner.drain()

    async def wait_closed(self) -> None:
        await self._inner.wait_closed()


VARIANTS: tuple[Variant, ...] = (
    Variant(layer(CleanLossRaises), "a clean loss may be an error to a drain", ("writer.drain.clean-loss",)),
    Variant(
        layer(ExceptionEndsDrain, TellingReader),
        "an exception of the reader may end a drain that waits",
        ("writer.drain.exception-while-waiting",),
    ),
    Variant(layer(WaitsForRoom), "a drain may wait on if writing is held again", ("writer.drain.held-again",)),
    Variant(
        layer(GivesNoReason),
        "a drain that was called while closing may raise ConnectionResetError",
        ("writer.drain.lost-while-waiting",),
    ),
    Variant(layer(LooksAtTheLossFirst), "a drain that was called while closing may return if writing is not held"),
    Variant(
        layer(TellsLater),
        "waiting calls may be told in any order, at any time before the loop is quiet",
        ("writer.drain.many", "writer.wait-closed.many"),
    ),
    Variant(layer(KnocksOnTheDoor, HasADoor), "what `wait_closed` waits for is its own affair"),
    Variant(
        layer(ForgivesTheTransport),
        "what a transport says twice may be ignored",
        ("flow.write.protocol-asserts",),
    ),
    Variant(
        layer(RefusesTheSecond),
        "before 3.10 a second drain may be refused",
        ("writer.drain.second",),
        (3, 9),
    ),
    Variant(layer(GivesPromises), "any awaitable will do", ("writer.methods.kinds",)),
    Variant(layer(Narrow), "a writer needs no more than what is documented"),
)
