"""The last word on a run."""

import pytest

from failing import clause, failed, passed, results
from streamgauge.conformance.reports.verdict import exercised, sentence
from streamgauge.conformance.results import ClauseResult, Results, Verdict
from streamgauge.spec.clauses import Basis, Level

MUST = failed(clause("reader.must"))
SHOULD = failed(clause("reader.should", Level.SHOULD))
DE_FACTO = failed(clause("reader.de-facto", basis=Basis.DE_FACTO))
UNSEEN = ClauseResult(clause("reader.unseen"), Verdict.NOT_EXERCISED)
BLOCKED = ClauseResult(clause("reader.blocked"), Verdict.BLOCKED, blocked_by="reader.must")
UNSURE = ClauseResult(clause("reader.unsure"), Verdict.INCONCLUSIVE, 3)
NOT_APPLICABLE = ClauseResult(clause("reader.absent"), Verdict.NOT_APPLICABLE)
GOOD = passed("reader.good")


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (results(GOOD), "made.up:Reader conforms: 1 of 1 exercised clauses pass"),
        (results(GOOD, NOT_APPLICABLE), "made.up:Reader conforms: 1 of 1 exercised clauses pass"),
        (results(GOOD, UNSEEN), "made.up:Reader conforms: 1 of 1 exercised clauses pass (1 not exercised)"),
        (
            results(GOOD, SHOULD, DE_FACTO),
            "made.up:Reader conforms: 1 of 3 exercised clauses pass; 2 deviations count only with --strict",
        ),
        (
            results(GOOD, UNSURE),
            "made.up:Reader: inconclusive, because some clauses are inconclusive; 1 of 2 exercised clauses pass",
        ),
        (
            results(GOOD, complete=False),
            "PARTIAL: made.up:Reader: inconclusive, because the run was interrupted; 1 of 1 exercised clauses pass",
        ),
        (
            results(MUST, complete=False),
            "PARTIAL: made.up:Reader does not conform: 0 of 1 exercised clauses pass, 1 fails",
        ),
        (
            results(GOOD, faults=("KeyError",)),
            "made.up:Reader: nothing can be concluded, because the suite or the adapter is at fault",
        ),
        (results(UNSEEN, scenarios=0), "made.up:Reader: nothing was checked"),
    ],
)
def test_a_run_ends_with_one_honest_sentence(of: Results, said: str) -> None:
    assert sentence(of) == said


def test_a_failure_that_counts_is_told_apart_from_one_that_does_not() -> None:
    assert sentence(results(GOOD, MUST, SHOULD, BLOCKED)) == (
        "made.up:Reader does not conform: 1 of 3 exercised clauses pass (1 blocked), 1 fails; "
        "1 deviation counts only with --strict"
    )


def test_everything_counts_if_one_is_strict() -> None:
    assert sentence(results(GOOD, SHOULD, DE_FACTO), strict=True) == (
        "made.up:Reader does not conform: 1 of 3 exercised clauses pass, 2 fail"
    )


def test_only_what_was_observed_is_exercised() -> None:
    assert exercised(results(GOOD, MUST, UNSURE, UNSEEN, BLOCKED, NOT_APPLICABLE)) == (GOOD, MUST, UNSURE)
