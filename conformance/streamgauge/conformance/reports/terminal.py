"""The report for a person: what ran, a table, every failure in one line, the first few in full, one verdict.

It prints to a Console of rich: on a terminal with colours and highlighted scripts, elsewhere as plain text, the same
bytes each time. The verdict comes last, because the last line is what one sees first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Column, Table
from rich.text import Text

from streamgauge.conformance.explain import STRICTLY, Explanation, explain, facts
from streamgauge.conformance.reports.verdict import sentence
from streamgauge.conformance.results import Bound, ClauseResult, Results, Status, Verdict

WIDTH = 100
BOUND_OF = re.compile(r"\w+\(.*?\)+(?=,? |$)|\d+")
DETAILS = 5
INDENT = 3
PARTIAL = "PARTIAL: the run was interrupted, and this is what it had found by then."
STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.BLOCKED: "yellow",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.NOT_EXERCISED: "magenta",
    Verdict.UNTESTABLE: "dim",
}
HEADINGS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.BLOCKED: "blocked",
    Verdict.INCONCLUSIVE: "inconcl.",
    Verdict.NOT_APPLICABLE: "n/a",
    Verdict.NOT_EXERCISED: "not exerc.",
    Verdict.UNTESTABLE: "untestable",
}
UNSETTLED = {
    Verdict.BLOCKED: "Blocked, because another clause failed first",
    Verdict.INCONCLUSIVE: "Inconclusive",
    Verdict.NOT_EXERCISED: "Not exercised: nothing is known of them",
}


def report(
    results: Results,
    console: Console,
    *,
    strict: bool = False,
    details: int | None = DETAILS,
    file: str | None = None,
) -> None:
    """Print the whole report.

    `strict` tells which failures count; `details` is how many failures are shown in full (None: all of them);
    `file` is the results file, if one was written, for the commands that replay failures.
    """
    for part in _parts(results, console, strict=strict, details=details, file=file):
        console.print(part, soft_wrap=isinstance(part, Text), highlight=False)


def _parts(
    results: Results, console: Console, *, strict: bool, details: int | None, file: str | None
) -> Iterator[RenderableType]:
    failures = list(results.failures())
    if not results.complete:
        yield Text(PARTIAL, "bold yellow")
    yield from _headline(results)
    yield from _summary(results)
    yield from _bounds(results, every=details is None)
    yield from _in_one_line(failures, strict=strict)
    shown = failures if details is None else failures[:details]
    for number, failure in enumerate(shown, 1):
        said = explain(failure, results.target, file=file, unicode=_draws(console), width=WIDTH - INDENT)
        yield from _in_full(number, said, console, strict=strict)
    if len(shown) < len(failures):
        yield Text(f"\n{len(failures) - len(shown)} more failures are not shown in full: --details all", "italic")
    yield from _unsettled(results)
    yield from _faults(results)
    yield Text(f"\n{sentence(results, strict=strict)}", _mood(results, strict=strict))


def _draws(console: Console) -> bool:
    """Tell whether the output can hold the signs of a time line."""
    try:
        "│┌└┿┴╳✗→─…".encode(console.encoding)
    except UnicodeEncodeError:
        return False
    return True


# --------------------------------------------------------------- the overview


def _headline(results: Results) -> Iterator[Text]:
    major, minor = results.python
    shard = "" if results.shard == (1, 1) else f", shard {results.shard[0]} of {results.shard[1]}"
    yield Text.assemble(("streamgauge", "bold"), " on ", (results.target, "bold"))
    yield Text(
        f"rules of Python {major}.{minor}, effort {results.effort}, seed {results.seed}{shard}: "
        f"{results.scenarios:,} scenarios"
    )


def _summary(results: Results) -> Iterator[RenderableType]:
    verdicts = [one for one in Verdict if one in HEADINGS and _count(results.clauses, one)]
    table = _table("", *(Column(HEADINGS[one], justify="right", style=STYLES[one]) for one in verdicts), "clauses")
    table.columns[-1].justify = "right"
    chapters = dict.fromkeys(one.clause.chapter for one in results.clauses)
    for chapter in chapters:
        table.add_row(*_counts(chapter, [one for one in results.clauses if one.clause.chapter == chapter], verdicts))
    if len(chapters) > 1:
        table.add_row(*_counts("all", results.clauses, verdicts), style="bold")
    yield Text()
    yield table


def _counts(name: str, clauses: Sequence[ClauseResult], verdicts: Sequence[Verdict]) -> list[str]:
    return [name, *(str(_count(clauses, one) or "–") for one in verdicts), str(len(clauses))]


def _count(clauses: Iterable[ClauseResult], verdict: Verdict) -> int:
    return sum(one.verdict is verdict for one in clauses)


def _bounds(results: Results, *, every: bool) -> Iterator[RenderableType]:
    """Show what was gone through: alike explorations in one line with an example, or each with its bound."""
    if not results.bounds:
        return
    yield Text("\nCovered", "bold")
    table = _table(Column("", justify="right"), "", header=False)
    alike: dict[str, list[Bound]] = {}
    for bound in results.bounds:
        alike.setdefault(bound.name if every else BOUND_OF.sub("…", bound.name), []).append(bound)
    for kind, bounds in alike.items():
        scenarios = sum(bound.scenarios for bound in bounds)
        first = bounds[0].covers
        covers = first if len(bounds) == 1 else f"{len(bounds)} explorations, the first: {first}"
        table.add_row(f"{scenarios:,}", f"{kind}: {covers}" if kind != first else kind)
    yield table


def _in_one_line(failures: Sequence[ClauseResult], *, strict: bool) -> Iterator[RenderableType]:
    if not failures:
        return
    yield Text("\nFailed", "bold")
    table = _table("", Column("", no_wrap=True), "", Column("", justify="right"), "", header=False)
    for one in failures:
        found = one.failure
        counts = "" if one.counts(strict=strict) else STRICTLY
        scenarios = "" if found is None else _scenarios(found.scenarios)
        standing_of = f"{one.clause.level} {one.clause.basis}"
        table.add_row(Text("✗", "bold red"), one.clause.id, standing_of, scenarios, Text(counts, "dim"))
    yield table


def _scenarios(count: int) -> str:
    return "1 scenario" if count == 1 else f"{count:,} scenarios"


def _table(*columns: Column | str, header: bool = True) -> Table:
    """Return a table without lines, indented, as wide as it needs to be."""
    return Table(*columns, box=None, show_header=header, header_style="", pad_edge=False, padding=(0, 2, 0, 0))


# ----------------------------------------------------------------- in full


def _in_full(number: int, said: Explanation, console: Console, *, strict: bool) -> Iterator[RenderableType]:
    counts = "" if said.counts or strict else f", {STRICTLY}"
    heading = f"{said.clause.level}, {said.clause.basis}{counts}"
    yield Text.assemble("\n", (f"{number}. ", "bold"), (said.clause.id, "bold red"), f"  {heading}")
    yield Padding(Text(said.clause.sentence, "italic"), (0, 0, 1, INDENT))
    grid = Table.grid(Column(width=10, style="dim"), Column(ratio=1), padding=(0, 1, 0, 0))
    for name, text in facts(said):
        grid.add_row(name, Text(text, FACTS.get(name, "")))
    yield Padding(grid, (0, 0, 1, INDENT))
    for line in said.timeline:
        marked = line.lstrip().startswith(("✗", "! "))
        yield Text(" " * INDENT + line, "bold red" if marked else "")
    yield Text(f"\n{' ' * INDENT}See it again:", "dim")
    yield Text(" " * INDENT + said.replay, "cyan")
    yield Text(f"\n{' ' * INDENT}See it without streamgauge:", "dim")
    yield from _script(said.script, console)


FACTS = {"allowed": "green", "observed": "red"}


def _script(script: str, console: Console) -> Iterator[Text]:
    """Yield the lines of a script, highlighted on terminals, never wrapped."""
    lines = Text(script)
    if console.is_terminal and not console.no_color:
        lines = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(script)
    for line in lines.split():
        yield Text(" " * INDENT) + line if line.plain else Text()


# ---------------------------------------------------------------- what remains


def _unsettled(results: Results) -> Iterator[RenderableType]:
    """List the clauses of which nothing is known, each with the reason."""
    for verdict, heading in UNSETTLED.items():
        found = [one for one in results.clauses if one.verdict is verdict]
        if not found:
            continue
        yield Text(f"\n{heading}", "bold")
        table = _table(Column("", no_wrap=True, style=STYLES[verdict]), "", header=False)
        for one in found:
            reason = one.reason or (f"by {one.blocked_by}" if one.blocked_by else "")
            table.add_row(one.clause.id, reason)
        yield table


def _faults(results: Results) -> Iterator[Text]:
    if results.faults:
        yield Text("\nAt fault is not the implementation, but", "bold")
        yield from (Text(fault, "red") for fault in results.faults)


def _mood(results: Results, *, strict: bool) -> str:
    good = {Status.CONFORMS: "bold green", Status.DEPARTS: "bold red"}
    return good.get(results.status(strict=strict), "bold yellow")
