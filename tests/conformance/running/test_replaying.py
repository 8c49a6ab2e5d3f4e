"""One scenario on one target, beside what the model knows after each event."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.running.replaying import play, replay
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.conformance.target import InProcess, Interrupted
from streamgauge.spec.alphabet import Call, End, Feed, Quiet, Returned, Settle
from textbook import TextbookReader

RIGHT = Scenario("all-of-it", (Feed(b"ab"), End(), Call(1, "read"), Settle()), 4, "reader.read.all", "The whole.")
WRONG = Scenario("hangs", (Call(1, "read", (2,)), Settle(), End(), Settle()), clause="reader.end.wakes")
ON = "faulty:EndWakesNobody"


def test_a_replay_has_the_state_of_the_model_after_each_event() -> None:
    one = replay(InProcess(resolve("reference")), RIGHT, (3, 13))
    assert one.trace[-2:] == (Returned(1, b"ab", at_once=True), Quiet())
    unread = [state.canonical.unread for state in one.states if state is not None]
    assert unread == [
        b"",
        b"ab",
        b"ab",
        b"ab",
        b"ab",
        b"",
        b"",
    ]
    assert one.departures == ()
    assert "reader.read.all" in one.borne_out


def test_a_replay_has_the_departure() -> None:
    one = replay(InProcess(resolve(ON)), WRONG, (3, 13))
    (departure,) = one.departures
    assert departure.violation.clause == "reader.end.wakes"
    assert one.trace[departure.at] == Quiet()


class Interrupting(TextbookReader):
    """Has Ctrl-C pressed in the midst of a call."""

    async def read(self, n: int = -1) -> bytes:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            return b"caught"
        return b"not seen"


def test_ctrl_c_stops_a_play_and_is_no_exception_of_the_implementation() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(Interrupted):
        play(InProcess(resolve(Interrupting)), RIGHT)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_that_the_parent_has_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        trace = play(InProcess(resolve(Interrupting)), RIGHT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert Returned(1, b"not seen", at_once=True) in trace


def test_a_play_is_the_same_in_another_thread() -> None:
    with ThreadPoolExecutor(1) as pool:
        trace = pool.submit(play, InProcess(resolve("reference")), RIGHT).result()
    assert trace == play(InProcess(resolve("reference")), RIGHT)
