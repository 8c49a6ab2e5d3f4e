"""Scripts that show a failure of a connection without streamgauge, and what they do when they are run."""

import ast
import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wronglayers
from failing import failed
from streamgauge.conformance.adapters.names import Names
from streamgauge.conformance.explaining.connections.as_python import QUESTIONS, handler
from streamgauge.conformance.explaining.standalone import script
from streamgauge.conformance.explaining.words import HANDLERS
from streamgauge.conformance.explaining.words import QUESTIONS as WORDS
from streamgauge.conformance.replay import failure, replay
from streamgauge.conformance.results import ClauseResult, Verdict
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.spec.alphabet import (
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
    Do,
    End,
    Feed,
    Hold,
    Link,
    Lose,
    Made,
    On,
    Open,
    Overran,
    Problem,
    Quiet,
    Refused,
    Release,
    Serve,
    Settle,
    Shaped,
    Unclog,
    Wrote,
)
from streamgauge.spec.clauses import by_id

TESTS = Path(wronglayers.__file__).parent
S = Settle()
POISONED = (Open(), Call(1, "wait_closed"), Call(2, "wait_closed"), S, Cancel(1), S)
LINKED = (On(2, Serve("coroutine")), Open(linked=True))
ABC, NINE, TWELVE = Feed(b"abc"), Do("write", (b"a" * 9,)), Feed(b"a" * 12)


def write(data: Any) -> Do:
    return Do("write", (data,))


def found(target: str, *steps: Any, limit: Any = 4) -> Iterator[ClauseResult]:
    """The departures of the target; also of one that has no reader of its own."""
    _, _, name = target.partition(":")
    names = Names(getattr(wronglayers, name) if name else asyncio, target)
    one = replay(names, Scenario("made for this test", steps, limit), (3, 11))
    for departure in one.departures:
        departed = failure(one.scenario, one.trace, departure)
        yield ClauseResult(by_id()[departed.clause], Verdict.FAIL, 1, departed)


def written(one: ClauseResult, target: str) -> str:
    assert one.failure is not None
    return script(one.failure, one.clause, target)


def run(text: str) -> tuple[int, str]:
    """The exit status of the script, and all that it printed."""
    done = subprocess.run(
        [sys.executable, "-c", text],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS), "PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def main_of(text: str) -> list[str]:
    """The lines of `main`."""
    _, _, body = text.partition("async def main():\n")
    return [line.removeprefix("    ") for line in body.partition("\n\n\n")[0].splitlines()]


# What happens when it is run.

