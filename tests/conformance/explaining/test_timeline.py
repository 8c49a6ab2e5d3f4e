"""Traces drawn as time lines."""

from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.explaining.drawing import draw
from streamgauge.conformance.explaining.known import held
from streamgauge.conformance.explaining.timeline import rows, still_waiting
from streamgauge.conformance.running.replaying import replay
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import (
    Advance,
    Answered,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Event,
    Feed,
    Made,
    Paused,
    Problem,
    Quiet,
    Raised,
    Refused,
    Returned,
    Settle,
)
from streamgauge.spec.state import State

HANG: tuple[Event, ...] = (
    *(Made(), Call(1, "readexactly", (3,)), Settle(), Quiet()),
    *(Feed(b"ab"), Break(), Settle(), Quiet()),
)


def knows(state: State | None) -> str:
    assert state is not None
    return held(state)


def drawn(trace: tuple[Event, ...], at: int | None = None, remark: str = "", **options: bool) -> list[str]:
    return list(draw(rows(trace, at, remark=remark, limit=4), **options))


def test_a_time_line_shows_turns_lanes_and_the_departure() -> None:
    assert drawn(HANG, 7, "call 1 still waits") == [
        "   turn  done                                     calls  observed",
        "   ────  ───────────────────────────────────────  ─────  ────────────────────────",
        "           StreamReader(limit=4)",
        "      1    call 1: readexactly(3)                 1",
        "                                                  │        call 1 waits",
        "      2  ┌ feed_data(b'ab')                       │",
        "         └ set_exception(ConnectionResetError())  │",
        "✗                                                 │      → call 1 still waits",
    ]


def test_a_time_line_can_do_without_unicode() -> None:
    lines = drawn(HANG, 7, "call 1 still waits", unicode=False)
    assert "\n".join(lines).isascii()
    assert lines[-3:] == [
        "      2  / feed_data(b'ab')                       |",
        "         \\ set_exception(ConnectionResetError())  |",
        "!                                                 |      > call 1 still waits",
    ]


def test_what_stands_alone_in_its_turn_has_no_bracket_and_three_have_a_middle() -> None:
    steps = (Feed(b"a"), Settle(), Quiet(), Feed(b"b"), Feed(b"c"), End(), Settle(), Quiet())
    assert [row.bracket for row in rows((Made(), *steps))] == ["", "", "first", "middle", "last"]
    assert [row.turn for row in rows((Made(), *steps))] == [None, 1, 2, None, None]


def test_a_call_has_a_lane_while_it_lives_and_leaves_it_to_the_next() -> None:
    trace = (
        *(Made(), Call(1, "read", (5,)), Settle(), Quiet()),
        *(Call(2, "readexactly", (4,)), Feed(b"abc"), Cancel(2), Settle()),
        *(Returned(1, b"abc"), Raised(2, Problem("CancelledError")), Quiet()),
        *(Call(3, "read", (1,)), Settle(), Quiet()),
    )
    lives = [[(lane.life, lane.op) for lane in row.lanes] for row in rows(trace)]
    assert lives == [
        [],
        [("starts", 1)],
        [("waits", 1)],
        [("waits", 1), ("starts", 2)],
        [("waits", 1), ("waits", 2)],
        [("waits", 1), ("cancelled", 2)],
        [("returns", 1), ("waits", 2)],
        [("", 0), ("raises", 2)],
        [("starts", 3), ("", 0)],
        [("waits", 3), ("", 0)],
    ]
    signs = ["│  │", "│  ┿", "┴  │", "   ╳", "3", "│"]  # noqa: RUF001  # a cross is meant
    lane = drawn(trace)[0].index("calls")
    assert [line[lane : lane + 5].rstrip() for line in drawn(trace)[-6:]] == signs


def test_what_is_observed_at_once_stands_beside_its_step() -> None:
    trace = (
        Made(),
        Attach(),
        Feed(b"abcdefghi"),
        Paused(),
        Ask("at_eof"),
        Answered("at_eof", False),
        Settle(),
        Quiet(),
    )
    assert [(row.done, row.observed) for row in rows(trace)][1:] == [
        ("set_transport(transport)", ""),
        ("feed_data(b'abcdefghi')", "called pause_reading"),
        ("at_eof()", "answered False"),
    ]


