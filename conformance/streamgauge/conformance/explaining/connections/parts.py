"""The simulated network of a script: a transport without a socket, with as much in it as the scenario needs.

What the transport is asked for, and what else the loop sees, goes into the list `seen`, one word each.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

from streamgauge.conformance.explaining.connections.needs import Needs
from streamgauge.spec.alphabet import Fate


def network(needs: Needs) -> str:
    """Return the text of the network."""
    lists = ["seen", *(["handled", "tasks", "servers"] if needs.serves else [])]
    lists += ["made"] if needs.reached or needs.linked or needs.several else []
    head = "".join(f"{name} = []\n" for name in lists)
    parts = [f"\n{head}", _transport(needs)]
    if needs.serves:
        parts.append(LISTENS_ALSO if needs.dials else LISTENS)
        parts.append(ACCEPT)
        parts.append(REPORT)
    if needs.connects:
        parts.append(_create_connection(needs))
        if needs.by_hand:
            parts.append(BY_HAND)
    return "\n".join(parts)


def patches(needs: Needs) -> Iterator[str]:
    """Yield the lines that put the network in the place of the loop's own."""
    if needs.connects:
        yield "asyncio.get_running_loop().create_connection = create_connection"
    if needs.serves:
        yield "asyncio.get_running_loop().create_server = create_server"
        yield "asyncio.get_running_loop().set_exception_handler(report)"


# ---------------------------------------------------------------- transport


def _transport(needs: Needs) -> str:
    methods = "\n".join(indent(part.strip("\n") + "\n", "    ") for part in _methods(needs))
    text = f'\nclass Transport(asyncio.Transport):\n    """A transport without a socket."""\n\n{methods}'
    return text.replace("seen.append(", "self.note(") if needs.linked or needs.several else text


