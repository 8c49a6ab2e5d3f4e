"""The last word on a run: one honest sentence, the same in every report.

It counts what was exercised, never what exists: clauses of which nothing is known are named as such, so that a run
that looked at little does not look good.
"""

from __future__ import annotations

from streamgauge.conformance.results import ClauseResult, Results, Status, Verdict

EXERCISED = frozenset({Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE})


def exercised(results: Results) -> tuple[ClauseResult, ...]:
    """Return the clauses of which the run knows something by its own observation."""
    return tuple(one for one in results.clauses if one.verdict in EXERCISED)


def sentence(results: Results, *, strict: bool = False) -> str:
    """Return the verdict on the whole run."""
    status = results.status(strict=strict)
    said = _said(results, status, strict=strict)
    partly = "" if results.complete else "PARTIAL: "
    return f"{partly}{said}"


def _said(results: Results, status: int, *, strict: bool) -> str:
    target = results.target
    if status == Status.SUITE_FAULT:
        return f"{target}: nothing can be concluded, because the suite or the adapter is at fault"
    if status == Status.WRONG_USE:
        return f"{target}: nothing was checked"
    tried = exercised(results)
    passed = sum(one.verdict is Verdict.PASS for one in tried)
    score = f"{passed} of {len(tried)} exercised clauses pass"
    score += _unknown(results)
    counting = sum(one.counts(strict=strict) for one in results.failures())
    silent = sum(not one.counts(strict=strict) for one in results.failures())
    spared = f"; {departures(silent)} only with --strict" if silent else ""
    match status:
        case Status.DEPARTS:
            return f"{target} does not conform: {score}, {fail(counting)}{spared}"
        case Status.CONFORMS:
            return f"{target} conforms: {score}{spared}"
        case _:
            why = "the run was interrupted" if not results.complete else "some clauses are inconclusive"
            return f"{target}: inconclusive, because {why}; {score}{spared}"


def _unknown(results: Results) -> str:
    blocked = sum(one.verdict is Verdict.BLOCKED for one in results.clauses)
    unseen = sum(one.verdict is Verdict.NOT_EXERCISED for one in results.clauses)
    parts = [f"{count} {name}" for count, name in ((blocked, "blocked"), (unseen, "not exercised")) if count]
    return f" ({', '.join(parts)})" if parts else ""


def departures(count: int) -> str:
    """Return the beginning of the sentence about deviations that are shown but do not count."""
    return "1 deviation counts" if count == 1 else f"{count} deviations count"


def fail(count: int) -> str:
    """Return so many failures that count, in words."""
    return "1 fails" if count == 1 else f"{count} fail"
