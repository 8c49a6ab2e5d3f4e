"""Steps are done to the ends of connections, and what comes of them stands in the trace where it happened."""

from __future__ import annotations

import asyncio
import gc
from types import SimpleNamespace
from typing import Any

import pytest

from streamgauge.conformance.adapters import AdapterFault
from streamgauge.conformance.adapters.names import Names
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.conformance.target import InProcess, Interrupted
from streamgauge.spec.alphabet import (
    UNSET,
    Aborted,
    Accept,
    Advance,
    Answered,
    Ask,
    Break,
    Call,
    Cancel,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Feed,
    Halved,
    Handled,
    Hold,
    Kept,
    Link,
    Listened,
    Lose,
    Made,
    On,
    Open,
    Paused,
    Quiet,
    Raised,
    Refused,
    Release,
    Reported,
    Resumed,
    Returned,
    Serve,
    Settle,
    Shaped,
    Stimulus,
    Unclog,
    Wrote,
)
from streamgauge.spec.connection import HOST, PORT

S = Settle()
PLAIN = Answered("write", None)
ADDRESS = (("host", HOST), ("port", PORT))


def play(*steps: Stimulus, limit: Any = UNSET, target: Any = asyncio) -> Trace:
    return InProcess(Names(target, "it")).play(Scenario("it", steps, limit))


def after(trace: Trace, step: Stimulus) -> Trace:
    """What stands behind the last such step."""
    return trace[len(trace) - trace[::-1].index(step) :]


def names(trace: Trace) -> list[str]:
    return [type(event).__name__ for event in trace]


# Connections.


def test_a_connection_is_open_before_anything_else_happens() -> None:
    write = Do("write", (b"a",))
    assert play(Open(), write) == (Open(), Made(), write, Wrote(b"a"), PLAIN)


def test_a_connection_that_is_refused_says_why() -> None:
    trace = play(Open(), limit=0)
    assert names(trace) == ["Open", "Refused"]
    assert isinstance(trace[1], Refused)
    assert trace[1].problem.name == "ValueError"


@pytest.mark.parametrize(("value", "error"), [(5, "TimeoutError"), (None, "RuntimeError")])
def test_a_connection_that_never_comes_or_is_cancelled_is_refused(value: Any, error: str) -> None:
    async def open_connection(*_: Any, **__: Any) -> Any:
        if value is None:
            raise asyncio.CancelledError
        await asyncio.get_running_loop().create_future()

    trace = play(Open(), target=SimpleNamespace(open_connection=open_connection))
    (refused,) = trace[1:]
    assert isinstance(refused, Refused)
    assert refused.problem.name == error


@pytest.mark.parametrize("fatal", [Interrupted, AdapterFault])
def test_what_is_no_observation_comes_out(fatal: type[BaseException]) -> None:
    async def open_connection(*_: Any, **__: Any) -> Any:
        raise fatal

    with pytest.raises(fatal):
        play(Open(), target=SimpleNamespace(open_connection=open_connection))


def test_an_attempt_notes_its_arguments_and_its_end() -> None:
    dial = Dial(1, (("flags", 3),))
    returned = Returned(1, ("reader", "writer"))
    assert play(dial, S, limit=5) == (dial, S, Dialled((("flags", 3), *ADDRESS)), returned, Quiet())


def test_an_attempt_may_be_refused_or_never_answered() -> None:
    refused = after(play(Dial(1, (), "refused"), S), S)
    assert names(refused) == ["Dialled", "Raised", "Quiet"]
    hanging = play(Dial(1, (), "unanswered"), S, Cancel(1), S)
    raised = [event for event in hanging if isinstance(event, Raised)]
    assert [one.problem.name for one in raised] == ["CancelledError"]
    assert hanging.index(Cancel(1)) < hanging.index(raised[0])


def test_what_is_returned_instead_of_a_pair_is_told_by_its_type() -> None:
    async def open_connection(*_: Any, **__: Any) -> Any:
        return [1, 2]

    trace = play(Dial(1), S, target=SimpleNamespace(open_connection=open_connection))
    assert Returned(1, Shaped("object", "list"), at_once=True) in trace


# What reaches an end stands where it was delivered.


