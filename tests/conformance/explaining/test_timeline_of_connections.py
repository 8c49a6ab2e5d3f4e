"""Connections drawn as time lines, and what the model knows beside them."""

from typing import Any

from failing import failures
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.explaining.drawing import draw
from streamgauge.conformance.explaining.explain import explain
from streamgauge.conformance.explaining.known import held
from streamgauge.conformance.explaining.timeline import of_itself, rows
from streamgauge.conformance.running.replaying import Replay, replay
from streamgauge.conformance.scenarios.script import Scenario, connects
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import (
    Accept,
    Call,
    Cancel,
    Clog,
    Conclude,
    Dial,
    Do,
    End,
    Feed,
    Hold,
    Lose,
    Made,
    On,
    Open,
    Quiet,
    Release,
    Serve,
    Settle,
    Unclog,
)

S = Settle()
NINE = Do("write", (b"a" * 9,))
POISONED = (Open(), Call(1, "wait_closed"), Call(2, "wait_closed"), S, Cancel(1), S)
LINKED = (
    *(On(2, Serve("coroutine")), Open(linked=True), Do("write", (b"hi\n",)), S, On(2, Call(1, "readline")), S),
    *(Do("close"), On(2, Do("write", (b"lost",))), S, On(2, Call(2, "wait_closed")), S),
)


def played(*steps: Any, limit: Any = 4) -> Replay:
    return replay(InProcess(resolve("asyncio")), Scenario("made for this test", steps, limit), (3, 13))


def drawn(*steps: Any, model: bool = False, **options: Any) -> list[str]:
    one = played(*steps)
    at = one.departures[0].at if one.departures else None
    return list(draw(rows(one.trace, at, limit=4, states=one.states if model else ()), **options))


def columns(lines: list[str], first: str, last: str) -> list[str]:
    """What stands between the headings `first` and `last`, without empty lines."""
    start, stop = lines[0].index(first), lines[0].index(last)
    return [line[start:stop].rstrip() for line in lines[2:]]


def test_a_connection_has_a_wire_beside_the_calls() -> None:
    assert drawn(*POISONED) == [
        "   turn  done                          calls  wire  observed",
        "   ────  ────────────────────────────  ─────  ────  ──────────────────────────────",
        "           open a connection, limit 4         ┬",
        "      1  ┌ call 1: wait_closed()       1      │",
        "         └ call 2: wait_closed()       │  2   │",
        "                                       │  │   │       calls 1, 2 wait",
        "      2    cancel call 1               ┿  │   │",
        "                                       ╳  │   │       call 1 raised CancelledError",  # noqa: RUF001  # a cross
        "✗                                         ╳   │     → call 2 raised CancelledError",  # noqa: RUF001  # a cross
    ]


def test_a_wire_shows_what_is_handed_to_it_and_what_comes_and_that_it_holds_up() -> None:
    steps = (Open(), Clog(), NINE, Call(1, "drain"), S, Unclog(), S, Feed(b"ab"), Do("close"), S)
    lines = drawn(*steps, unicode=False)
    assert "\n".join(lines).isascii()
    assert columns(lines, "wire", "observed") == list(".|><:::<|<>'")
    assert "| ... pause_writing()" in columns(lines, "turn", "calls")[3]


def test_the_network_does_things_of_its_own_accord() -> None:
    one = played(*(Open(), Clog(), NINE, S, Unclog(), Do("close"), S))
    own = of_itself(one.trace)
    assert [one.trace[place] for place in sorted(own)] == [Hold(), Release(), Lose()]
    assert [row.done for row in rows(one.trace) if row.of_itself] == [
        "pause_writing()",
        "resume_writing()",
        "connection_lost(None)",
    ]


def test_what_a_step_asks_for_is_no_ones_own_accord() -> None:
    steps = (Open(), Hold(), S, Release(), Feed(b"a"), End(), S, Lose("OSError"), S)
    one = played(*steps)
    assert of_itself(one.trace) == frozenset()
    assert [row.turn for row in rows(one.trace) if row.turn] == [1, 2, 3]
    assert connects(one.trace)
    assert not connects((Made(), Feed(b"a")))


