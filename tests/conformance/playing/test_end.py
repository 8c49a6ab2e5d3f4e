"""An end notes what is done and what comes of it, as events of that end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from streamgauge.conformance.playing import end as module
from streamgauge.conformance.playing.calls import Stopped
from streamgauge.conformance.worlds.loop import new_loop
from streamgauge.conformance.worlds.wire import Wire
from streamgauge.spec.alphabet import (
    Aborted,
    Answered,
    Dialled,
    Event,
    Feed,
    Link,
    On,
    Problem,
    Refused,
    Shaped,
    Wrote,
)


def witness(number: int = 1) -> tuple[module.Side, list[Event]]:
    trace: list[Event] = []
    return module.Side(number, trace.append, {}), trace


class Writer:
    """A writer each of whose methods can be reached as an attribute."""

    def __init__(self, **methods: Any) -> None:
        vars(self).update(methods)


def test_events_of_the_first_end_go_without_saying() -> None:
    for number, wrapped in ((1, Wrote(b"a")), (2, On(2, Wrote(b"a")))):
        end, trace = witness(number)
        end.note(Wrote(b"a"))
        assert trace == [wrapped]


def test_what_a_world_tells_is_noted() -> None:
    end, trace = witness()
    error = ConnectionRefusedError("no")
    end.asked({"port": 1})
    end.announced = True
    end.asked({"port": 1, "host": "x"})
    end.failed(error)
    end.refused(error)
    end.given_up()
    end.dropped(b"a")
    assert trace == [
        *(Dialled((("host", "x"), ("port", 1))), Refused(Problem("ConnectionRefusedError", 1))),
        *(Aborted(), Feed(b"a")),
    ]


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        ((asyncio.StreamReader.__new__(asyncio.StreamReader), Writer(drain=1)), ("reader", "writer")),
        ((Writer(drain=1), Writer(read=1)), ("writer", "reader")),
        ((Writer(read=1), 5), ("reader", Shaped("object", "int"))),
        ((), ()),
        ([], Shaped("object", "list")),
    ],
)
def test_a_pair_is_taken_by_its_roles(given: Any, roles: Any) -> None:
    end, _ = witness()
    assert end.takes(given) == roles
    assert (end.reader is not None) == (roles == ("reader", "writer"))


def test_a_plain_call_is_noted_with_what_it_returned_or_raised() -> None:
    end, trace = witness()

    def refuse() -> None:
        raise RuntimeError("no")

    end.writer = Writer(write=len, write_eof=refuse, transport=Writer(abort=lambda: None))
    end.do("write", (b"abc",))
    end.do("write_eof", ())
    end.do("abort", ())
    refused = Refused(Problem("RuntimeError", message="no"))
    assert trace == [Answered("write", 3), refused, Answered("abort", None)]


def test_a_buffer_is_its_owners_again_once_the_call_has_returned() -> None:
    end, trace = witness()
    kept: list[Any] = []
    end.writer = Writer(writelines=kept.extend)
    parts = (Shaped("bytearray", b"ab"), Shaped("memoryview", b"c"), b"d")
    end.do("writelines", (Shaped("generator", parts),))
    assert [bytes(one) for one in kept] == [b"\xff\xff\xff", b"\xff", b"d"]
    assert trace == [Answered("writelines", None)]


def test_a_buffer_that_is_held_is_noted() -> None:
    end, trace = witness()
    kept: list[Any] = []
    end.writer = Writer(write=lambda data: kept.append(memoryview(data)))
    end.do("write", (Shaped("bytearray", b"ab"),))
    assert isinstance(trace[1], Refused)
    assert trace[1].problem.name == "BufferError"


def test_an_exception_that_is_set_is_known_again_and_may_be_refused() -> None:
    end, trace = witness()

    def refuse(given: BaseException) -> None:
        raise given

    end.reader = Writer(set_exception=refuse)
    end.set_exception(OSError("set by step 3"))
    assert trace == [Refused(Problem("OSError", 1))]


def test_a_stop_is_never_noted() -> None:
    end, trace = witness()

    def stop(*_: Any) -> None:
        raise Stopped

    end.writer = Writer(write=stop)
    end.reader = Writer(set_exception=stop)
    with pytest.raises(Stopped):
        end.do("write", (b"",))
    with pytest.raises(Stopped):
        end.set_exception(ConnectionResetError)
    assert trace == []


def test_questions_are_answered_by_the_writer() -> None:
    class Whole(asyncio.StreamWriter):
        async def drain(self) -> None: ...

        def wait_closed(self) -> Any:
            return loop.create_future()

    loop, (end, trace) = new_loop(), witness()
    protocol: Any = asyncio.Protocol()
    wire = Wire(loop, end.tapped(protocol, accepted=True), Link(half_close=False), end.dropped)
    wire.begin()
    assert end.tap is not None
    # A writer that is collected unclosed would close.
    end.writer = whole = Whole(end.tap.transport, protocol, None, loop)

    def asked(questions: Sequence[str]) -> list[Any]:
        trace.clear()
        for one in questions:
            end.ask(one)
        return [event.value for event in trace if isinstance(event, Answered)]

    questions = ("is_closing", "can_write_eof", "extra_info", "extra_info_default", "transport", "writer_methods")
    assert asked(questions) == [False, False, True, True, True, True]
    end.writer = Writer(
        is_closing=lambda: 0,
        get_extra_info=lambda name, default=None: 5,
        transport=None,
        drain=lambda: None,
        wait_closed=lambda: None,
    )
    assert asked([one for one in questions if one != "can_write_eof"]) == [0, False, False, False, False]
    wire.abort()
    assert whole.is_closing()


def test_only_a_handler_that_is_on_stage_can_conclude() -> None:
    end, _ = witness()
    end.conclude("returns")
    seen: list[str] = []
    end.stage = Writer(conclude=seen.append)  # type: ignore[assignment]  # all that is asked of a stage
    end.conclude("raises")
    assert seen == ["raises"]