def test_what_a_paused_transport_keeps_back_stands_behind_the_resuming() -> None:
    first = (Open(), Feed(b"123456789"), Feed(b"b"), End(), Call(1, "read", (9,)), S)
    trace = play(*first, limit=4)
    returned = Returned(1, b"123456789", at_once=True)
    expected = (Resumed(), returned, Feed(b"b"), End(), Kept(open=True), Quiet())
    assert trace[2:4] == (Feed(b"123456789"), Paused())
    assert after(trace, S) == expected


def test_steps_without_a_connection_do_nothing_and_are_not_said_to_have_reached_it() -> None:
    steps = (Dial(1), Feed(b"a"), End(), Hold(), Release(), Lose(), Clog(), Unclog())
    assert play(*steps) == (Dial(1), Clog(), Unclog())


def test_marks_hold_a_writer_up_and_let_it_go() -> None:
    trace = play(Open(Link(4)), Clog(), Do("write", (b"12345",)), Call(1, "drain"), S, Unclog(3), Unclog(1), S)
    assert trace[3:6] == (Do("write", (b"12345",)), Wrote(b"12345"), Hold())
    assert after(trace, Unclog(1)) == (Release(), S, Returned(1, None), Quiet())


def test_a_transport_may_hold_and_release_by_itself() -> None:
    trace = play(Open(), Hold(), Call(1, "drain"), S, Release(), S)
    assert trace[2:] == (Hold(), Call(1, "drain"), S, Quiet(), Release(), S, Returned(1, None), Quiet())


def test_a_loss_brings_an_exception_that_is_known_again() -> None:
    trace = play(Open(), Call(1, "read"), S, Lose("BrokenPipeError"), S)
    (raised,) = (event for event in trace if isinstance(event, Raised))
    assert (raised.problem.name, raised.problem.injected) == ("BrokenPipeError", 1)
    trace = play(Open(), Break("OSError"), Lose("BrokenPipeError"), Call(1, "wait_closed"), S)
    (raised,) = (event for event in trace if isinstance(event, Raised))
    assert (raised.problem.name, raised.problem.injected) == ("BrokenPipeError", 2)


def test_what_a_writer_does_to_its_transport_stands_inside_the_call() -> None:
    trace = play(Open(), Do("write_eof"), Do("close"), Do("abort"), S)
    assert trace[2:] == (
        *(Do("write_eof"), Halved(), Answered("write_eof", None)),
        *(Do("close"), Closed(), Answered("close", None)),
        *(Do("abort"), Aborted(), Answered("abort", None)),
        *(S, Lose(), Quiet()),
    )


def test_questions_go_to_the_writer_or_to_the_reader() -> None:
    trace = play(Open(), Ask("is_closing"), Ask("at_eof"), Ask("transport"))
    assert [event.value for event in trace if isinstance(event, Answered)] == [False, False, True]


def test_a_question_that_raises_is_refused() -> None:
    class Mute(asyncio.StreamWriter):
        def is_closing(self) -> bool:
            raise OSError

    assert isinstance(play(Open(), Ask("is_closing"), target=Mute)[-1], Refused)


def test_a_question_that_stops_the_play_is_no_observation() -> None:
    class Stopping(asyncio.StreamWriter):
        def is_closing(self) -> bool:
            raise Interrupted

    with pytest.raises(Interrupted):
        play(Open(), Ask("is_closing"), target=Stopping)


def test_time_passes_only_when_it_is_told_to() -> None:
    trace = play(Open(), Call(1, "wait_closed", (), 5), S, Advance(5), S)
    assert names(after(trace, Advance(5))) == ["Settle", "Raised", "Quiet"]


# Servers.


def test_a_server_is_started_to_its_end_and_told_whether_it_is_the_loops() -> None:
    serve = Serve("plain", (("backlog", 7),))
    assert play(serve, limit=3) == (serve, Listened((("backlog", 7), *ADDRESS)), Answered("server", True))

    async def start_server(*args: Any, **options: Any) -> Any:
        await asyncio.start_server(*args, **options)
        return 5

    assert play(Serve(), target=SimpleNamespace(start_server=start_server))[-1] == Answered("server", False)


def test_a_server_that_does_not_start_says_why() -> None:
    trace = play(Serve("plain", (("colour", 1),)))
    assert isinstance(trace[-1], Refused)
    assert trace[-1].problem.name == "TypeError"
    assert play(Serve("plain", (("colour", 1),)), Accept()) == (*trace, Accept())


