"""How many scenarios a second are judged, beside two ways to do without the suite.

Only ratios are judged, and both sides of a ratio take turns. What is measured is the processor's time, because others
use the machine, too. Run it with `pytest -m benchmark -s tests/benchmarks` to see the figures.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from streamgauge.conformance.adapters.stdlib import adapter
from streamgauge.conformance.judge import Judge
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.conformance.target import InProcess
from streamgauge.conformance.worlds.loop import new_loop
from streamgauge.spec.alphabet import Call, Cancel, End, Feed, Settings, Settle

pytestmark = pytest.mark.benchmark

ROUNDS = 9
RULES = (3, 11)
LIMIT = 4


def five_steps() -> list[Scenario]:
    """Scenarios of five steps beside the settling: a call, two chunks, the end, and what is left."""
    requests = [("read", (2,)), ("read", ()), ("readexactly", (3,)), ("readuntil", ()), ("readline", ())]
    chunks = [b"a", b"ab", b"\n", b"a\n", b"abc\nd"]
    return [
        Scenario(
            "five steps",
            (
                Call(1, method, args),
                Settle(),
                Feed(first),
                Settle(),
                Feed(second),
                End(),
                Settle(),
                Call(2, "read"),
                Settle(),
            ),
            LIMIT,
        )
        for method, args in requests
        for first in chunks
        for second in chunks
    ]


def played_bare(scenarios: list[Scenario]) -> None:
    """What one would write by hand: the same steps, on the same loop, looking at nothing."""
    loop = new_loop()
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)

    async def call(method: Any, args: tuple[Any, ...]) -> None:
        with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            await method(*args)

    try:
        for scenario in scenarios:
            reader = asyncio.StreamReader(LIMIT, loop)
            tasks = {}
            for step in scenario.steps:
                if isinstance(step, Feed):
                    reader.feed_data(step.data)
                elif isinstance(step, Call):
                    tasks[step.op] = loop.create_task(call(getattr(reader, step.method), step.args))
                elif isinstance(step, Settle):
                    loop.settle()
                elif isinstance(step, End):
                    reader.feed_eof()
                elif isinstance(step, Cancel):
                    tasks[step.op].cancel()
    finally:
        asyncio._set_running_loop(before)


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def test_judged_scenarios_are_at_least_a_quarter_as_fast_as_bare_ones() -> None:
    scenarios = five_steps() * 8
    driver, judge = InProcess(adapter()), Judge()
    rules = Settings(LIMIT, RULES)

    def judged() -> None:
        for scenario in scenarios:
            judge.judge(rules, driver.play(scenario))

    ratios, rates = [], []
    with driver.at_work():
        judged()
        for _ in range(ROUNDS):
            bare, whole = seconds(lambda: played_bare(scenarios)), seconds(judged)
            ratios.append(bare / whole)
            rates.append((len(scenarios) / bare, len(scenarios) / whole))
    ratio = statistics.median(ratios)
    bare_rate, judged_rate = sorted(rates)[ROUNDS // 2]
    print(f"\nbare {bare_rate:,.0f}/s, judged {judged_rate:,.0f}/s, ratio {ratio:.2f}")
    assert ratio >= 0.25


WHOLE_RUN = "check", "asyncio:StreamReader", "--effort", "quick", "--jobs", "1"


def whole_run() -> float:
    """The scenarios a second of the command in a process of its own, from its start to its exit."""
    before = os.times().children_user
    command = [sys.executable, "-m", "streamgauge.conformance", *WHOLE_RUN]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    (scenarios,) = re.findall(r", seed 0: ([\d,]+) scenarios$", ran.stdout, re.MULTILINE)
    return int(scenarios.replace(",", "")) / (os.times().children_user - before)


def test_a_whole_run_is_at_least_an_eleventh_as_fast_as_bare_scenarios() -> None:
    """What users wait for: nothing is warm, hardly a scenario comes twice, and the model is asked anew all the time."""
    scenarios = five_steps() * 40
    ratios, rates = [], []
    for _ in range(5):
        rates.append((len(scenarios) / seconds(lambda: played_bare(scenarios)), whole_run()))
        ratios.append(rates[-1][1] / rates[-1][0])
    ratio = statistics.median(ratios)
    bare_rate, whole_rate = sorted(rates)[2]
    print(f"\nbare {bare_rate:,.0f}/s, whole run {whole_rate:,.0f}/s, ratio {ratio:.3f}")
    assert ratio >= 1 / 11


class ReaderMachine(RuleBasedStateMachine):
    """The same reader, driven the way Hypothesis offers for stateful things."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = new_loop()
        asyncio._set_running_loop(self.loop)
        self.reader = asyncio.StreamReader(LIMIT, self.loop)
        self.expected = b""
        self.ended = False

    @rule(chunk=st.sampled_from([b"a", b"ab", b"\n", b"a\n", b"abc\nd"]))
    def feed(self, chunk: bytes) -> None:
        if not self.ended:
            self.reader.feed_data(chunk)
            self.expected += chunk

    @rule(n=st.integers(1, 3))
    def read(self, n: int) -> None:
        task = self.loop.create_task(self.reader.read(n))
        self.loop.settle()
        if task.done():
            assert self.expected.startswith(task.result())
            self.expected = self.expected[len(task.result()) :]
        else:
            task.cancel()
            self.loop.settle()

    @rule()
    def end(self) -> None:
        self.reader.feed_eof()
        self.ended = True

    def teardown(self) -> None:
        asyncio._set_running_loop(None)


def test_judged_scenarios_are_twenty_times_as_fast_as_a_hypothesis_state_machine() -> None:
    examples = 150
    chosen = settings(
        max_examples=examples,
        stateful_step_count=5,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    scenarios = list(islice(five_steps() * 50, 3000))
    driver, judge = InProcess(adapter()), Judge()
    rules = Settings(LIMIT, RULES)

    def judged() -> None:
        for scenario in scenarios:
            judge.judge(rules, driver.play(scenario))

    ratios = []
    machine = 0.0
    with driver.at_work():
        judged()
        for _ in range(3):
            machine = examples / seconds(lambda: run_state_machine_as_test(ReaderMachine, settings=chosen))
            ratios.append(len(scenarios) / seconds(judged) / machine)
    ratio = statistics.median(ratios)
    print(f"\nstate machine {machine:,.0f}/s, judged {ratio:.0f} times as many")
    assert ratio >= 20
