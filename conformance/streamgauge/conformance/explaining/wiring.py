"""What a program of connections stands on beside `stage`: the simulated network on a plain loop of asyncio.

The transport and the server are those of the suite's own world; what passes between a transport and its protocol is
seen on the way. Everything here is small, so that a program takes little of it.
"""

from __future__ import annotations

import asyncio
import functools
from typing import Any

from streamgauge.conformance.explaining.stage import ASKED, attempt, described, given, mine, said, seen
from streamgauge.conformance.playing.end import ROLES, _plays
from streamgauge.conformance.playing.handlers import HandlerFailed
from streamgauge.conformance.worlds.loop import _given
from streamgauge.conformance.worlds.network import Listener
from streamgauge.conformance.worlds.wire import Wire
from streamgauge.spec.alphabet import Link

Called = Any
wires: dict[int, Heard] = {}
pairs: list[Any] = []
listeners: list[Listener] = []
hosts = [1]


def note(what: str, end: int = 1) -> None:
    """See what happens at an end of a connection."""
    seen.append(what if end == 1 else f"at the server's end: {what}")


class Ears:
    """What a transport takes for its protocol: it hears what that is told, and what it raises."""

    def __init__(self, protocol: Any, end: int) -> None:
        self.protocol, self.end = protocol, end
        self.connection_made = protocol.connection_made

    def __getattr__(self, method: str) -> Any:
        return functools.partial(self.tell, method)

    def tell(self, method: str, *args: Any) -> Any:
        """Pass on what the protocol is told; it may be of either kind."""
        note(f"{method}({', '.join(map(said, args))})", self.end)
        given.extend(one for one in args if isinstance(one, BaseException))
        try:
            if method == "data_received":
                Wire._deliver_to(self.protocol, *args)  # noqa: SLF001  # what a wire does with data
                return None
            answer = getattr(self.protocol, method)(*args)
        except Exception as error:
            seen.append(f"at once raised {described(error)}")
            raise
        if method == "eof_received":
            note(f"eof_received returned something {'true' if answer else 'false'}", self.end)
        return answer


class Heard(Wire):
    """A transport without a socket; what it is asked is seen, if it does anything of it."""

    handled: Any = None
    stage: Any = None

    def __init__(self, protocol: Any, number: int, link: Link) -> None:
        self.number = number
        super().__init__(asyncio.get_running_loop(), Ears(protocol, number), link, self.drop)
        for name in ASKED:
            setattr(self, name, functools.partial(self.ask, name, getattr(self, name)))

    def ask(self, name: str, method: Any, *args: Any) -> None:
        """See what it is asked, and do it."""
        match name, args:
            case "abort", _:
                idle = self._lost
            case "write", (bytes() | bytearray() | memoryview() as data,):
                idle = self._closing or self._eof or not data
                args = (bytes(data),)
            case "write", _:
                idle = True
            case "write_eof", _:
                idle = self._closing or self._eof or not self._half_close
            case _:
                idle = self._closing
        if not idle:
            note(ASKED[name].format(*map(said, args)), self.number)
        method(*args)

    def drop(self, data: Any) -> None:
        """See what comes too late."""
        note(f"data_received({said(data)})", self.number)

    def set_protocol(self, protocol: Any) -> None:
        """Tell this protocol from now on."""
        self._protocol = Ears(protocol, self.number)

    def get_protocol(self) -> Any:
        """Return the protocol."""
        return self._protocol.protocol


# ------------------------------------------------------------ making connections


def network(**functions: Any) -> None:
    """Let the running loop make connections and servers by these functions, without sockets."""
    loop = asyncio.get_running_loop()
    vars(loop).update(functions)
    loop.set_exception_handler(report)


def telling(method: str, documented: dict[str, Any], made: Any) -> Any:
    """Return what makes something by `made`, and sees what the loop is asked for.

    Raises `TypeError` for an argument that is not documented.
    """

    async def asked(factory: Any, host: Any = None, port: Any = None, **options: Any) -> Any:
        given = sorted(_given(method, documented, {"host": host, "port": port, **options}).items())
        note(f"{method} was called with {', '.join(f'{name}={said(value)}' for name, value in given)}", hosts[-1])
        return await made(factory)

    return asked


