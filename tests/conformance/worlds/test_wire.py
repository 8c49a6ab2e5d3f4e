"""The wire: what a transport does to its protocol, and in which order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streamgauge.conformance.worlds.loop import Loop, new_loop
from streamgauge.conformance.worlds.wire import PEERNAME, Wire
from streamgauge.spec.alphabet import Link


class Seen:
    """The protocol of one end, which is told of what was dropped, too: keeps all in order, and may be told to fail."""

    def __init__(self) -> None:
        self.log: list[Any] = []
        self.stays_open = True
        self.fails_at = ""

    def _told(self, what: str, *more: Any) -> None:
        self.log.append((what, *more) if more else what)
        if what == self.fails_at:
            raise ValueError(what)

    def dropped(self, arriving: Any) -> None:
        self.log.append(("dropped", arriving))

    def connection_made(self, transport: Any) -> None:
        self._told("made")

    def data_received(self, data: bytes) -> None:
        self._told("data", data)

    def eof_received(self) -> bool:
        self._told("eof")
        return self.stays_open

    def pause_writing(self) -> None:
        self._told("hold")

    def resume_writing(self) -> None:
        self._told("release")

    def connection_lost(self, error: BaseException | None) -> None:
        self._told("gone", type(error).__name__)

    def since(self) -> list[Any]:
        """What happened since this was asked last."""
        log, self.log = self.log, []
        return log


def wire(*, pausing: Any = "works", half_close: bool = True, loop: Loop | None = None) -> tuple[Wire, Seen, Loop]:
    """A wire with marks 8 and 2, whose connection is made."""
    loop, seen = loop or new_loop(), Seen()
    made = Wire(loop, seen, Link(8, pausing, half_close), seen.dropped)
    made.begin()
    assert seen.since() == ["made"]
    return made, seen, loop


def linked() -> tuple[Wire, Seen, Wire, Seen, Loop]:
    """Both ends of one connection."""
    one, here, loop = wire()
    other, there, _ = wire(loop=loop)
    one.beyond, other.beyond = other, one
    return one, here, other, there, loop


LOST = [("gone", "NoneType")]
HELD = ["hold"]
RELEASED = ["release"]
ENDED = ["eof"]


# Being made.


def test_nothing_reaches_a_protocol_before_it_knows_of_its_connection() -> None:
    seen = Seen()
    early = Wire(new_loop(), seen, Link(8), seen.dropped)
    early.arrive(b"a")
    early.hold(True)
    early.lose(None)
    early.arrive(b"b")
    assert seen.since() == []
    early.begin()
    assert seen.since() == ["made", ("data", b"a"), *HELD, *LOST, ("data", b"b")]


def test_a_protocol_that_fails_at_once_is_told_the_rest_all_the_same() -> None:
    seen = Seen()
    seen.fails_at = "made"
    early = Wire(new_loop(), seen, Link(8), seen.dropped)
    early.arrive(b"a")
    with pytest.raises(ValueError, match="made"):
        early.begin()
    assert seen.since() == ["made", ("data", b"a")]


def test_another_protocol_can_take_over() -> None:
    made, seen, _ = wire()
    other = Seen()
    made.set_protocol(other)
    made.arrive(b"a")
    assert made.get_protocol() is other
    assert (seen.log, other.log) == ([], [("data", b"a")])


def test_it_knows_its_peer() -> None:
    made, _, _ = wire()
    assert made.get_extra_info("peername") == PEERNAME
    assert made.get_extra_info("socket", 5) == 5


# Reading.


def test_what_arrives_is_delivered_at_once_and_in_order() -> None:
    made, seen, _ = wire()
    made.arrive(b"a")
    made.arrive(b"b")
    made.end()
    assert seen.since() == [("data", b"a"), ("data", b"b"), *ENDED]
    assert made.is_reading()
    assert not made.is_closing()


def test_while_reading_is_paused_all_is_kept_back_the_end_too() -> None:
    made, seen, loop = wire()
    made.pause_reading()
    made.arrive(b"a")
    made.end()
    assert not made.is_reading()
    made.resume_reading()
    assert seen.since() == []
    loop.settle()
    assert seen.since() == [("data", b"a"), *ENDED]
    made.resume_reading()
    loop.settle()
    assert seen.since() == []


def test_what_is_delivered_stops_where_the_protocol_pauses_again() -> None:
    made, seen, loop = wire()
    made.pause_reading()
    for data in (b"a", b"b"):
        made.arrive(data)

    class Pausing(Seen):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            made.pause_reading()

    protocol = Pausing()
    made.set_protocol(protocol)
    made.resume_reading()
    loop.settle()
    assert protocol.since() == [("data", b"a")]
    assert seen.since() == []


@pytest.mark.parametrize(("pausing", "error"), [("unsupported", NotImplementedError), ("fails", RuntimeError)])
def test_a_transport_that_will_not_pause_says_so_and_goes_on(pausing: Any, error: type[Exception]) -> None:
    made, seen, _ = wire(pausing=pausing)
    with pytest.raises(error):
        made.pause_reading()
    made.arrive(b"a")
    assert seen.since() == [("data", b"a")]


def test_a_protocol_that_wants_no_half_open_connection_has_it_closed() -> None:
    made, seen, loop = wire()
    seen.stays_open = False
    made.end()
    assert made.is_closing()
    loop.settle()
    assert seen.since() == ["eof", *LOST]


@pytest.mark.parametrize("what", ["data", "eof", "hold", "release", "gone"])
def test_whatever_a_protocol_raises_the_wire_goes_on(what: str) -> None:
    made, seen, _ = wire()
    seen.fails_at = what
    made.arrive(b"a")
    made.end()
    made.hold(True)
    made.hold(False)
    made.lose(None)
    assert seen.since() == [("data", b"a"), *ENDED, *HELD, *RELEASED, *LOST]


# Writing, and the marks.


def test_bytes_are_sent_as_they_are_handed_over() -> None:
    made, _, _, there, loop = linked()
    buffer = bytearray(b"ab")
    made.write(buffer)
    buffer[:] = b"zz"
    made.write(memoryview(b"c"))
    made.writelines([b"d", b"", bytearray(b"e")])
    made.write(b"")
    made.writelines([])
    loop.settle()
    assert there.since() == [("data", b"ab"), ("data", b"c"), ("data", b"de")]
    assert made.get_write_buffer_size() == 0


@pytest.mark.parametrize("given", ["text", None, 5, [b"a"]])
def test_what_is_no_bytes_is_refused(given: Any) -> None:
    made, seen, _ = wire()
    with pytest.raises(TypeError):
        made.write(given)
    with pytest.raises(TypeError):
        made.writelines([b"a", given])
    assert seen.since() == []


def test_a_clogged_wire_holds_the_writer_up_above_the_high_mark_and_lets_go_at_the_low_one() -> None:
    made, seen, _ = wire()
    made.clog()
    made.write(b"12345678")
    assert seen.since() == []
    made.write(b"9")
    assert seen.since() == [*HELD]
    made.write(b"0")
    assert seen.since() == []
    made.unclog(7)
    assert (seen.since(), made.get_write_buffer_size()) == ([], 3)
    made.unclog(1)
    assert (seen.since(), made.get_write_buffer_size()) == (RELEASED, 2)
    made.unclog(None)
    assert (seen.since(), made.get_write_buffer_size()) == ([], 0)
    made.write(b"1234567890")
    assert seen.since() == []


def test_after_some_was_taken_the_peer_takes_no_more() -> None:
    made, _, _ = wire()
    made.clog()
    made.write(b"ab")
    made.unclog(1)
    made.write(b"c")
    assert made.get_write_buffer_size() == 2


def test_a_write_never_lets_go_of_a_writer_that_is_held() -> None:
    made, seen, _ = wire()
    made.hold(True)
    made.clog()
    made.write(b"a")
    assert seen.since() == [
        *HELD,
    ]
    made.unclog(None)
    assert seen.since() == RELEASED


def test_marks_can_be_set_and_are_checked() -> None:
    made, _, _ = wire()
    assert made.get_write_buffer_limits() == (2, 8)
    made.set_write_buffer_limits()
    assert made.get_write_buffer_limits() == (16384, 65536)
    made.set_write_buffer_limits(low=3)
    assert made.get_write_buffer_limits() == (3, 12)
    made.set_write_buffer_limits(high=7)
    assert made.get_write_buffer_limits() == (1, 7)
    with pytest.raises(ValueError, match="must be >="):
        made.set_write_buffer_limits(1, 2)
    assert made.get_write_buffer_limits() == (1, 7)


# Half closing.


def test_the_end_is_sent_once_behind_all_that_is_queued() -> None:
    one, here, _, there, loop = linked()
    one.clog()
    one.write(b"abc")
    one.write_eof()
    one.write_eof()
    assert here.since() == []
    for count in (2, 1, None, None):
        one.unclog(count)
    loop.settle()
    assert there.since() == [("data", b"ab"), ("data", b"c"), *ENDED]


def test_the_end_follows_at_once_where_nothing_is_queued() -> None:
    one, _, _, there, loop = linked()
    one.clog()
    one.write_eof()
    one.unclog(None)
    loop.settle()
    assert there.since() == ENDED


def test_nothing_can_be_written_behind_the_end() -> None:
    made, seen, _ = wire()
    made.write_eof()
    for nothing_or_more in (b"", b"a"):
        with pytest.raises(RuntimeError):
            made.write(nothing_or_more)
    assert seen.since() == []
    assert not made.is_closing()


def test_half_closing_may_be_unsupported() -> None:
    made, seen, _ = wire(half_close=False)
    assert not made.can_write_eof()
    with pytest.raises(NotImplementedError):
        made.write_eof()
    made.write(b"a")
    assert seen.since() == []
    assert wire()[0].can_write_eof()


# The end of the connection.


def test_a_close_loses_the_connection_once_and_later() -> None:
    made, seen, loop = wire()
    made.close()
    made.close()
    assert seen.since() == []
    assert made.is_closing()
    assert not made.is_reading()
    loop.settle()
    made.close()
    loop.settle()
    assert seen.since() == LOST


def test_a_close_waits_until_all_is_sent() -> None:
    one, here, _, there, loop = linked()
    one.clog()
    one.write(b"abc")
    one.close()
    one.write(b"dropped")
    one.write_eof()
    one.unclog(2)
    loop.settle()
    assert here.since() == []
    one.unclog(None)
    one.unclog(None)
    loop.settle()
    assert here.since() == LOST
    assert there.since() == [("data", b"ab"), ("data", b"c"), *ENDED]


def test_a_closed_wire_delivers_nothing_and_is_not_paused() -> None:
    made, seen, _ = wire()
    made.pause_reading()
    made.arrive(b"kept back")
    made.close()
    made.arrive(b"a")
    made.pause_reading()
    made.resume_reading()
    assert seen.since() == [("dropped", b"a")]


def test_an_abort_drops_what_is_queued() -> None:
    one, here, _, there, loop = linked()
    one.clog()
    one.write(b"123456789")
    one.close()
    one.abort()
    assert one.get_write_buffer_size() == 0
    loop.settle()
    one.abort()
    one.unclog(None)
    loop.settle()
    assert here.since() == [*HELD, *LOST]
    assert there.since() == ENDED


def test_after_a_loss_late_bytes_are_told_and_a_second_loss_if_a_scenario_says_so() -> None:
    made, seen, _ = wire()
    made.lose(ConnectionResetError())
    made.arrive(b"a")
    made.end()
    made.lose(None)
    assert seen.since() == [
        ("gone", "ConnectionResetError"),
        ("data", b"a"),
        *ENDED,
        *LOST,
    ]


# Two ends.


def test_what_one_end_writes_reaches_the_other_in_a_later_callback() -> None:
    one, _, _, there, loop = linked()
    one.write(b"ab")
    one.write(b"c")
    assert there.since() == []
    loop.settle()
    assert there.since() == [("data", b"ab"), ("data", b"c")]


def test_a_clean_loss_of_one_end_is_the_end_for_the_other_unless_it_came_before() -> None:
    one, _, other, there, loop = linked()
    one.write_eof()
    one.write_eof()
    one.close()
    loop.settle()
    assert there.since() == ENDED
    assert not other.is_closing()
    other.write(b"into the void")
    loop.settle()


def test_an_error_of_one_end_is_a_reset_for_the_other_once() -> None:
    one, _, other, there, loop = linked()
    one.lose(OSError())
    loop.settle()
    assert there.since() == [("gone", "ConnectionResetError")]
    assert other.is_closing()


def test_both_ends_may_be_lost_in_one_turn() -> None:
    one, here, other, there, loop = linked()
    one.lose(OSError())
    other.lose(None)
    loop.settle()
    assert here.since() == [("gone", "OSError")]
    assert there.since() == LOST


def test_an_asyncio_transport_is_what_a_wire_is() -> None:
    assert isinstance(wire()[0], asyncio.Transport)
