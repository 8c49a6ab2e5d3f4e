"""What a program of connections stands on beside `stage`: the simulated network on a plain loop of asyncio.

The transport is that of the suite's own world; what passes between it and its protocol is seen on the way.
"""

from __future__ import annotations

import asyncio
import inspect
import types
from typing import Any

from streamgauge.conformance.explaining.stage import ADDRESS, attempt, described, mine, said, seen, turns
from streamgauge.conformance.worlds.network import Listener
from streamgauge.conformance.worlds.wire import Wire


class Ears(asyncio.Protocol):
    """What a transport takes for its protocol: it hears what the protocol is told, and what that raises."""

    def __init__(self, protocol: Any, note: Any) -> None:
        self.protocol, self.note = protocol, note

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Pass it on."""
        self.protocol.connection_made(transport)

    def tell(self, method: str, told: Any, *args: Any) -> Any:
        """Pass on what is told."""
        self.note(method)
        try:
            return told(*args)
        except Exception as error:
            seen.append(f"raised {described(error)}")
            raise

    def data_received(self, data: bytes) -> None:
        """Pass on data, to either kind of protocol."""
        self.tell("data_received", Wire._deliver_to, self.protocol, data)  # noqa: SLF001  # what a wire does with data

    def eof_received(self) -> bool:
        """Pass on the end, and see the answer."""
        kept = self.tell("eof_received", self.protocol.eof_received)
        self.note("stays open" if kept else "does not stay open")
        return bool(kept)

    def pause_writing(self) -> None:
        """Pass it on."""
        self.tell("pause_writing", self.protocol.pause_writing)

    def resume_writing(self) -> None:
        """Pass it on."""
        self.tell("resume_writing", self.protocol.resume_writing)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Pass on the loss."""
        self.tell("connection_lost", self.protocol.connection_lost, exc if exc is None else mine(exc))


class HeardWire(Wire):
    """A transport without a socket; what it is asked is seen."""

    def __init__(self, protocol: Any, end: int, link: Any) -> None:
        self.name = "" if end == 1 else f"end {end}: "
        self.ears = Ears(protocol, self.note)
        super().__init__(asyncio.get_running_loop(), self.ears, link, lambda late: self.note("data_received"))

    def note(self, what: str) -> None:
        """See what it is asked, or what it does."""
        seen.append(self.name + what)

    def set_protocol(self, protocol: Any) -> None:
        """Tell this protocol from now on."""
        self.ears.protocol = protocol

    def get_protocol(self) -> Any:
        """Return the protocol."""
        return self.ears.protocol

    def ask(self, what: str, method: Any, *args: Any, does: bool) -> None:
        """See it if it does anything, and do it."""
        if does:
            self.note(what)
        method(*args)

    def pause_reading(self) -> None:
        """Keep back what arrives."""
        self.ask("pause_reading", super().pause_reading, does=not self._closing)

    def resume_reading(self) -> None:
        """Deliver what was kept back."""
        self.ask("resume_reading", super().resume_reading, does=not self._closing)

    def write(self, data: Any) -> None:
        """Send bytes, or queue them."""
        right = isinstance(data, bytes | bytearray | memoryview) and bool(data)
        word = f"write {said(bytes(data))}" if right else ""
        self.ask(word, super().write, data, does=right and not (self._eof or self._closing))

    def write_eof(self) -> None:
        """Close the sending direction."""
        self.ask("write_eof", super().write_eof, does=self._half_close and not (self._eof or self._closing))

    def close(self) -> None:
        """Lose the connection once everything is sent."""
        self.ask("close", super().close, does=not self._closing)

    def abort(self) -> None:
        """Lose the connection, and what is queued."""
        self.ask("abort", super().abort, does=not self._lost)


def like(high: int = 8, pausing: str = "works", half_close: bool = True) -> Any:
    """Return what a transport is to be like."""
    return types.SimpleNamespace(high=high, pausing=pausing, half_close=half_close)