def connecting(made: Any, **link: Any) -> Any:
    """Return a `create_connection` that makes connections by `made`, with such transports."""

    async def create_connection(factory: Any, *address: Any, **options: Any) -> Any:
        return await made(factory, Link(**link))

    return create_connection


async def accepted(factory: Any, link: Link | None = None, *, peer: Any = None) -> Any:
    """Make the connection; `peer` makes its other end if that is under test as well."""
    wire = wires[1] = Heard(factory(), 1, link or Link())
    asyncio.get_running_loop().call_soon(attempt, wire.begin)
    if peer is not None and (other := peer(2)):
        wire.beyond, other.beyond = other, wire
    await asyncio.sleep(0)
    return wire, wire.get_protocol()


async def refused(factory: Any) -> Any:
    """Make no connection."""
    raise mine(ConnectionRefusedError("nobody listens there"))


async def unanswered(factory: Any) -> Any:
    """Wait for ever, and see whether that is given up."""
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        note(ASKED["abort"])
        raise


async def listen(factory: Any) -> Any:
    """Make a server."""
    listeners.append(Listener(factory))
    return listeners[-1]


def accept(end: int = 1, **link: Any) -> Heard | None:
    """Make a peer connect, as a loop does when a socket accepts one."""
    loop = asyncio.get_running_loop()
    hosts.append(end)
    try:
        wire = Heard(listeners[-1].factory(), end, Link(**link))
    except Exception as error:
        loop.call_exception_handler({"message": "accepting a connection failed", "exception": error})
        return None
    wires[end] = wire
    try:
        wire.begin()
    except Exception as error:
        loop.call_exception_handler({"message": "exception in connection_made", "exception": error})
    return wire


def report(loop: Any, context: dict[str, Any]) -> None:
    """The exception handler of the loop."""
    if not context["message"].endswith(("was never retrieved", "was destroyed but it is pending!")):
        failed = isinstance(context.get("exception"), HandlerFailed)
        what = "that the handler failed" if failed else "of something else"
        note(f"the loop's exception handler was told {what}", hosts[-1])


async def at_once(method: Any, *args: Any, **options: Any) -> Any:
    """Await a call that waits for nobody, and see what it raises."""
    task = asyncio.ensure_future(method(*args, **options))
    for _ in range(50):
        await asyncio.sleep(0)
    if not task.done():
        task.cancel()
        task = asyncio.get_running_loop().create_future()
        task.set_exception(TimeoutError("it never returned"))
    return attempt(task.result)


async def by_hand(reader: Any, protocol: Any, writer: Any, *address: Any, limit: Any = None, **options: Any) -> Any:
    """Make a connection out of the parts of a target that has no open_connection."""
    loop = asyncio.get_running_loop()
    made = reader() if limit is None else reader(limit=limit)
    told = protocol(made, loop=loop)
    transport, _ = await loop.create_connection(lambda: told, *address, **options)
    return made, writer(transport, told, made, loop)


async def dialled(connect: Any, *args: Any, **options: Any) -> str:
    """Make a connection, keep it, and say what it consists of."""
    pairs.append(await connect(*args, **options))
    return roles(pairs[-1])


def roles(pair: Any) -> str:
    """Say what a connection consists of, by what its parts can do."""
    if not isinstance(pair, tuple):
        return said(pair)
    if len(pair) == len(ROLES) and all(map(_plays, pair, ROLES)):
        return "a reader and a writer"
    can = [[role for role in ROLES if _plays(one, role)] for one in pair]
    parts = [played[-1] if played else one for played, one in zip(can, pair, strict=True)]
    return " and ".join(f"a {one}" for one in parts) or "nothing" if all(can) else said(tuple(parts))


# ---------------------------------------------------------------------- servers


def served(server: Any) -> None:
    """See what is returned for a server."""
    seen.append(f"returned {'the server that the loop made' if server is [None, *listeners][-1] else 'something else'}")


def called(*given: Any) -> Any:
    """See a handler called, and return where."""
    wire = wires[hosts[-1]]
    note(f"the handler was called with {roles(given)}", wire.number)
    wire.handled = given
    return wire