SHOWN: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a-cancelled-wait-ends-another": ("", POISONED),
    "drain-never-waits": ("DrainsAtOnce", (Open(), Clog(), NINE, Call(1, "drain"), S)),
    "bytes-go-twice": ("WritesTwice", (Open(), write(b"ab"), S)),
    "bytes-go-twice-clogged": ("WritesTwice", (Open(Link(4)), Clog(), Unclog(1), write(b"aaaa"), S)),
    "never-closed": ("ForgetsToClose", (Open(), Do("close"), S)),
    "a-buffer-is-kept": ("KeepsBuffers", (Open(), write(Shaped("bytearray", b"xyz")), S)),
    "a-view-is-kept": ("KeepsBuffers", (Open(), write(Shaped("memoryview", b"xyz")), S)),
    "text-is-taken": ("WritesText", (Open(), write("abc"), S)),
    "an-iterator-is-refused": ("RefusesLines", (Open(), Do("writelines", (Shaped("generator", (b"a", b"b")),)), S)),
    "never-closing": ("NeverCloses", (Open(), Do("close"), Ask("is_closing"), S)),
    "not-closing-when-lost": ("NeverCloses", (Open(), Lose("OSError"), S, Call(1, "read"), S, Ask("is_closing"), S)),
    "drain-suspends": ("SuspendsFirst", (Open(), write(b"a"), Call(1, "drain"), S)),
    "drain-never-suspends": ("NeverSuspends", (Open(), Clog(), write(b"a"), Do("close"), Call(1, "drain"), S)),
    "the-end-closes": ("ClosesAtTheEnd", (Open(), End(), S)),
    "the-end-closes-a-server": ("ClosesAtTheEnd", (Serve("partial"), Accept(), S, End(), S)),
    "the-end-closes-the-other-end": ("ClosesAtTheEnd", (*LINKED, Do("write_eof"), S)),
    "a-byte-is-lost": ("DropsTheLast", (Open(), ABC, Call(1, "readexactly", (3,)), S)),
    "a-byte-is-lost-after-a-pause": (
        "DropsTheLast",
        (Open(), TWELVE, S, Feed(b"b"), S, Call(1, "readexactly", (11,)), S, Call(2, "readexactly", (1,)), S),
    ),
    "a-byte-is-lost-when-dialled": (
        "DropsTheLast",
        (Dial(1), S, ABC, write(b"xy"), Call(2, "readexactly", (3,)), S),
    ),
    "a-byte-is-lost-at-a-server": (
        "DropsTheLast",
        (Serve("object"), Accept(), S, ABC, write(b"xy"), Call(1, "readexactly", (3,)), S),
    ),
    "a-byte-is-lost-between-two-ends": (
        "DropsTheLast",
        (*LINKED, write(b"ping\n"), S, On(2, Call(1, "readline")), S),
    ),
    "a-loss-is-not-told": ("LosesWithoutAWord", (Open(), Call(1, "read"), S, Lose(), S)),
    "a-loss-is-not-told-to-the-other-end": (
        "LosesWithoutAWord",
        (*LINKED, Do("close"), S, On(2, Call(1, "read")), S, On(2, Do("close")), S, On(2, Call(2, "wait_closed")), S),
    ),
    "an-option-of-a-connection-is-lost": ("ForgetsOptions", (Dial(1, (("local_addr", ("a", 1)),)), S)),
    "an-option-of-a-server-is-lost": ("ForgetsOptions", (Serve("plain", (("backlog", 5),)),)),
    "no-server-is-returned": ("ServesNobody", (Serve(), Accept(), S)),
    "a-failed-handler-is-not-reported": (
        "ServesInSilence",
        (Serve("coroutine"), Accept(), S, Conclude("raises"), S),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOWN)
def test_a_script_shows_the_fault_and_does_not_blame_who_is_right(name: str) -> None:
    layer, steps = SHOWN[name]
    target = f"wronglayers:{layer}" if layer else "asyncio"
    one = next(found(target, *steps))
    status, said = run(written(one, target))
    assert (status, "Traceback" in said) == (1, False), said
    assert said.splitlines()[0].startswith("expected: ")
    assert said.splitlines()[1].startswith("got:     ")
    assert run(written(one, "wronglayers:Right"))[0] == 0


# What is written.


def test_a_fault_of_asyncio_is_shown_with_nothing_but_asyncio() -> None:
    (one,) = found("asyncio", *POISONED)
    text = written(one, "asyncio")
    assert one.clause.id == "writer.wait-closed.cancel-harmless"
    assert main_of(text) == [
        "asyncio.get_running_loop().create_connection = create_connection",
        'reader, writer = await asyncio.open_connection("192.0.2.1", 7, limit=4)',
        "call1 = asyncio.ensure_future(writer.wait_closed())",
        "call2 = asyncio.ensure_future(writer.wait_closed())",
        "await settle()",
        "call1.cancel()",
        "await settle()",
        "said, value = ending(call2)",
        'print("expected: keeps waiting")',
        'print("got:      call 2", said)',
        "return isinstance(ending(call1)[1], asyncio.CancelledError) and isinstance(value, asyncio.CancelledError)",
    ]
    imports = [node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["import asyncio", "import sys"]


def test_the_transport_has_no_more_than_the_scenario_needs() -> None:
    small = written(next(found("wronglayers:ForgetsToClose", *SHOWN["never-closed"][1])), "wronglayers:ForgetsToClose")
    large = written(next(found("wronglayers:DropsTheLast", *SHOWN["a-byte-is-lost-between-two-ends"][1])), "asyncio")
    for method in ("arrive", "unclog", "write_eof", "pause_reading", "abort", "gone"):
        assert f"def {method}(" not in small
    assert "def gone(" in large
    assert "def accept(" in large
    assert "def unclog(" not in large


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("reference", "import streamgauge.reference as target\n"),
        ("my.streams", "import my.streams as target\n"),
        ("my.streams:Layer", "from my.streams import Layer as target\n"),
        ("my.streams:ns.Layer", "target = target.Layer\n"),
    ],
)
def test_a_layer_is_imported_as_a_whole(target: str, line: str) -> None:
    text = written(next(found("asyncio", *POISONED)), target)
    assert line in text
    ast.parse(text)