def test_a_second_observation_of_a_step_has_a_row_of_its_own() -> None:
    trace = (Made(), Feed(b"abc"), Paused(), Refused(Problem("RuntimeError", message="no")))
    assert [row.observed for row in rows(trace)] == ["", "called pause_reading", "at once raised RuntimeError: no"]


def test_calls_that_begin_to_wait_together_are_said_together() -> None:
    trace = (Made(), Call(1, "read", (1,)), Call(2, "read", (1,)), Settle(), Quiet())
    assert rows(trace)[-1].observed == "calls 1, 2 wait"
    assert rows((*trace, Advance(1), Settle(), Quiet()))[-1].done == "1 s go by"


def test_a_call_that_was_suspended_without_being_seen_waiting_did_not_end_at_once() -> None:
    trace = (Made(), Feed(b"ab"), Call(1, "read", (2,)), Settle(), Returned(1, b"ab", at_once=False), Quiet())
    assert rows(trace)[-1].observed == "call 1 returned b'ab', not at once"


def test_a_step_that_had_to_be_refused_is_marked_itself() -> None:
    trace = (Made(), End(), Feed(b"a"), Settle())
    last = rows(trace, 3)[-1]
    assert (last.done, last.observed, last.departs) == ("feed_data(b'a')", "nothing was raised", True)


def test_a_constructor_that_raises_is_all_there_is() -> None:
    assert drawn((Refused(Problem("ValueError", message="too small")),), 0)[2:] == [
        "✗    StreamReader(limit=4)  → at once raised ValueError: too small"
    ]


def test_a_constructor_that_ought_to_raise_is_marked() -> None:
    (only,) = rows((Made(),), 0, remark="the reader was made", limit=0)
    assert (only.done, only.observed, only.departs) == ("StreamReader(limit=0)", "the reader was made", True)


def test_long_observations_go_on_and_long_steps_are_cut() -> None:
    message = "one word after the other " * 8
    trace = (
        *(Made(), Call(1, "readuntil", (tuple(bytes([65 + n]) * 4 for n in range(9)),)), Call(2, "read", (1,))),
        *(Settle(), Raised(1, Problem("TypeError", message=message.strip())), Quiet()),
    )
    lines = drawn(trace, 4)
    assert max(map(len, lines)) <= 100
    lane = lines[5].index("│")
    assert " ".join(line[lane + 1 :].strip() for line in lines[5:]).endswith(f"{message.strip()} call 2 waits")
    assert {line[lane] for line in lines[5:]} == {"│"}
    assert "…  1" in lines[3]


def test_the_state_of_the_model_stands_beside_the_events_that_change_it() -> None:
    steps = (Attach(), Feed(b"abcdefghi"), Settle(), End(), Call(1, "read", (8,)), Settle(), Break(), Settle())
    one = replay(InProcess(resolve("reference")), Scenario("x", steps, 4), (3, 13))
    shown = [(row.done or row.observed, row.state) for row in rows(one.trace, limit=4, states=one.states)]
    assert shown == [
        ("StreamReader(limit=4)", "empty"),
        ("set_transport(transport)", None),
        ("feed_data(b'abcdefghi')", "b'abcdefghi', paused"),
        ("feed_eof()", "b'abcdefghi', ended, paused"),
        ("call 1: read(8)", None),
        ("called resume_reading", "b'abcdefghi', ended"),
        ("call 1 returned b'abcdefgh'", "b'i', ended"),
        ("set_exception(ConnectionResetError())", "b'i', ended, ConnectionResetError"),
    ]
    assert drawn(one.trace)[0].rstrip().endswith("observed")
    assert draw(rows(one.trace, states=one.states))[0].endswith("model")


def test_several_ways_things_may_be_are_counted() -> None:
    steps = (Call(1, "read", ()), Settle(), Feed(b"ab"), Settle(), Cancel(1), Settle())
    one = replay(InProcess(resolve("reference")), Scenario("x", steps, 4), (3, 13))
    assert knows(one.states[-1]).endswith("(1 of 3 ways)")


def test_a_model_that_holds_nothing_against_it_any_more_says_so() -> None:
    one = replay(InProcess(resolve("reference")), Scenario("x", (Feed(b"a"), Settle()), 0), (3, 13))
    assert knows(one.states[-1]) == "empty, anything goes"


def test_nothing_is_said_to_wait_if_nothing_does() -> None:
    assert still_waiting([]) == "nothing is left to run"
    assert still_waiting([1, 2]) == "calls 1, 2 still wait, nothing is left to run"
