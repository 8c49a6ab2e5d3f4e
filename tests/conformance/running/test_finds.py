"""Which find is to blame, and which only follows from a plainer one."""

from __future__ import annotations

from collections import Counter

from streamgauge.conformance.judge import Departure
from streamgauge.conformance.running.finds import Blamed, Found, Neighbour, blame
from streamgauge.conformance.running.signatures import Signature, signature
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.spec.alphabet import Problem, Quiet, Raised, Returned
from streamgauge.spec.state import Fails, Gives, Owed, Yields
from streamgauge.spec.verdicts import Violation, Wanted

PLAIN, ODD = ("hang", "read"), ("hang", "readline")


def found(
    clause: str,
    sign: Signature,
    steps: int,
    *odd: str,
    near: tuple[tuple[Signature, str], ...] = (),
    scenarios: int = 1,
) -> Found:
    departure = Departure(0, 1, 1, Violation(clause, "hang", Quiet(), ()))
    neighbours = tuple(Neighbour(other, frozenset({(name, 1)} if name else ())) for other, name in near)
    plainness = (len(odd), steps, 0, 0)
    return Found(Scenario("it", ()), (), departure, sign, plainness, scenarios, Counter(odd), neighbours)


def follows(*finds: Found) -> dict[str, str | None]:
    return {clause: one.follows for clause, one in blame(finds).items()}


def test_what_departs_in_another_way_once_it_is_calmer_follows_from_that() -> None:
    plainer = found("reader.read.soon", PLAIN, 2)
    assert follows(found("reader.readline.line", ODD, 4, near=((PLAIN, ""),)), plainer) == {
        "reader.read.soon": None,
        "reader.readline.line": "reader.read.soon",
    }


def test_it_stands_by_itself_if_the_other_way_was_not_found_or_needs_something_odd_that_the_neighbour_lacks() -> None:
    near = ((PLAIN, ""),)
    assert follows(found("reader.readline.line", ODD, 4, near=near)) == {"reader.readline.line": None}
    other = found("reader.cancel.frees", PLAIN, 2, "given up")
    assert follows(found("reader.readline.line", ODD, 4, "limit", near=near), other)["reader.readline.line"] is None


def test_what_departs_alike_with_something_odd_besides_follows_from_what_needs_less() -> None:
    plain, crowded = found("reader.read.soon", PLAIN, 2), found("reader.feed.same-turn", PLAIN, 2, "one turn")
    assert follows(plain, crowded)["reader.feed.same-turn"] == "reader.read.soon"


def test_a_chain_is_followed_to_its_end() -> None:
    first, second, third = ("hang", "read"), ("hang", "readuntil"), ("hang", "readline")
    finds = (
        found("reader.read.soon", first, 2),
        found("reader.readuntil.default", second, 3, near=((first, ""),)),
        found("reader.readline.line", third, 4, near=((second, ""),)),
    )
    assert follows(*finds)["reader.readline.line"] == "reader.read.soon"


def test_no_must_hides_behind_a_lesser_clause() -> None:
    lesser = found("reader.calls.at-once", PLAIN, 2)
    assert follows(lesser, found("reader.read.soon", PLAIN, 4))["reader.read.soon"] is None


def test_a_clause_with_one_find_that_stands_by_itself_is_to_blame_and_all_its_scenarios_count() -> None:
    own = found("reader.readline.line", ("early", "readline"), 6, scenarios=3)
    follower = found("reader.readline.line", ODD, 4, near=((PLAIN, ""),), scenarios=4)
    blamed = blame([own, follower, found("reader.read.soon", PLAIN, 2)])["reader.readline.line"]
    assert blamed.follows is None
    assert blamed.found.signature == ("early", "readline")
    assert blamed.found.scenarios == 7
    assert blamed == Blamed(blamed.found)


def test_signatures_compare_bytes_and_name_exceptions() -> None:
    right = Owed(Gives(b"ab"), ("reader.read.soon",))

    def of(seen: bytes | None) -> str:
        facts = Violation("reader.read.soon", "wrong-value", Returned(1, seen, at_once=True), (right,), 1, "read")
        return signature(facts)[2]

    assert [of(seen) for seen in (b"", b"a", b"abc", b"x", None)] == ["empty", "less", "more", "other", "no bytes"]
    raised = Raised(1, Problem("ValueError"), at_once=True)
    failed = Violation("reader.read.soon", "wrong-failure", raised, (Owed(Fails(("OSError",)), ()),), 1, "read")
    assert signature(failed) == ("wrong-failure", "read", "ValueError", "OSError")
    early = Violation("reader.read.soon", "early", Returned(1, b"a", at_once=True), (Wanted("waiting"),), 1, "read")
    assert signature(early) == ("early", "read", "some", "waiting")
    late = Violation("writer.drain.held", "hang", Quiet(), (Owed(Yields(None), ()),), 1, "drain")
    assert signature(late) == ("hang", "drain", "", "value")
    no_call = Violation("flow.pause.above", "missing", Quiet(), ())
    assert signature(no_call) == ("missing", "", "flow.pause.above")