EVERYTHING = (
    *(Open(Link(2, "fails")), Hold(), Release(), Clog(), NINE, Hold(), Release(), Unclog(2), Unclog()),
    *(Feed(b"x", "bytearray", 2), TWELVE, End(), Break(), Lose("OSError"), Lose(), Do("abort"), Do("write_eof")),
    *(Call(1, "drain", timeout=1), S, Advance(1), S, Call(2, "readuntil", (b";",)), Cancel(2)),
    *(Do("writelines", (Shaped("list", (Shaped("bytearray", b"a"), b"b")),)), Ask("at_eof"), Ask("extra_info")),
)


@pytest.mark.parametrize("target", ["asyncio", "my.streams"])
def test_every_step_can_be_written(target: str) -> None:
    """Whatever departs: here it is that the last step was accepted."""
    plays: list[tuple[Any, ...]] = [EVERYTHING, (*LINKED, *EVERYTHING[1:])]
    plays += [(Open(Link(half_close=False)), Do("write_eof"), S), (Open(Link(pausing="unsupported")), TWELVE, S)]
    plays += [(Dial(1, (("ssl", True),), fate), S, Cancel(1), S) for fate in ("refused", "unanswered")]
    for kind in HANDLERS:
        plays.append((Serve(kind), Accept(), S, *EVERYTHING[1:]))  # type: ignore[arg-type]  # a key of a table of kinds
    plays += [(Serve("coroutine"), Accept(), Conclude(how), S) for how in ("returns", "cancelled")]
    for steps in plays:
        for observed in (S, Quiet(), Overran("steps"), Closed(), Refused(Problem("OSError")), Answered("close", 1)):
            trace = (*steps[:1], Made(), *steps[1:], observed)
            scenario = Scenario("made for this test", steps, 4)
            departs: Any = {"trace": trace, "at": len(trace) - 1, "observed": observed, "because": ""}
            one = failed(by_id()["writer.write.order"], scenario=scenario, **departs)
            ast.parse(written(one, target))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_about_a_writer_can_be_put(question: str) -> None:
    assert question in WORDS
    observed = Answered(question, "nonsense")
    trace = (Open(), Made(), Ask(question), observed)
    scenario = Scenario("made for this test", (Open(), Ask(question)), 4)
    one = failed(by_id()["writer.transport"], scenario=scenario, trace=trace, at=3, observed=observed, because="")
    text = written(one, "asyncio")
    status, said = run(text)
    assert (status, "Traceback" in said) == (0, False), said


def test_a_connection_that_should_have_been_refused_is_looked_at() -> None:
    one = failed(
        by_id()["connection.open.limit-positive"],
        scenario=Scenario("made for this test", (Open(),), 0),
        trace=(Open(), Made()),
        at=1,
        observed=Made(),
        because="",
    )
    text = written(one, "asyncio")
    assert '    value = await asyncio.open_connection("192.0.2.1", 7, limit=0)' in main_of(text)
    assert run(text)[0] == 0


def test_what_is_written_of_its_own_accord_is_compared_to_what_was_seen() -> None:
    trace = (Open(), Made(), write(b"a"), Wrote(b"a"), Wrote(b"a"))
    one = failed(
        by_id()["writer.write.order"],
        scenario=Scenario("made for this test", trace[:1] + trace[2:3], 4),
        trace=trace,
        at=4,
        observed=trace[4],
        because="",
    )
    assert main_of(written(one, "asyncio"))[-1] == "return seen[:2] == [\"write b'a'\", \"write b'a'\"]"


def test_there_is_a_handler_of_every_kind() -> None:
    for kind in HANDLERS:
        ast.parse("async def main():\n" + "\n".join(f"    {line}" for line in handler(kind)))  # type: ignore[arg-type]  # as above
