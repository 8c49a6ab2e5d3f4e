"""What the reports look like, whole, and the command that makes it afresh: `python tests/golden/regenerate.py`.

`GOLDEN` maps the name of each file beside this one to the text that belongs into it. A change of a report shows as a
change of these files, to be read before it is committed; tests/conformance/reports/test_golden.py says if they are
stale.
"""

import asyncio
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import failing  # noqa: E402  # found beside this folder, wherever this is started
import faulty  # noqa: E402  # as above
from streamgauge.conformance.adapters.names import Names  # noqa: E402  # as above
from streamgauge.conformance.reports import jsonl, terminal  # noqa: E402  # as above
from streamgauge.conformance.reports.lines import schema as results_schema  # noqa: E402  # as above
from streamgauge.conformance.results import Bound, ClauseResult, Failure, Results, Verdict  # noqa: E402  # as above
from streamgauge.conformance.running.replaying import replay  # noqa: E402  # as above
from streamgauge.conformance.scenarios.script import Scenario  # noqa: E402  # as above
from streamgauge.conformance.target import InProcess  # noqa: E402  # as above
from streamgauge.spec.alphabet import (  # noqa: E402  # as above
    Call,
    Cancel,
    Clog,
    Do,
    Event,
    Feed,
    Made,
    On,
    Open,
    Returned,
    Serve,
    Settle,
)
from streamgauge.spec.clauses import Basis, Level, by_id  # noqa: E402  # as above
from streamgauge.spec.state import Gives, Owed  # noqa: E402  # as above
from streamgauge.spec.verdicts import Situation  # noqa: E402  # as above

S = Settle()
BYTES, STEPS = "every content of up to 3 bytes", "every sequence of up to 4 steps"
SAMPLED = "sampled: long and odd scenarios"
LIVE = ("reader.exception.same-turn", "reader.overlap.false-end", "reader.overlap.lost-wakeup")


def live() -> Results:
    """The faults that every CPython has today, and nothing else, from the scenarios of the corpus."""
    found = [failing.corpus_failure("asyncio", clause) for clause in LIVE]
    return failing.results(*found, target="asyncio", scenarios=3, bounds=())


def connections() -> Results:
    """Three failures over the simulated network: the fault that CPython has, and two of made-up layers."""
    steps: dict[str, tuple[Any, ...]] = {
        "": (Open(), Call(1, "wait_closed"), Call(2, "wait_closed"), S, Cancel(1), S),
        "NeverWaits": (Open(), Clog(), Do("write", (b"a" * 9,)), Call(1, "drain"), S),
        "FirstChunkLost": (
            *(On(2, Serve("coroutine")), Open(linked=True), Do("write", (b"ping\n",)), S),
            *(On(2, Call(1, "readexactly", (5,))), S),
        ),
    }
    found = []
    for name, played in steps.items():
        names = Names(getattr(faulty, name) if name else asyncio, name or "asyncio")
        one = replay(InProcess(names), Scenario(f"over the network with {names.name}", played, 4), failing.RULES)
        failed = Failure.of(one.scenario, one.trace, one.departures[0])
        found.append(ClauseResult(by_id()[failed.clause], Verdict.FAIL, 1, failed))
    return failing.results(*found, target="faulty", scenarios=3, bounds=())