def test_a_paused_transport_delivers_later() -> None:
    one = played(Open(), Feed(b"a" * 9), S, Feed(b"b"), S, Call(1, "readexactly", (8,)), S)
    assert [one.trace[place] for place in of_itself(one.trace)] == [Feed(b"b")]


def test_a_loss_by_an_error_shows_on_the_wire() -> None:
    lines = drawn(Open(), Lose("OSError"), S, Call(1, "read"), S)
    assert columns(lines, "wire", "observed") == ["┬", "╳", "", ""]  # noqa: RUF001  # a cross is meant


def test_two_ends_have_names_and_a_wire_each() -> None:
    lines = drawn(*LINKED)
    assert [name for name in columns(lines, "end", "done") if name][:4] == ["server", "server", "client", "server"]
    assert "client    write(b'hi\\n')" in "\n".join(lines)
    assert "server    … data_received(b'hi\\n')" in "\n".join(lines)
    assert [line for line in columns(lines, "wire", "observed") if "»" in line] == ["»  │", "»  │", "│  »"]
    assert max(map(len, drawn(*LINKED, width=100))) <= 100
    assert max(map(len, drawn(*LINKED, model=True, width=120))) <= 120


def test_a_server_begins_with_what_was_asked_of_the_loop() -> None:
    lines = drawn(Serve("coroutine"), Accept(), S, Conclude("raises"), S)
    assert lines[2].lstrip().startswith("start_server(a coroutine function), limit 4")
    assert "create_server was called" in lines[2]
    assert any("the loop's exception handler" in line for line in lines)


def test_a_connection_that_was_dialled_opens_its_wire_when_it_is_there() -> None:
    drawing = rows(played(Dial(1), S, Do("write", (b"x",)), S).trace, limit=4)
    assert [row.wires[0] for row in drawing] == ["", "", "opens", "out"]
    assert drawing[2].observed == "call 1 returned a reader and a writer"
    assert [lane.life for lane in drawing[0].lanes] == ["starts"]


def knowledge(*steps: Any) -> str:
    state = played(*steps).states[-1]
    assert state is not None
    return held(state)


def test_what_the_model_knows_of_a_connection_is_told() -> None:
    assert knowledge(Open()) == "open"
    assert knowledge(Dial(1, (), "unanswered"), S) == "no connection yet, call 1 waits"
    assert knowledge(Serve()) == "no peer yet"
    assert knowledge(Open(), Clog()) == "open, clogged"
    assert knowledge(Open(), Clog(), NINE, Call(1, "drain"), Call(2, "read"), S) == "open, held up, calls 1, 2 wait"
    assert knowledge(Open(), Feed(b"ab"), Do("write_eof"), S) == "half-closed, unread b'ab'"
    assert knowledge(Open(), Do("close")) == "closing"
    assert knowledge(Open(), Lose("OSError")) == "lost, OSError"


def test_bytes_that_the_transport_is_owed_are_told() -> None:
    one = played(Open(), Do("write", (b"abc",)))
    assert [held(state) for state in one.states if state is not None][2:4] == ["open, unsent b'abc'", "open"]


def test_each_end_has_a_state_of_its_own() -> None:
    one = played(*LINKED)
    told = {type(event).__name__: state for event, state in zip(one.trace, one.states, strict=True)}
    assert told["Quiet"] is None
    assert isinstance(one.trace[-1], Quiet)
    lines = drawn(*LINKED, model=True, width=120)
    assert any("server" in line and "unread b'hi\\n'" in line for line in lines)


def test_a_failure_of_a_connection_is_explained() -> None:
    (one,) = failures("asyncio", Scenario("x", POISONED, 4))
    said = explain(one, "asyncio")
    assert said.clause.id == "writer.wait-closed.cancel-harmless"
    assert said.observed == "call 2 raised CancelledError"
    assert said.timeline[-1].endswith("→ call 2 raised CancelledError")


def test_two_connections_of_a_server_are_told_apart_by_their_order() -> None:
    first = drawn(Serve(), Accept(), S, On(2, Accept()), S)
    assert [line.split()[1] for line in first if "a peer connects" in line] == ["first", "second"]
    second = drawn(On(2, Serve()), On(2, Accept()), S, Accept(), S)
    assert [line.split()[1] for line in second if "a peer connects" in line] == ["first", "second"]
