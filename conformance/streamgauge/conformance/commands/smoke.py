"""`streamgauge smoke`: one line for each declared capability, and whose fault it is if it does not work."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Final

from streamgauge.conformance.adapters import CAPABILITIES, OF_CONNECTIONS, OF_READERS
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.commands.console import entry, show
from streamgauge.conformance.results import Status
from streamgauge.conformance.running.trying import Outcome, Step, smoke, status
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import Version

ORDER: Final = (*OF_READERS, *OF_CONNECTIONS)
ENDINGS: Final = {
    Status.CONFORMS: "the adapter holds, and the implementation does what little was asked; `check` asks more",
    Status.DEPARTS: "the adapter holds; the implementation is at fault",
    Status.SUITE_FAULT: "the adapter is at fault, and nothing can be said about the implementation",
}


def run(target: str, python: Version | None) -> int:
    """Try `target` and show what came of it. Raises `TargetError` or `AdapterFault` if it cannot be found."""
    adapter = resolve(target)
    played = InProcess(adapter)
    steps = smoke(played, python if python is not None else sys.version_info[:2])
    found = status(steps)
    declared = entry("declares", _listed(played.capabilities))
    lacking = entry("lacks", _listed(CAPABILITIES - played.capabilities))
    show("\n".join([adapter.name, *declared, *lacking, "", *_table(steps), "", ENDINGS[found]]))
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names, key=ORDER.index)) or "nothing"


def _table(steps: tuple[Step, ...]) -> Iterator[str]:
    outcomes = {Outcome.ADAPTER: "adapter at fault", Outcome.IMPLEMENTATION: "implementation at fault"}
    words = [outcomes.get(step.outcome, step.outcome.value) for step in steps]
    first, second = max(map(len, words)), max(len(step.name) for step in steps)
    for word, step in zip(words, steps, strict=True):
        yield f"{word:<{first}}  {step.name:<{second}}  {step.sentence}"
