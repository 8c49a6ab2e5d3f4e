"""The driver does what the scenario says, writes down what it saw, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import pytest

from streamgauge.conformance.adapters import AdapterFault
from streamgauge.conformance.adapters.names import Names
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.conformance.target import InProcess, Interrupted
from streamgauge.spec.alphabet import (
    Advance,
    Answered,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Feed,
    Made,
    Overran,
    Paused,
    Quiet,
    Raised,
    Refused,
    Resumed,
    Returned,
    Settle,
    Stimulus,
)
from textbook import TextbookReader


def play(target: type, *steps: Stimulus, limit: Any = 4) -> Trace:
    return InProcess(Names(target, "target")).play(Scenario("test", steps, limit))


def observed(trace: Trace, *kinds: type) -> list[Any]:
    return [event for event in trace if isinstance(event, kinds)]


def test_a_trace_holds_every_step_and_what_came_of_it() -> None:
    call = Call(1, "read", (2,))
    assert play(TextbookReader, Feed(b"abc"), call, Settle()) == (
        Made(),
        Feed(b"abc"),
        call,
        Settle(),
        Returned(1, b"ab", at_once=True),
        Quiet(),
    )


def test_a_call_that_waited_did_not_end_at_once() -> None:
    trace = play(TextbookReader, Call(1, "readline"), Settle(), Feed(b"\n"), Settle())
    assert observed(trace, Returned) == [Returned(1, b"\n", at_once=False)]


def test_exceptions_keep_their_documented_name_and_their_attributes() -> None:
    trace = play(TextbookReader, Feed(b"a"), End(), Call(1, "readexactly", (3,)), Settle())
    (raised,) = observed(trace, Raised)
    assert (raised.problem.name, raised.problem.partial, raised.problem.expected) == ("IncompleteReadError", b"a", 3)


def test_the_exception_that_was_set_is_known_again() -> None:
    trace = play(TextbookReader, Break(), Call(1, "read"), Settle())
    (raised,) = observed(trace, Raised)
    assert raised.problem.injected == 1
    assert raised.problem.message == ""


@pytest.mark.parametrize("waits", [True, False])
def test_a_cancelled_call_ends_whether_or_not_it_had_begun(waits: bool) -> None:
    begun: list[Stimulus] = [Call(1, "read"), Settle()] if waits else [Call(1, "read")]
    steps = (*begun, Cancel(1), Cancel(1), Settle())
    assert [one.problem.name for one in observed(play(TextbookReader, *steps), Raised)] == ["CancelledError"]


def test_cancelling_a_call_that_never_was_is_nothing() -> None:
    assert observed(play(TextbookReader, Cancel(3), Settle()), Raised, Refused) == []


def test_time_passes_only_when_it_is_told_to() -> None:
    trace = play(TextbookReader, Call(1, "read", (), 5), Settle(), Advance(4), Settle(), Advance(1), Settle())
    (raised,) = observed(trace, Raised)
    assert raised.problem.name == "TimeoutError"
    assert trace.index(raised) > trace.index(Advance(1))


def test_a_timed_call_may_return() -> None:
    trace = play(TextbookReader, Call(1, "read", (1,), 5), Settle(), Feed(b"a"), Settle())
    assert observed(trace, Returned) == [Returned(1, b"a")]


def test_pauses_and_resumes_stand_where_they_happened() -> None:
    trace = play(TextbookReader, Attach(), Feed(b"123456789"), Call(1, "read", (9,)), Settle())
    assert [type(event).__name__ for event in trace[3:]] == ["Paused", "Call", "Settle", "Resumed", "Returned", "Quiet"]
    assert observed(trace, Paused, Resumed) == [Paused(1), Resumed(1)]


def test_plain_calls_that_raise_are_written_down_at_once() -> None:
    trace = play(TextbookReader, End(), Feed(b"a"))
    assert isinstance(trace[-1], Refused)


def test_a_constructor_that_raises_ends_the_play() -> None:
    (refused,) = observed(play(TextbookReader, Feed(b"a"), limit=0), Refused)
    assert refused.problem.name == "ValueError"


def test_questions_are_answered_as_plain_data() -> None:
    trace = play(TextbookReader, Ask("at_eof"), Ask("repr"), Ask("iterator"), Ask("methods"))
    assert [one.value for one in observed(trace, Answered)] == [False, "str", True, True]


def test_a_question_that_raises_is_refused() -> None:
    class Mute(TextbookReader):
        def at_eof(self) -> bool:
            raise OSError("no answer")

    assert observed(play(Mute, Ask("at_eof")), Refused)[0].problem.name == "OSError"


def test_a_stored_exception_is_answered_by_its_number() -> None:
    steps = (Ask("exception"), Break(), Ask("exception"), Break("none", "none"), Ask("exception"))
    assert [one.value for one in observed(play(TextbookReader, *steps), Answered)] == [None, 1, None]


def test_a_fed_object_is_used_again_by_its_owner() -> None:
    class Keeps(TextbookReader):
        fed: Any = None

        def feed_data(self, data: Any) -> None:
            type(self).fed = data
            super().feed_data(data)

    play(Keeps, Feed(b"ab", "bytearray"))
    assert Keeps.fed == b"\xff\xff\xff"
    play(Keeps, Feed(b"ab", "memoryview"))
    assert bytes(Keeps.fed) == b"\xff\xff"


def test_a_held_object_cannot_be_used_again_and_that_is_written_down() -> None:
    class Holds(TextbookReader):
        def feed_data(self, data: Any) -> None:
            self.view = memoryview(data)
            super().feed_data(data)

    assert observed(play(Holds, Feed(b"ab", "bytearray")), Refused)[0].problem.name == "BufferError"


def test_what_never_rests_is_an_observation() -> None:
    class Restless(TextbookReader):
        def feed_data(self, data: Any) -> None:
            self.again()

        def again(self) -> None:
            asyncio.get_running_loop().call_soon(self.again)

    assert play(Restless, Feed(b"a"), Settle())[-1] == Overran("turns")


def test_running_out_of_memory_is_an_observation() -> None:
    class Hungry(TextbookReader):
        async def read(self, n: int = -1) -> bytes:
            raise MemoryError

        def feed_eof(self) -> None:
            raise MemoryError

    assert play(Hungry, End())[-1] == Overran("memory")
    assert play(Hungry, Call(1, "read"), Settle())[-1] == Overran("memory")


@pytest.mark.parametrize("step", [Feed(b"a"), End(), Ask("at_eof"), Call(1, "read")])
def test_an_interruption_by_the_user_is_never_an_observation(step: Stimulus) -> None:
    class Interrupting(TextbookReader):
        def feed_data(self, data: Any) -> None:
            raise Interrupted

        def feed_eof(self) -> None:
            raise Interrupted

        def at_eof(self) -> bool:
            raise Interrupted

        async def read(self, n: int = -1) -> bytes:
            raise Interrupted

    with pytest.raises(Interrupted):
        play(Interrupting, step, Settle())


def test_a_broken_adapter_is_never_an_observation() -> None:
    class Broken:
        name = "broken"
        capabilities = frozenset({"read"})
        errors: Mapping[str, type[BaseException]] = MappingProxyType({})

        def reader(self, loop: Any, *limit: Any) -> Any:
            raise AdapterFault("no reader to be made")

    with pytest.raises(AdapterFault):
        InProcess(Broken()).play(Scenario("test", ()))


def test_a_call_that_will_not_die_tells_nothing_in_later_plays() -> None:
    class Undying(TextbookReader):
        async def read(self, n: int = -1) -> bytes:
            while True:
                with suppress(asyncio.CancelledError):
                    await self._loop.create_future()

    driver = InProcess(Names(Undying, "undying"))
    scenario = Scenario("test", (Call(1, "read"), Settle()), 4)
    first, second = driver.play(scenario), driver.play(scenario)
    assert first == second == (Made(), Call(1, "read"), Settle(), Quiet())


def test_the_loop_of_the_caller_is_as_it_was() -> None:
    async def inside() -> bool:
        loop = asyncio.get_running_loop()
        play(TextbookReader, Call(1, "read"), Settle())
        return asyncio.get_running_loop() is loop

    assert asyncio.run(inside())
