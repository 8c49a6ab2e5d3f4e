"""How many client-and-server scenarios a second are judged, beside the same conversation over a bare transport.

Only the ratio is judged, and both sides take turns in one process. What is measured is the processor's time, because
others use the machine, too. Run it with `pytest -m benchmark -s tests/benchmarks` to see the figures.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from streamgauge.conformance.adapters.stdlib import adapter
from streamgauge.conformance.judge import Judge
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.conformance.target import InProcess
from streamgauge.conformance.worlds.loop import Loop, new_loop
from streamgauge.spec.alphabet import Call, Do, On, Open, Serve, Settings, Settle, Stimulus

pytestmark = pytest.mark.benchmark

ROUNDS = 9
RULES = (3, 11)
LIMIT = 64
LINES = [b"a\n", b"bc\n", b"\n", b"a longer line\n"]
# Served from memory by nobody who judges, 36,000 to 40,000 a second; 8,000 of them judged are a fifth.
AT_LEAST = 0.2


def conversations() -> list[Scenario]:
    """A client sends a line, the server answers with another, and the client closes."""
    settle = Settle()

    def steps(request: bytes, answer: bytes) -> tuple[Stimulus, ...]:
        return (
            On(2, Serve("plain")),
            Open(linked=True),
            Do("write", (request,)),
            On(2, Call(1, "readline")),
            settle,
            On(2, Do("write", (answer,))),
            Call(2, "readline"),
            settle,
            Do("close"),
            On(2, Call(3, "read")),
            settle,
        )

    return [Scenario("conversation", steps(request, answer), LIMIT) for request in LINES for answer in LINES]


class Bare(asyncio.Transport):
    """Hands what is written to the other end, and does nothing else."""

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self.loop = loop
        self.protocol: Any = None
        self.other: Any = None

    def write(self, data: Any) -> None:
        self.loop.call_soon(self.other.protocol.data_received, data)

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        self.loop.call_soon(self.protocol.connection_lost, None)
        self.loop.call_soon(self.other.protocol.eof_received)


def conversed_bare(scenarios: list[Scenario]) -> None:
    """The same conversations by hand, on the same loop, looking at nothing."""
    loop = new_loop()
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
        writer.write(request)
        await reader.readline()
        writer.close()

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
        await reader.readline()
        writer.write(answer)
        await reader.read()

    try:
        for scenario in scenarios:
            ends = []
            for _ in range(2):
                reader = asyncio.StreamReader(LIMIT, loop)
                wire = Bare(loop)
                wire.protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
                wire.protocol.connection_made(wire)
                ends.append((wire, reader, asyncio.StreamWriter(wire, wire.protocol, reader, loop)))
            (one, near, ours), (two, far, theirs) = ends
            one.other, two.other = two, one
            request, answer = (step for step in _written(scenario))
            loop.create_task(server(far, theirs, answer))
            loop.create_task(client(near, ours, request))
            loop.settle()
            two.is_closing = lambda: True  # type: ignore[method-assign]  # its writer would complain otherwise
    finally:
        asyncio._set_running_loop(before)


def _written(scenario: Scenario) -> list[bytes]:
    plain = [step.event if isinstance(step, On) else step for step in scenario.steps]
    return [step.args[0] for step in plain if isinstance(step, Do) and step.args]  # type: ignore[misc]  # all bytes


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_judged_conversations_are_at_least_a_fifth_as_fast_as_bare_ones() -> None:
    scenarios = conversations() * 25
    driver, judge = InProcess(adapter()), Judge()
    rules = Settings(LIMIT, RULES)

    def judged() -> None:
        for scenario in scenarios:
            assert not judge.judge(rules, driver.play(scenario)).departures

    ratios, rates = [], []
    with driver.at_work():
        judged()
        for _ in range(ROUNDS):
            bare, whole = seconds(lambda: conversed_bare(scenarios)), seconds(judged)
            ratios.append(bare / whole)
            rates.append((len(scenarios) / bare, len(scenarios) / whole))
    ratio = statistics.median(ratios)
    bare_rate, judged_rate = sorted(rates)[ROUNDS // 2]
    print(f"\nbare {bare_rate:,.0f}/s, judged {judged_rate:,.0f}/s, ratio {ratio:.2f}")
    assert ratio >= AT_LEAST
