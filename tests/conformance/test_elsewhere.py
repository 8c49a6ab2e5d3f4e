"""The waist holds: a target in another process is a new class, and all that asks targets gets the same from it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from streamgauge.conformance.adapters.looking import Look
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.running.exploring import Corpus, Explorer
from streamgauge.conformance.running.replaying import replay
from streamgauge.conformance.running.trying import smoke
from streamgauge.conformance.scenarios import corpus
from streamgauge.conformance.scenarios.codec import event_from_json, event_to_json, scenario_from_line, scenario_to_line
from streamgauge.conformance.scenarios.script import Scenario, Trace, needs
from streamgauge.conformance.target import InProcess

RULES = (3, 13)
TESTS = Path(__file__).parents[1]


class Elsewhere:
    """A target in a child process: one scenario line out, one trace line back."""

    def __init__(self, name: str) -> None:
        command = [sys.executable, __file__, name]
        path = {"PYTHONPATH": str(TESTS)}
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=path, encoding="utf-8"
        )
        said = self._heard()
        self.name = said["name"]
        self.capabilities = frozenset(said["capabilities"])

    def _heard(self) -> Any:
        assert self._child.stdout is not None
        return json.loads(self._child.stdout.readline())

    def _asked(self, how: str, scenario: Scenario) -> Any:
        assert self._child.stdin is not None
        self._child.stdin.write(f"{how} {scenario_to_line(scenario)}\n")
        self._child.stdin.flush()
        return self._heard()

    def play(self, scenario: Scenario) -> Trace:
        return tuple(map(event_from_json, self._asked("play", scenario)))

    def look(self, scenario: Scenario) -> tuple[Trace, Look]:
        trace, look = self._asked("look", scenario)
        kinds, lacking = tuple(look.pop("kinds")), tuple(look.pop("lacking"))
        return tuple(map(event_from_json, trace)), Look(kinds=kinds, lacking=lacking, **look)

    def at_work(self) -> nullcontext[None]:
        return nullcontext()

    def leave(self) -> None:
        self._child.communicate()


@pytest.fixture(params=["asyncio", "faulty:WritesTwice", "faulty:EndWakesNobody"])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Elsewhere, InProcess]]:
    elsewhere = Elsewhere(request.param)
    yield elsewhere, InProcess(resolve(request.param))
    elsewhere.leave()


def test_traces_and_replays_are_the_same(pair: tuple[Elsewhere, InProcess]) -> None:
    elsewhere, here = pair
    assert elsewhere.capabilities == here.capabilities
    for scenario in list(corpus.load())[::9]:
        if needs(scenario.steps) <= here.capabilities:
            assert elsewhere.play(scenario) == here.play(scenario)
            assert replay(elsewhere, scenario, RULES) == replay(here, scenario, RULES)


def test_an_exploration_brings_in_the_same(pair: tuple[Elsewhere, InProcess]) -> None:
    elsewhere, here = pair
    assert Explorer(elsewhere, RULES).explore(Corpus()) == Explorer(here, RULES).explore(Corpus())


def test_smoke_says_the_same(pair: tuple[Elsewhere, InProcess]) -> None:
    elsewhere, here = pair
    assert smoke(elsewhere, RULES) == smoke(here, RULES)


def say(what: Any) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


def answer(name: str) -> None:
    """The child: answer line by line."""
    target = InProcess(resolve(name))
    say({"name": target.name, "capabilities": sorted(target.capabilities)})
    with target.at_work():
        for line in sys.stdin:
            how, _, text = line.partition(" ")
            scenario = scenario_from_line(text)
            trace, look = target.look(scenario) if how == "look" else (target.play(scenario), Look())
            said: Any = list(map(event_to_json, trace))
            say([said, asdict(look)] if how == "look" else said)


if __name__ == "__main__":
    answer(sys.argv[1])
