"""The tap notes what passes between any transport and any protocol, and changes nothing of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streamgauge.conformance.playing.end import Side
from streamgauge.conformance.playing.tap import TappedBuffer, TappedTransport, tapped
from streamgauge.conformance.worlds.loop import Loop, new_loop
from streamgauge.conformance.worlds.wire import Wire
from streamgauge.spec.alphabet import (
    Aborted,
    Closed,
    End,
    Event,
    Feed,
    Halved,
    Hold,
    Kept,
    Link,
    Lose,
    Paused,
    Problem,
    Refused,
    Release,
    Resumed,
    Wrote,
)


class Told(asyncio.Protocol):
    """Keeps its transport, and may be told to fail."""

    transport: Any = None
    stays_open = True
    fails_at = ""

    def _told(self, what: str) -> None:
        if what == self.fails_at:
            raise ValueError(what)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._told("made")

    def data_received(self, data: bytes) -> None:
        self._told("data")

    def eof_received(self) -> bool:
        self._told("eof")
        return self.stays_open

    def pause_writing(self) -> None:
        self._told("hold")

    def resume_writing(self) -> None:
        self._told("release")

    def connection_lost(self, exc: BaseException | None) -> None:
        self._told("lost")


class Lending(asyncio.BufferedProtocol):
    """Lends a buffer of three bytes."""

    def __init__(self) -> None:
        self.room = bytearray(3)
        self.got: list[bytes] = []

    def get_buffer(self, sizehint: int) -> bytearray:
        return self.room

    def buffer_updated(self, nbytes: int) -> None:
        self.got.append(bytes(self.room[:nbytes]))


def connected(protocol: Any, link: Link | None = None) -> tuple[Wire, Any, list[Event], Loop]:
    """A wire, the transport that the protocol has, what is noted, and the loop."""
    loop, trace = new_loop(), list[Event]()
    tap = tapped(protocol, Side(1, trace.append, {}))
    wire = Wire(loop, tap, link or Link(), lambda data: None)
    wire.begin()
    return wire, tap.transport, trace, loop


def test_what_a_protocol_is_told_is_noted_before_it_is_told() -> None:
    told = Told()
    wire, transport, trace, _ = connected(told)
    assert told.transport is transport
    wire.arrive(bytearray(b"a"))
    wire.end()
    wire.hold(True)
    wire.hold(False)
    wire.lose(OSError())
    assert trace == [Feed(b"a", "bytearray"), End(), Kept(open=True), Hold(), Release(), Lose("OSError")]


def test_what_a_transport_is_asked_is_noted_while_it_means_anything() -> None:
    wire, transport, trace, loop = connected(Told())
    for _ in range(2):
        transport.pause_reading()
        transport.resume_reading()
        transport.write(b"")
        transport.write(bytearray(b"ab"))
        transport.writelines(iter([b"c", b"d"]))
    transport.write_eof()
    transport.write_eof()
    with pytest.raises(RuntimeError):
        transport.write(b"late")
    for _ in range(2):
        transport.close()
        transport.pause_reading()
        transport.resume_reading()
        transport.abort()
    loop.settle()
    transport.abort()
    once = [Paused(), Resumed(), Wrote(b"ab"), Wrote(b"cd")]
    assert trace == [*once, *once, Halved(), Closed(), Aborted(), Aborted(), Lose()]
    assert wire.is_closing()


def test_what_a_transport_refuses_is_not_noted() -> None:
    _, transport, trace, _ = connected(Told(), Link(half_close=False))
    for given in ("text", None):
        with pytest.raises(TypeError):
            transport.write(given)
        with pytest.raises(TypeError):
            transport.writelines([b"a", given])
    with pytest.raises(TypeError, match="can only join an iterable"):
        transport.writelines(5)
    with pytest.raises(NotImplementedError):
        transport.write_eof()
    assert trace == []


def test_a_transport_that_refuses_to_pause_was_asked_all_the_same() -> None:
    _, transport, trace, _ = connected(Told(), Link(pausing="unsupported"))
    with pytest.raises(NotImplementedError):
        transport.pause_reading()
    assert trace == [Paused()]


def test_a_false_answer_to_the_end_closes() -> None:
    told = Told()
    told.stays_open = False
    wire, _, trace, _ = connected(told)
    wire.end()
    assert trace == [End(), Kept(open=False), Closed()]
    assert wire.is_closing()


@pytest.mark.parametrize("what", ["data", "eof", "hold", "release", "lost"])
def test_what_a_protocol_raises_is_noted(what: str) -> None:
    told = Told()
    wire, _, trace, _ = connected(told)
    told.fails_at = what
    wire.arrive(b"a")
    wire.end()
    wire.hold(True)
    wire.hold(False)
    wire.lose(None)
    assert [event for event in trace if isinstance(event, Refused)] == [Refused(Problem("ValueError", message=what))]


@pytest.mark.parametrize(("accepted", "noted"), [(False, 1), (True, 0)])
def test_a_protocol_that_fails_at_once_is_noted_unless_its_server_reports_it(*, accepted: bool, noted: int) -> None:
    told, trace = Told(), list[Event]()
    told.fails_at = "made"
    tap = tapped(told, Side(1, trace.append, {}), accepted=accepted)
    with pytest.raises(ValueError, match="made"):
        tap.connection_made(asyncio.Transport())
    assert len(trace) == noted


def test_a_protocol_that_lends_its_buffer_is_seen_to() -> None:
    lending = Lending()
    wire, _, trace, _ = connected(lending)
    assert isinstance(wire.get_protocol(), TappedBuffer)
    assert isinstance(wire.get_protocol(), asyncio.BufferedProtocol)
    wire.arrive(b"abcd")
    assert trace == [Feed(b"abc"), Feed(b"d")]
    assert lending.got == [b"abc", b"d"]


def test_another_protocol_can_take_over() -> None:
    first, second = Told(), Lending()
    wire, transport, trace, _ = connected(first)
    assert transport.get_protocol() is first
    transport.set_protocol(second)
    assert transport.get_protocol() is second
    wire.arrive(b"a")
    assert trace == [Feed(b"a")]
    assert second.got == [b"a"]


def test_whatever_else_a_transport_has_is_there() -> None:
    wire, transport, _, _ = connected(Told())
    assert transport.get_extra_info("peername") == wire.get_extra_info("peername")
    assert transport.beyond is None
    assert not hasattr(transport, "no_such_name")
    assert isinstance(transport, asyncio.Transport)


def test_transports_of_a_bare_reader_are_numbered() -> None:
    trace: list[Event] = []
    transport = TappedTransport(Side(1, trace.append, {}), 2).around(connected(Told())[0])
    transport.pause_reading()
    assert trace == [Paused(2)]