class Network:
    """What the loop asks for connections. `fate` is what becomes of them; `host` is the end that a server gets next."""

    def __init__(self, **link: Any) -> None:
        self.link = like(**link)
        self.fate, self.host, self.tells, self.linked = "accepted", 1, True, False
        self.wires: dict[int, HeardWire] = {}
        self.handled: dict[int, tuple[Any, ...]] = {}
        self.endings: dict[int, tuple[Any, Any]] = {}
        self.server: Any = None
        self.pair: Any = None
        loop: Any = asyncio.get_running_loop()
        loop.create_connection, loop.create_server = self.create_connection, self.create_server
        loop.set_exception_handler(self.report)

    def note(self, what: str, end: int = 1) -> None:
        """See what happens at an end."""
        seen.append(what if end == 1 else f"end {end}: {what}")

    def asked(self, method: str, end: int, given: dict[str, Any]) -> None:
        """See what the loop is asked for. Raises `TypeError` for an argument that is not documented."""
        signature = inspect.signature(getattr(asyncio.BaseEventLoop, method))
        signature.bind(None, None, **given)
        known = signature.parameters
        told = sorted(f"{name}={said(value)}" for name, value in given.items() if value != known[name].default)
        if self.tells:
            self.note(f"{method} {' '.join(told)}", end)

    async def create_connection(self, factory: Any, host: Any = None, port: Any = None, **options: Any) -> Any:
        """Make a connection."""
        self.asked("create_connection", 1, {"host": host, "port": port, **options})
        if self.fate == "refused":
            raise mine(ConnectionRefusedError("nobody listens there"))
        if self.fate == "unanswered":
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                self.note("abort")
                raise
        wire = self.wires[1] = HeardWire(factory(), 1, self.link)
        asyncio.get_running_loop().call_soon(attempt, wire.begin)
        other = self.accept(2) if self.linked else None
        if other is not None:
            wire.beyond, other.beyond = other, wire
        await asyncio.sleep(0)
        return wire, wire.get_protocol()

    async def create_server(self, factory: Any, host: Any = None, port: Any = None, **options: Any) -> Any:
        """Make a server."""
        self.asked("create_server", self.host, {"host": host, "port": port, **options})
        self.server = Listener(factory)
        return self.server

    def accept(self, end: int = 1, **link: Any) -> HeardWire | None:
        """Make a peer connect, as a loop does when a socket accepts one."""
        loop = asyncio.get_running_loop()
        self.host = end
        try:
            wire = HeardWire(self.server.factory(), end, like(**link))
        except Exception as error:
            loop.call_exception_handler({"message": "accepting a connection failed", "exception": error})
            return None
        self.wires[end] = wire
        try:
            wire.begin()
        except Exception as error:
            loop.call_exception_handler({"message": "exception in connection_made", "exception": error})
        return wire

    def report(self, loop: Any, context: dict[str, Any]) -> None:
        """The exception handler of the loop."""
        if not context["message"].endswith(("was never retrieved", "was destroyed but it is pending!")):
            failed = isinstance(context.get("exception"), HandlerFailed)
            self.note(f"reported {'that the handler failed' if failed else 'something'}", self.host)

    async def opened(self, connect: Any, *args: Any, **options: Any) -> Any:
        """Return a connection, which is made without waiting for anybody."""
        self.tells = False
        pair = await self.at_once(connect, *args, **options)
        self.tells = True
        return (None, None) if pair is None else pair

    async def dialled(self, connect: Any, *args: Any, **options: Any) -> Any:
        """Make a connection, keep it, and return what it consists of."""
        self.pair = await connect(*args, **options)
        return roles(self.pair)

    async def at_once(self, method: Any, *args: Any, **options: Any) -> Any:
        """Await a call that waits for nobody, and see what it raises."""
        task = asyncio.ensure_future(method(*args, **options))
        await turns()
        if not task.done():
            task.cancel()
            await turns()
            return attempt(raising, TimeoutError())
        return attempt(task.result)

    async def served(self, serve: Any, *args: Any, **options: Any) -> None:
        """Start a server, and see what is returned."""
        before = len(seen)
        server = await self.at_once(serve, *args, **options)
        if server is not None or not any("raised" in word for word in seen[before:]):
            seen.append(f"returned {'the server' if server is self.server else 'something else'}")

    def conclude(self, how: str, end: int = 1) -> None:
        """End the coroutine of the handler."""
        task, ending = self.endings.get(end, (None, None))
        if how == "cancelled" and task is not None:
            task.cancel()
        elif ending is not None and not ending.done():
            if how == "raises":
                ending.set_exception(HandlerFailed("the handler failed"))
            else:
                ending.set_result(None)

    def handler(self, *given: Any) -> int:
        """Be a handler, and return at which end."""
        self.note(f"handler{said(roles(given))}", self.host)
        self.handled[self.host] = given
        return self.host

    async def coroutine(self, *given: Any) -> None:
        """Be a handler that waits until it is told how to end."""
        end = self.handler(*given)
        self.endings[end] = asyncio.current_task(), asyncio.get_running_loop().create_future()
        await self.endings[end][1]

    def failing(self, *given: Any) -> None:
        """Be a handler that raises."""
        self.handler(*given)
        raise HandlerFailed("the handler failed")

    def future(self, *given: Any) -> Any:
        """Be a handler that returns a future, which has failed."""
        self.handler(*given)
        failed = asyncio.get_running_loop().create_future()
        failed.set_exception(HandlerFailed("the future of the handler failed"))
        failed.exception()  # it complains to nobody
        return failed

    def plain(self, *given: Any) -> None:
        """Be a handler that returns nothing."""
        self.handler(*given)


