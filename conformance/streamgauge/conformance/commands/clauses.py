"""`streamgauge clauses`: the clauses as a table, one of them whole, or all that is known of them as JSON."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from streamgauge.conformance.commands.console import WIDTH, entry, show
from streamgauge.conformance.results import Status
from streamgauge.conformance.running.selection import selected
from streamgauge.conformance.scenarios import corpus
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.spec.alphabet import Version
from streamgauge.spec.clauses import WORLDS, Clause

HERE: Final = WORLDS[0]


def run(names: Sequence[str], *, as_json: bool) -> int:
    """Show the clauses that `names` name. Raises `SelectionError` for one that names nothing."""
    clauses = selected(names)
    if as_json:
        scenarios = corpus.load()
        show(json.dumps([record(clause, scenarios) for clause in clauses], indent=2, ensure_ascii=False))
    elif names and {clause.id for clause in clauses} == set(names):
        scenarios = corpus.load()
        show("\n\n".join("\n".join(whole(clause, scenarios)) for clause in clauses))
    else:
        show("\n".join([*table(clauses), "", total(clauses)]))
    return Status.CONFORMS


def table(clauses: Sequence[Clause]) -> Iterable[str]:
    """Return a line for each clause, below a line of headings."""
    rows = [("id", "level", "basis", "versions", "status")]
    rows += [(clause.id, clause.level, clause.basis, versions(clause), status(clause)) for clause in clauses]
    sizes = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:<{size}}" for cell, size in zip(row, sizes, strict=True)).rstrip()


def total(clauses: Sequence[Clause]) -> str:
    """Return how many clauses there are, in all and of each status."""
    counts = Counter(map(status, clauses))
    parts = ", ".join(f"{count} {name}" for name, count in counts.items())
    return f"{len(clauses)} {'clause' if len(clauses) == 1 else 'clauses'}: {parts}"


def status(clause: Clause) -> str:
    """Return whether the clause can be checked, and if not with a bare reader, in which world."""
    if clause.untestable is not None:
        return "untestable"
    return "testable" if clause.world == HERE else f"world: {clause.world}"


def versions(clause: Clause) -> str:
    """Return the Python versions whose rules contain the clause."""
    bounds = [f"{word} {_dotted(bound)}" for word, bound in (("since", clause.since), ("until", clause.until)) if bound]
    return " ".join(bounds) or "all"


def whole(clause: Clause, scenarios: Iterable[Scenario]) -> Iterable[str]:
    """Return all there is to a clause, as lines."""
    yield f"{clause.id} · {clause.level} · {clause.basis}"
    yield ""
    yield from textwrap.wrap(clause.sentence, WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield ""
    for name, text in (
        ("why", clause.why),
        ("source", clause.source),
        ("needs", ", ".join(sorted(clause.needs)) or "nothing in particular"),
        ("versions", versions(clause)),
        ("status", f"untestable: {clause.untestable}" if clause.untestable else status(clause)),
        ("written", f"{clause.file}:{clause.line}, under {clause.section!r}"),
    ):
        yield from entry(name, text)
    own = [scenario for scenario in scenarios if scenario.clause == clause.id]
    yield ""
    yield f"  scenarios  {len(own) or 'none'} in the corpus"
    for scenario in own:
        yield f"    {scenario.name}"
        yield from textwrap.wrap(scenario.note, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)


def record(clause: Clause, scenarios: Iterable[Scenario]) -> dict[str, Any]:
    """Return the clause as JSON data."""
    return {
        "id": clause.id,
        "chapter": clause.chapter,
        "section": clause.section,
        "level": clause.level,
        "basis": clause.basis,
        "sentence": clause.sentence,
        "why": clause.why,
        "source": clause.source,
        "needs": sorted(clause.needs),
        "since": clause.since and _dotted(clause.since),
        "until": clause.until and _dotted(clause.until),
        "world": clause.world,
        "untestable": clause.untestable,
        "scenarios": [scenario.name for scenario in scenarios if scenario.clause == clause.id],
    }


def _dotted(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