def synthetic() -> Results:
    """A run in which there is something of everything, on a reader that does not exist."""
    steps = (Feed(b"abc"), Call(1, "read", (2,)), Settle())
    trace: tuple[Event, ...] = (Made(), *steps, Returned(1, b"abc", at_once=True))
    too_much = failing.failed(
        failing.clause("reader.read.at-most"),
        steps=steps,
        trace=trace,
        owed=(Owed(Gives(b"ab", short=True), ()),),
        situation=Situation(unread=3),
        scenarios=1234,
    )
    hang = failing.failed(failing.clause("reader.exception.same-turn", basis=Basis.OPEN), scenarios=7)
    should = failing.failed(failing.clause("flow.resume.late", Level.SHOULD), scenarios=1)
    return failing.results(
        *(failing.passed("reader.read.all"), too_much, hang, failing.passed("reader.readline.line")),
        ClauseResult(failing.clause("reader.read.soon"), Verdict.BLOCKED, 0, blocked_by="reader.read.at-most"),
        _without("reader.separators.tuple", Verdict.NOT_APPLICABLE, "not among the rules of Python 3.11"),
        _without("reader.read.merges", Verdict.UNTESTABLE, "A freedom."),
        *(failing.passed("flow.pause.above"), should),
        _without("flow.backpressure", Verdict.NOT_EXERCISED, "needs the world of sockets"),
        _without("flow.pause.once", Verdict.INCONCLUSIVE, "the transport was never paused"),
        bounds=(
            Bound("corpus", "every named scenario that the target can play", 570),
            Bound(
                "contents of read(1), limit 1",
                "read(1), limit 1: every content of up to 3 bytes of b'ab'",
                235,
                BYTES,
            ),
            Bound(
                "contents of read(2), limit 1",
                "read(2), limit 1: every content of up to 3 bytes of b'ab'",
                235,
                BYTES,
                12,
            ),
            Bound(
                "cancelling read()",
                "limit 2: every sequence of up to 4 of read(), feed b'a', cancel",
                11305,
                STEPS,
            ),
            Bound("sampled, batch 0", "long and odd scenarios", 150, SAMPLED),
            Bound("sampled, batch 1", "long and odd scenarios", 150, SAMPLED),
        ),
    )


def _without(name: str, verdict: Verdict, reason: str) -> ClauseResult:
    return ClauseResult(failing.clause(name), verdict, reason=reason)


def partial() -> Results:
    """A run that was interrupted before it had found anything."""
    unknown = _without("reader.read.soon", Verdict.NOT_EXERCISED, "the run was interrupted")
    return failing.results(failing.passed("reader.read.all"), unknown, complete=False)


def at_fault() -> Results:
    """A run of which nothing can be concluded."""
    return failing.results(failing.passed("reader.read.all"), faults=("KeyError: 'x', in a scenario",))


def printed(results: Results, *, encoding: str = "utf-8", details: int | None = 5, strict: bool = False) -> str:
    """The terminal report where there is no terminal."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    console = Console(file=stream, width=terminal.WIDTH, color_system=None, force_terminal=False)
    terminal.report(results, console, details=details, strict=strict)
    stream.seek(0)
    return stream.read()


def lines(results: Results) -> str:
    """The results file, as a version of the suite that does not exist would write it."""
    stream = io.StringIO()
    jsonl.write(results, stream)
    header, _, rest = stream.getvalue().partition("\n")
    return json.dumps({**json.loads(header), "suite": "0.0.0"}) + "\n" + rest


GOLDEN: dict[str, Callable[[], str]] = {
    "asyncio.txt": lambda: printed(live()),
    "asyncio.jsonl": lambda: lines(live()),
    "connections.txt": lambda: printed(connections(), details=None),
    "connections.jsonl": lambda: lines(connections()),
    "everything.txt": lambda: printed(synthetic()),
    "everything-strict.txt": lambda: printed(synthetic(), details=1, strict=True),
    "everything-ascii.txt": lambda: printed(synthetic(), encoding="ascii", details=1),
    "everything-in-detail.txt": lambda: printed(synthetic(), details=None),
    "everything.jsonl": lambda: lines(synthetic()),
    "partial.txt": lambda: printed(partial()),
    "at-fault.txt": lambda: printed(at_fault()),
}


SCHEMA = Path(jsonl.__file__).with_name("schema.json")


def schema() -> str:
    """The published schema of results files, as the tables that read them have it."""
    return json.dumps(results_schema(), indent=2) + "\n"


def main() -> None:
    """Write every file afresh, and the published schema."""
    for name, made in GOLDEN.items():
        (HERE / name).write_text(made(), "utf-8", newline="\n")
    SCHEMA.write_text(schema(), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
