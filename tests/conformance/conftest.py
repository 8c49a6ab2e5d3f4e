"""What tests of the suite share: an empty current folder, a warm judge, a watch that looks often, nearer bounds."""

import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from streamgauge.conformance import judge
from streamgauge.conformance.playing import budget
from streamgauge.conformance.running import exploring
from streamgauge.conformance.scenarios import exhaustive


@cache
def known_judge() -> judge.Judge:
    return judge.Judge()


@pytest.fixture
def warm_judge(monkeypatch: pytest.MonkeyPatch) -> judge.Judge:
    """All explorers of this process ask one judge: what it was asked about one target, it knows about the next.

    A verdict is a function of the trace, so it is the same; but the model is not compiled anew for each target.
    """
    monkeypatch.setattr(judge, "MOST_NODES", 200_000)
    monkeypatch.setattr(exploring, "Judge", known_judge)
    return known_judge()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not end is looked at sooner, and counted less far; it is still the count that condemns it."""
    monkeypatch.setattr(budget, "TICK", 0.02)
    monkeypatch.setattr(budget, "PATIENCE", 3)
    monkeypatch.setattr(budget, "MOST_LINES", 20_000)


@pytest.fixture
def nearer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two moves instead of three, for tests of many targets."""
    quick = exhaustive.BOUNDS["quick"]
    monkeypatch.setitem(exhaustive.BOUNDS, "quick", {kind: 2 if kind != "contents" else 3 for kind in quick})


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Writes files into an empty current folder; modules that were imported from there are forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)

    def write(path: str, text: str) -> None:
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")

    yield write
    for name, module in list(sys.modules.items()):
        if name not in known and str(tmp_path) in str(getattr(module, "__file__", "")):
            del sys.modules[name]
