"""The report for a person: what ran, a table, every failure in one line, the first few in full, one verdict.

It prints to a Console of rich: on a terminal with colours, elsewhere as plain text, the same bytes each time.
The verdict comes last, because the last line is what one sees first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from streamgauge.conformance.adapters.telling import printable
from streamgauge.conformance.explaining.explain import STRICTLY, Explanation, explain, facts
from streamgauge.conformance.reports.columns import columns, indented, paragraph
from streamgauge.conformance.reports.verdict import sentence
from streamgauge.conformance.results import Bound, ClauseResult, Results, Status, Verdict

WIDTH = 100
INDENT = 3
PARTIAL = "PARTIAL: the run was interrupted, and this is what it had found by then."
SIGNS = "│┌└┿┴╳✗→─…"  # noqa: RUF001  # those of a time line
STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.BLOCKED: "yellow",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
    Verdict.NOT_EXERCISED: "magenta",
    Verdict.UNTESTABLE: "dim",
}
UNSETTLED = {
    Verdict.BLOCKED: "Blocked: another clause failed first",
    Verdict.INCONCLUSIVE: "Inconclusive",
    Verdict.NOT_EXERCISED: "Not exercised: nothing is known of these",
}
FACTS = {"allowed": "green", "observed": "red"}


def report(
    results: Results,
    console: Console,
    *,
    strict: bool = False,
    details: int | None = 5,
    file: str | None = None,
) -> None:
    """Print the whole report.

    `strict` says which failures count; `details` is how many failures are shown in full (None: all of them, and
    every bound). `file` is the results file, if one was written, for the commands that replay failures.
    """
    draws = _draws(console)
    failures = sorted(results.failures(), key=lambda one: not one.counts(strict=strict))
    explained = [
        explain(failure, results.target, file=file, unicode=draws, width=WIDTH - INDENT)
        for failure in failures[:details]
    ]
    for line in _lines(results, failures, explained, strict=strict, every=details is None):
        if not line.plain.isprintable():
            line.plain = printable(line.plain)
        console.print(line if draws else _plainer(line, console.encoding), soft_wrap=True)


def _lines(
    results: Results, failures: Sequence[ClauseResult], explained: Sequence[Explanation], *, strict: bool, every: bool
) -> Iterator[Text]:
    if not results.complete:
        yield Text(PARTIAL, "bold yellow")
    yield from _headline(results)
    yield from _summary(results)
    yield from _bounds(results, every=every)
    yield from _in_one_line(failures, strict=strict)
    for number, (failure, said) in enumerate(zip(failures, explained, strict=False), 1):
        yield from _in_full(number, said, counts=failure.counts(strict=strict))
    if 0 < len(explained) < len(failures):
        hint = f"{len(failures) - len(explained)} of {len(failures)} failures are not shown in full: --details all"
        yield from (Text(), Text(hint, "italic"))
    yield from _unsettled(results, every=every)
    yield from _faults(results)
    yield from (Text(), Text(sentence(results, strict=strict), _mood(results, strict=strict)))


def _draws(console: Console) -> bool:
    """Check whether the output can hold the signs of a time line."""
    try:
        SIGNS.encode(console.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _plainer(line: Text, encoding: str) -> Text:
    """Return the line as far as the output can hold it."""
    text = line.plain.translate({ord("✗"): "!", ord("…"): "...", ord("’"): "'"})
    return Text(text.encode(encoding, "replace").decode(encoding))


def _heading(text: str) -> Iterator[Text]:
    yield from (Text(), Text(text, "bold"))


# --------------------------------------------------------------- the overview


def _headline(results: Results) -> Iterator[Text]:
    major, minor = results.python
    shard = "" if results.shard == (1, 1) else f", shard {results.shard[0]} of {results.shard[1]}"
    yield Text.assemble("streamgauge on ", (results.target, "bold"))
    settings = f"rules of Python {major}.{minor}, effort {results.effort}, seed {results.seed}{shard}"
    yield Text(f"{settings}: {scenarios(results.scenarios)}")


def _summary(results: Results) -> Iterator[Text]:
    verdicts = [verdict for verdict in STYLES if _count(results.clauses, verdict)]
    chapters = list(dict.fromkeys(one.clause.chapter for one in results.clauses))
    of = {chapter: [one for one in results.clauses if one.clause.chapter == chapter] for chapter in chapters}
    rows = [["", *verdicts, "clauses"], *(_counts(chapter, clauses, verdicts) for chapter, clauses in of.items())]
    if len(chapters) > 1:
        rows.append(_counts("all", results.clauses, verdicts))
    styles = ["", *(STYLES[verdict] for verdict in verdicts), ""]
    yield Text()
    yield from columns(rows, width=WIDTH, styles=styles, right=range(1, len(rows[0])))


def _counts(name: str, clauses: Sequence[ClauseResult], verdicts: Sequence[Verdict]) -> list[str]:
    return [name, *(str(_count(clauses, verdict) or "-") for verdict in verdicts), str(len(clauses))]


def _count(clauses: Iterable[ClauseResult], verdict: Verdict) -> int:
    return sum(one.verdict is verdict for one in clauses)


def _bounds(results: Results, *, every: bool) -> Iterator[Text]:
    """Show what was gone through: explorations with the same bound in one line, or each with all that it covers."""
    alike: dict[str, list[Bound]] = {}
    for bound in results.bounds:
        alike.setdefault(_covered(bound, every=every), []).append(bound)
    rows = []
    for covers, bounds in alike.items():
        times = "" if len(bounds) == 1 else f", {len(bounds)} times"
        let_go = sum(bound.let_go for bound in bounds)
        unjudged = f"; {let_go:,} of them not judged to the end" if let_go else ""
        rows.append((f"{sum(bound.scenarios for bound in bounds):,}", f"{covers}{times}{unjudged}"))
    if rows:
        yield from _heading("Covered" if every else "Covered (--details all: in full)")
        yield from columns(rows, width=WIDTH, right=(0,))


def _covered(bound: Bound, *, every: bool) -> str:
    """Return what the exploration covers, whole or without what tells it from others with the same bound."""
    if bound.extent and not (every or bound.in_part):
        return bound.extent
    return f"{bound.name}: {'in part: ' if bound.in_part else ''}{bound.covers}"


def _in_one_line(failures: Sequence[ClauseResult], *, strict: bool) -> Iterator[Text]:
    if not failures:
        return
    rows = []
    for one in failures:
        standing = f"{one.clause.level} {one.clause.basis}"
        shown_by = "" if one.failure is None else scenarios(one.failure.scenarios)
        rows.append(("✗", one.clause.id, standing, shown_by, "" if one.counts(strict=strict) else STRICTLY))
    yield from _heading("Failed")
    yield from columns(rows, width=WIDTH, styles=("bold red", "bold", "", "", "dim"), right=(3,))
    if len(failures) > 1:
        yield Text("several may be one fault: mend the first, and run again", "italic")


def scenarios(count: int) -> str:
    """Return so many scenarios in words."""
    return "1 scenario" if count == 1 else f"{count:,} scenarios"


# ----------------------------------------------------------------- in full


def _in_full(number: int, said: Explanation, *, counts: bool) -> Iterator[Text]:
    standing = f"{said.clause.level} {said.clause.basis}{'' if counts else f', {STRICTLY}'}"
    yield Text()
    yield Text.assemble((f"{number}. ", "bold"), (said.clause.id, "bold red"), f"  {standing}")
    yield from paragraph(said.clause.sentence, width=WIDTH, indent=INDENT, style="italic")
    yield Text()
    for name, text in facts(said):
        styles = ("dim", FACTS.get(name, ""))
        yield from indented(columns([(f"{name:<8}", text)], width=WIDTH - INDENT, styles=styles), INDENT)
    yield Text()
    for line in said.timeline:
        yield Text(f"{' ' * INDENT}{line}", "bold red" if line.startswith(("✗", "!")) else "")
    yield from (Text(), Text(f"{' ' * INDENT}See it again:", "dim"))
    yield Text(f"{' ' * INDENT}{said.replay}", "cyan")
    yield from (Text(), Text(f"{' ' * INDENT}See it without streamgauge, by a program that this writes:", "dim"))
    yield Text(f"{' ' * INDENT}{said.replay} --script", "cyan")


# ---------------------------------------------------------------- what remains


def _unsettled(results: Results, *, every: bool) -> Iterator[Text]:
    """List the clauses of which nothing is known, each with the reason; those never exercised by reason, or `every`."""
    for verdict, heading in UNSETTLED.items():
        found = [one for one in results.clauses if one.verdict is verdict]
        rows = [(one.clause.id, one.reason or (f"by {one.blocked_by}" if one.blocked_by else "")) for one in found]
        hint, alike = "", Counter(reason for _, reason in rows)
        if verdict is Verdict.NOT_EXERCISED and not every and len(alike) < len(rows):
            hint, ids = " (--details all: by name)", {reason: name for name, reason in rows}
            rows = [(ids[why] if count == 1 else f"{count} clauses", why) for why, count in alike.items()]
        if rows:
            yield from _heading(f"{heading}{hint}")
            yield from columns(rows, width=WIDTH, styles=(STYLES[verdict],))


def _faults(results: Results) -> Iterator[Text]:
    if results.faults:
        yield from _heading("Faults of the suite or of the adapter")
        yield from (Text(fault, "red") for fault in results.faults)


def _mood(results: Results, *, strict: bool) -> str:
    good = {Status.CONFORMS: "bold green", Status.DEPARTS: "bold red"}
    return good.get(results.status(strict=strict), "bold yellow")
