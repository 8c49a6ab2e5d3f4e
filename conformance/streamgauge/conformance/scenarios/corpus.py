"""The corpus: scenarios that were written by hand, each for one clause, kept as lines of JSON in `corpus/`.

The one idea: a name is a promise. Baselines, reports and replay commands refer to a scenario by its name, so a name
begins with the id of its clause and is never given away again; whatever could blur that is refused, by file and line.

`reader.jsonl`, `writer.jsonl` and the like go through the chapters of the same name, in the order of their clauses;
`live.jsonl` holds the scenarios that show the faults which CPython has today.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from streamgauge.conformance.scenarios.codec import scenario_from_line, scenario_to_line
from streamgauge.conformance.scenarios.script import Scenario, ScriptError, check_steps
from streamgauge.spec.clauses import by_id

CHAPTERS: Final = ("reader", "errors", "writer", "flow", "connection", "server")
FILES: Final = (*(f"{chapter}.jsonl" for chapter in CHAPTERS), "live.jsonl")
_WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class CorpusError(ValueError):
    """A line that cannot stand in the corpus; the message starts with `file:line:`."""

    def __init__(self, file: str, line: int, complaint: str) -> None:
        super().__init__(f"{file}:{line}: {complaint}")


@cache
def load() -> tuple[Scenario, ...]:
    """Return the whole corpus, in the order of `FILES`. Raises `CorpusError`."""
    return load_from(resources.files("streamgauge.conformance.scenarios") / "corpus")


def load_from(folder: Traversable) -> tuple[Scenario, ...]:
    """Return the scenarios of every file in `folder`, in the order of `FILES`; one that is not there is passed over.

    Raises `CorpusError` for an irregular line, and for a file of another name.
    """
    there = {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".jsonl")}
    if strangers := sorted(there.keys() - set(FILES)):
        raise CorpusError(strangers[0], 1, f"no such file in a corpus; there are: {', '.join(FILES)}")
    clauses = tuple(by_id())
    places: dict[str, str] = {}
    found: list[Scenario] = []
    for name in FILES:
        if name in there:
            found += parse(there[name].read_text("utf-8"), name, clauses, places)
    return tuple(found)


def parse(text: str, file: str, clauses: Collection[str], places: dict[str, str]) -> Iterator[Scenario]:
    """Yield the scenarios of one file. Raises `CorpusError`.

    `clauses` are the ids that exist, in their order; `places` says where a name stands already, and is added to.
    """
    order = {clause: number for number, clause in enumerate(clauses)}
    last = -1
    for number, line in enumerate(text.splitlines(), 1):
        try:
            scenario = scenario_from_line(line)
            clause = _clause(scenario, order)
            check_steps(scenario.steps)
        except ScriptError as problem:
            raise CorpusError(file, number, str(problem)) from None
        if scenario_to_line(scenario) != line:
            raise CorpusError(file, number, f"not in the one form, which is: {scenario_to_line(scenario)}")
        if scenario.name in places:
            raise CorpusError(file, number, f"the name {scenario.name} is taken, at {places[scenario.name]}")
        if order[clause] < last:
            raise CorpusError(file, number, f"{clause} comes earlier in its chapter than the clause of the line before")
        places[scenario.name] = f"{file}:{number}"
        last = order[clause]
        yield scenario


def _clause(scenario: Scenario, order: Collection[str]) -> str:
    """Return the clause of the scenario. Raises `ScriptError` unless that exists, and the name goes with it."""
    if scenario.clause is None:
        raise ScriptError("a scenario of the corpus names the clause that it was written for")
    if scenario.clause not in order:
        near = get_close_matches(scenario.clause, order, n=1)
        raise ScriptError(f"there is no clause {scenario.clause}{f'; did you mean {near[0]}?' if near else ''}")
    clause, _, words = scenario.name.partition("/")
    if clause != scenario.clause or not _WORDS.fullmatch(words):
        raise ScriptError(f"the name must be {scenario.clause}/ and a few words with hyphens, not {scenario.name!r}")
    if not scenario.note:
        raise ScriptError("a scenario of the corpus says in a note what it shows")
    return scenario.clause