def test_a_peer_that_speaks_at_once_is_heard_after_the_connection_was_made() -> None:
    told: list[str] = []

    class Telling(asyncio.StreamReaderProtocol):
        def connection_made(self, transport: Any) -> None:
            told.append("made")
            super().connection_made(transport)

        def data_received(self, data: bytes) -> None:
            told.append("data")
            super().data_received(data)

    async def start_server(callback: Any, host: str, port: int) -> Any:
        def factory() -> Telling:
            return Telling(asyncio.StreamReader(), callback)

        return await asyncio.get_running_loop().create_server(factory, host, port)

    trace = play(Serve(), Accept(), Feed(b"a"), S, target=SimpleNamespace(start_server=start_server))
    assert told == ["made", "data"]
    assert after(trace, Accept()) == (Handled(("reader", "writer")), Feed(b"a"), S, Quiet())


def test_a_coroutine_that_ends_is_told_of_where_the_layer_tells() -> None:
    trace = play(Serve("coroutine"), Accept(), S, Conclude("raises"), S)
    assert names(after(trace, Conclude("raises")))[:2] == ["Settle", "Reported"]
    trace = play(Serve("coroutine"), Accept(), S, Conclude(), S)
    assert after(trace, Conclude()) == (S, Quiet())


def test_a_connection_that_cannot_be_made_is_reported() -> None:
    trace = play(Serve(), Accept(), S, limit=0)
    assert after(trace, Accept()) == (Reported(failure=False), S, Quiet())


def test_without_a_handler_on_stage_nothing_concludes() -> None:
    assert play(Serve(), Accept(), S, Conclude(), S)[-3:] == (Conclude(), S, Quiet())


# Two ends.


def test_two_ends_speak_to_each_other() -> None:
    ping, pong = Do("write", (b"ping",)), On(2, Do("write", (b"pong",)))
    trace = play(On(2, Serve()), Open(Link(3), linked=True), ping, S, pong, S, Do("close"), S)
    assert trace[2:6] == (On(2, Answered("server", True)), Open(Link(3), linked=True), On(2, Accept()), trace[5])
    assert after(trace, ping)[:4] == (Wrote(b"ping"), PLAIN, S, On(2, Feed(b"ping")))
    assert after(trace, pong)[:4] == (On(2, Wrote(b"pong")), On(2, PLAIN), S, Feed(b"pong"))
    assert after(trace, Do("close"))[2:] == (S, Lose(), On(2, End()), On(2, Kept(open=True)), Quiet())


def test_a_server_that_drops_its_end_leaves_the_other_alone() -> None:
    trace = play(On(2, Serve("plain", (("colour", 1),))), Open(linked=True), S)
    assert trace[-3:] == (Made(), S, Quiet())
    trace = play(On(2, Serve()), Open(linked=True), limit=0)
    assert isinstance(trace[-1], Refused)


def test_a_server_that_cannot_make_its_end_leaves_the_other_alone() -> None:
    async def start_server(callback: Any, host: str, port: int) -> Any:
        def factory() -> asyncio.Protocol:
            raise ValueError

        return await asyncio.get_running_loop().create_server(factory, host, port)

    target = SimpleNamespace(start_server=start_server, open_connection=asyncio.open_connection)
    trace = play(On(2, Serve()), Open(linked=True), Do("write", (b"a",)), S, target=target)
    assert On(2, Reported(failure=False)) in trace
    assert trace[-1] == Quiet()


# One play after the other.


@pytest.mark.parametrize("kind", ["coroutine", "lambda"])
def test_what_is_left_of_a_play_tells_nothing_in_the_next(kind: Any) -> None:
    driver = InProcess(Names(asyncio, "it"))
    left = Scenario("left", (Serve(kind), Accept(), Clog(), S))
    plain = Scenario("next", (Serve(), Accept(), S))
    alone = InProcess(Names(asyncio, "it")).play(plain)
    first = driver.play(left)
    gc.collect()
    assert driver.play(plain) == alone
    assert driver.play(left) == first


def test_the_driver_goes_back_to_readers_that_are_fed_by_hand() -> None:
    driver = InProcess(Names(asyncio, "it"))
    by_hand = Scenario("hand", (Feed(b"a"), Call(1, "read", (1,)), S), 4)
    before = driver.play(by_hand)
    driver.play(Scenario("net", (Open(), Call(1, "read"), S)))
    assert driver.play(by_hand) == before