def _methods(needs: Needs) -> Iterator[str]:
    named = '{"peername": ("192.0.2.1", 7)}' if needs.named else ""
    yield f"def __init__(self, protocol):\n    super().__init__({named})\n    self.protocol = protocol\n" + "".join(
        f"    {line}\n" for line in _attributes(needs)
    )
    if needs.linked or needs.several:
        yield NOTE
    yield IS_CLOSING
    yield _write(needs)
    if needs.queues:
        queue = QUEUE + ((UNCLOG_LINKED if needs.linked else UNCLOG) if needs.unclogs else "")
        yield queue.replace("HIGH", str(needs.high)).replace("LOW", str(needs.high // 4))
    if needs.halves:
        yield _write_eof(needs)
    if needs.pauses:
        yield _pause_reading(needs)
    if needs.pauses or needs.linked:
        yield ARRIVE
    yield CLOSE_QUEUED if needs.queues else CLOSE
    if needs.aborts:
        yield ABORT_QUEUED if needs.queues else ABORT
    yield LOSE_LINKED if needs.linked else LOSE
    if needs.linked:
        yield GONE


def _attributes(needs: Needs) -> Iterator[str]:
    yield "self.loop = asyncio.get_running_loop()"
    yield "self.closing = self.lost = False"
    if needs.queues:
        yield 'self.queued, self.clogged, self.held = b"", False, False'
    if needs.halves or needs.linked:
        yield "self.ended = False"
    if needs.pauses or needs.linked:
        yield "self.paused, self.arrived = False, []"
    if needs.linked:
        yield 'self.other, self.name = None, "server " if made else ""'
    if needs.several:
        yield 'self.name = "" if made else "first "'
    if needs.reached or needs.linked or needs.several:
        yield "made.append(self)"


NOTE = """
def note(self, what):
    seen.extend([self.name + what])
"""
IS_CLOSING = """
def is_closing(self):
    return self.closing or self.loop.is_closed()
"""
CLOSE = """
def close(self):
    if not self.closing:
        self.closing = True
        seen.append("close")
        self.loop.call_soon(lambda: self.lost or self.lose(None))
"""
CLOSE_QUEUED = """
def close(self):
    if not self.closing:
        self.closing = True
        seen.append("close")
        if not self.queued:
            self.loop.call_soon(lambda: self.lost or self.lose(None))
"""
ABORT = """
def abort(self):
    if not self.lost:
        self.closing = True
        seen.append("abort")
        self.loop.call_soon(lambda: self.lost or self.lose(None))
"""
ABORT_QUEUED = ABORT.replace('    seen.append("abort")\n', '    self.queued = b""\n        seen.append("abort")\n')
LOSE = """
def lose(self, error):
    self.closing = self.lost = True
    self.protocol.connection_lost(error)
"""
LOSE_LINKED = (
    LOSE
    + """
    if self.other is not None:
        self.loop.call_soon(self.other.gone, error, self.ended)
        self.other = None
""".lstrip("\n")
)
GONE = """
def gone(self, error, ended):
    \"\"\"The other end is lost: that is the end of what it sends, or a reset.\"\"\"
    self.other = None
    if error is not None and not self.lost:
        self.lose(ConnectionResetError("connection reset by peer"))
    elif error is None and not ended:
        self.arrive(b"")
"""
QUEUE = """
def queue(self, data):
    self.queued += data
    if len(self.queued) > HIGH and not self.held:
        self.hold(True)

def hold(self, holds):
    self.held = holds
    (self.protocol.pause_writing if holds else self.protocol.resume_writing)()

def get_write_buffer_size(self):
    return len(self.queued)
"""
UNCLOG = """
def unclog(self, count=None):
    \"\"\"The peer takes so many bytes, or everything from now on.\"\"\"
    self.queued = b"" if count is None else self.queued[count:]
    self.clogged = count is not None
    if len(self.queued) <= LOW and self.held:
        self.hold(False)
    if self.closing and not self.queued:
        self.loop.call_soon(lambda: self.lost or self.lose(None))
"""
UNCLOG_LINKED = UNCLOG.replace(
    "    self.queued = b",
    "    if self.other is not None and self.queued[:count]:\n"
    "        self.loop.call_soon(self.other.arrive, self.queued[:count])\n"
    "    self.queued = b",
)
ARRIVE = """
def arrive(self, data):
    \"\"\"Take what the peer sent, its end (b"") included, and deliver it unless reading is paused.\"\"\"
    if not self.closing or self.lost:
        self.arrived.append(data)
        self.deliver()

def deliver(self):
    while self.arrived and not self.paused and (not self.closing or self.lost):
        data = self.arrived.pop(0)
        if data:
            self.protocol.data_received(data)
        elif not self.protocol.eof_received():
            seen.append("eof_received False")
            self.close()
"""


def _write(needs: Needs) -> str:
    lines = ["data = bytes(memoryview(data))  # raises TypeError as real ones do"]
    if needs.halves:
        lines += ["if self.ended:", '    raise RuntimeError("Cannot call write() after write_eof()")']
    inner = ['seen.append(f"write {data!r}")']
    send = ["self.loop.call_soon(self.other.arrive, data)"]
    if needs.queues:
        inner += ["if self.clogged:", "    self.queue(data)"]
        inner += ["elif self.other is not None:", *(f"    {line}" for line in send)] if needs.linked else []
    elif needs.linked:
        inner += ["if self.other is not None:", *(f"    {line}" for line in send)]
    lines += ["if data and not self.closing:", *(f"    {line}" for line in inner)]
    return "def write(self, data):\n" + indent("\n".join(lines), "    ")


def _write_eof(needs: Needs) -> str:
    can = f"def can_write_eof(self):\n    return {needs.half_close}\n\n"
    if not needs.half_close:
        return can + "def write_eof(self):\n    raise NotImplementedError"
    lines = ["if not self.closing and not self.ended:", "    self.ended = True", '    seen.append("write_eof")']
    if needs.linked:
        lines += [
            "    if self.other is not None:",
            '        self.loop.call_soon(self.other.arrive, b"")',
        ]
    return can + "def write_eof(self):\n" + indent("\n".join(lines), "    ")


def _pause_reading(needs: Needs) -> str:
    does = {"works": "self.paused = True", "unsupported": "raise NotImplementedError"}
    does["fails"] = 'raise RuntimeError("pause_reading failed")'
    return f"""
def pause_reading(self):
    if not self.closing:
        seen.append("pause_reading")
        {does[needs.pausing]}

def resume_reading(self):
    if not self.closing:
        seen.append("resume_reading")
        self.paused = False
        self.loop.call_soon(self.deliver)
"""


# ------------------------------------------------------------------ the loop

FATES: dict[Fate, str] = {
    "accepted": "",
    "refused": '    raise ConnectionRefusedError("nobody listens there")\n',
    "unanswered": "    await asyncio.get_running_loop().create_future()\n",
}
TOLD = """    inspect.signature(asyncio.BaseEventLoop.{name}).bind(None, factory, **given)
    asked = {{name: value for name, value in given.items() if value}}
    seen.append("{name} " + " ".join(f"{{name}}={{value!r}}" for name, value in sorted(asked.items())))
"""


def _create_connection(needs: Needs) -> str:
    text = '\nasync def create_connection(factory, host=None, port=None, **options):\n    """Be the network."""\n'
    if needs.dials:
        text += '    given = {**options, "host": host, "port": port}\n' + TOLD.format(name="create_connection")
        text += FATES[needs.fate]
        if needs.fate != "accepted":
            return text
    text += "    transport = Transport(factory())\n"
    if needs.linked:
        text += "    transport.other = accept()\n    transport.other.other = transport\n"
    return text + "    transport.protocol.connection_made(transport)\n    return transport, transport.protocol\n"


BY_HAND = '''
def part(name):
    """Return what the target has under that name, or what asyncio has."""
    return getattr(target, name, getattr(asyncio, name))


async def connect(**options):
    """Have a connection, by the target's own open_connection if there is one."""
    if hasattr(target, "open_connection"):
        return await target.open_connection("192.0.2.1", 7, **options)
    reader = part("StreamReader")(**options)
    protocol = part("StreamReaderProtocol")(reader)
    transport, _ = await create_connection(lambda: protocol)
    return reader, part("StreamWriter")(transport, protocol, reader, asyncio.get_running_loop())
'''
LISTENS = '''
async def create_server(factory, host=None, port=None, **options):
    """Be a server without a socket."""
    servers.append(factory)
    return servers
'''
LISTENS_ALSO = (
    '''
async def create_server(factory, host=None, port=None, **options):
    """Be a server without a socket."""
    given = {**options, "host": host, "port": port}
'''
    + TOLD.format(name="create_server")
    + """    servers.append(factory)
    return servers
"""
)
ACCEPT = '''
def accept():
    """Have a peer connect, as a loop does when a socket accepts one."""
    loop = asyncio.get_running_loop()
    try:
        transport = Transport(servers[0]())
    except Exception as error:
        loop.call_exception_handler({"message": "accepting a connection failed", "exception": error})
        return None
    try:
        transport.protocol.connection_made(transport)
    except Exception as error:
        loop.call_exception_handler({"message": "exception in connection_made", "exception": error})
    return transport
'''
REPORT = '''
def report(loop, context):
    """Be the exception handler of the loop."""
    if not context["message"].endswith(("was never retrieved", "but it is pending!")):
        seen.append("reported")
'''