class HandlerFailed(RuntimeError):
    """What a handler raises."""


class AnObject:
    """An object that can be called like a coroutine function."""

    def __init__(self, network: Network) -> None:
        self.network = network

    async def __call__(self, *given: Any) -> None:
        """Be the handler."""
        await self.network.coroutine(*given)


def raising(error: BaseException) -> None:
    """Raise it."""
    raise error


def plays(value: Any, role: str) -> bool:
    """Check whether an object can do what a reader or a writer does."""
    reading, writing = ("read", "readline", "readexactly", "readuntil"), ("write", "drain", "close")
    return any(hasattr(value, name) for name in (reading if role == "reader" else writing))


def roles(pair: Any) -> Any:
    """Return what a connection consists of, by what its parts can do."""
    wanted = ("reader", "writer")
    if not isinstance(pair, tuple) or (len(pair) == len(wanted) and all(map(plays, pair, wanted))):
        return wanted if isinstance(pair, tuple) else pair
    return tuple(next((role for role in ("writer", "reader") if plays(one, role)), one) for one in pair)


async def by_hand(reader: Any, protocol: Any, writer: Any, *address: Any, limit: Any = None, **options: Any) -> Any:
    """Make a connection out of the parts of a target that has no open_connection."""
    loop = asyncio.get_running_loop()
    made = reader() if limit is None else reader(limit=limit)
    told = protocol(made, loop=loop)
    transport, _ = await loop.create_connection(lambda: told, *address, **options)
    return made, writer(transport, told, made, loop)


def defaults(writer: Any) -> bool:
    """Ask whether a default is returned for what nobody knows, and only for that."""
    ask = writer.get_extra_info
    return ask("peername", seen) == ADDRESS and ask("no such name") is None and ask("no such name", seen) is seen


def waits(writer: Any) -> bool:
    """Ask whether drain and wait_closed can be awaited."""
    found = [writer.drain(), writer.wait_closed()]
    return all(map(inspect.isawaitable, found))
