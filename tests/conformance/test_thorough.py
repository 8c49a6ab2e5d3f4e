"""Whole runs on all that the tests have: other tests look at it unit by unit, or not so far, to save time.

Half an hour on two cores. Before a release, and after any change of the model: `pytest -m thorough -n auto`.
"""

import pytest

import streamgauge.reference
from faulty import FAULTY, Fault
from streamgauge.conformance import Verdict, check
from variants import CONNECTIONS, LAYERS, READERS, Variant

pytestmark = [pytest.mark.thorough, pytest.mark.no_cover]


def named(one: Fault | Variant) -> str:
    return getattr(one.reader, "__name__", str(one.reader))


@pytest.mark.parametrize("fault", FAULTY, ids=named)
def test_in_a_whole_run_what_is_wrong_in_one_way_fails_its_clause(fault: Fault) -> None:
    results = check(fault.reader, effort="quick", python=fault.rules, jobs=1)
    assert results.of(fault.blamed).verdict is Verdict.FAIL
    assert results.status(strict=True) == 1
    assert results.faults == ()


@pytest.mark.parametrize("variant", [*READERS, *LAYERS, *CONNECTIONS], ids=named)
def test_in_a_whole_run_what_is_unusual_but_right_fails_no_clause(variant: Variant) -> None:
    results = check(variant.reader, effort="normal", python=variant.python, jobs=1)
    assert {one.clause.id: one.failure.because for one in results.failures() if one.failure} == {}
    assert results.status(strict=True) == 0
    assert results.faults == ()


def test_not_even_a_deep_run_finds_anything_wrong_with_the_reference() -> None:
    results = check(streamgauge.reference, effort="deep")
    assert {one.clause.id: one.failure.because for one in results.failures() if one.failure} == {}
    assert results.status(strict=True) == 0
