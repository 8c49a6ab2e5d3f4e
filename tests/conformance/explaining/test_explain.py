"""A failure as words."""

import shlex
from dataclasses import replace

import pytest

import faulty
from failing import HANG, HANGING, corpus_failure, failed, failure_of, found, hang, passed
from streamgauge.conformance.explaining.explain import explain, facts, observed, replay_command, standing
from streamgauge.conformance.explaining.words import MISSING
from streamgauge.conformance.results import Failure
from streamgauge.conformance.scenarios.codec import scenario_from_line
from streamgauge.spec.alphabet import UNSET, Ask, Attach, Call, End, Feed, Made, Paused, Quiet, Settle
from streamgauge.spec.clauses import Basis, Level, by_id
from streamgauge.spec.verdicts import Wanted


def only(found: Failure | None) -> Failure:
    assert found is not None
    return found


def test_a_hang_is_told_with_the_call_that_hangs() -> None:
    said = explain(hang(), "asyncio")
    assert said.clause is by_id()[HANG]
    assert said.observed == "call 1 still waits, nothing is left to run"
    assert said.allowed == ("raises the very ConnectionResetError that was set",)
    assert said.because == ""
    assert not said.counts
    assert standing(said) == "MUST, open, does not count without --strict"
    assert said.timeline[-1].split() == ["✗", "│", "→", "call", "1", "still", "waits"]


@pytest.mark.parametrize(
    ("target", "clause", "steps", "limit", "words"),
    [
        ("faulty:ReadYieldsFirst", "reader.calls.at-once", (Feed(b"ab"), Call(1, "read", (2,)), Settle()), 4,
         "call 1 returned b'ab', but suspended first"),
        ("faulty:ReaduntilYieldsFirst", "reader.calls.at-once", (End(), Call(1, "readuntil"), Settle()), 4,
         "call 1 raised IncompleteReadError, partial b'', expected None, but suspended first"),
        ("faulty:OneTooMany", "reader.read.at-most", (Feed(b"abc"), Call(1, "read", (2,)), Settle()), 4,
         "call 1 returned b'abc'"),
        ("faulty:ExpectsNothing", "reader.readexactly.eof", (Feed(b"a"), End(), Call(1, "readexactly", (3,)), Settle()),
         4, "call 1 raised IncompleteReadError, partial b'a', expected None"),
        ("faulty:FeedsAfterEnd", "reader.feed.after-end", (End(), Feed(b"a"), Settle()), 4, "nothing was raised"),
        ("faulty:ZeroLimitIsDefault", "reader.limit.positive", (Settle(),), 0, "the reader was made"),
        ("faulty:EmptyChunkRefused", "reader.feed.empty", (Feed(b""), Settle()), 4, None),
    ],
)  # fmt: skip
def test_what_was_observed_is_told_in_words(target, clause, steps, limit, words) -> None:  # type: ignore[no-untyped-def]  # a table of five columns
    failure = only(failure_of(target, clause, *steps, limit=limit).failure)
    assert observed(failure) == words if words else observed(failure).startswith("at once raised ")


def test_a_transport_in_the_wrong_state_is_told() -> None:
    never = failure_of("faulty:NeverPauses", "flow.pause.above", Attach(), Feed(b"a" * 9), Settle())
    assert explain(never, "faulty:NeverPauses").observed == "the transport is not paused, nothing is left to run"
    steps = (Attach(), Feed(b"a" * 9), Call(1, "readexactly", (12,)), Settle())
    waiting = failed(by_id()["flow.resume.before-waiting"], steps=steps, kind="missing", owed=(Wanted("being-read"),))
    trace = (Made(), *steps[:2], Paused(), *steps[2:], Quiet())
    failure = replace(only(waiting.failure), trace=trace, at=len(trace) - 1)
    assert observed(failure) == "the transport is paused and call 1 waits, nothing is left to run"


@pytest.mark.parametrize(
    ("target", "clause", "words"),
    [
        ("faulty:KeepsCrumbs", "writer.write.order", "nothing was written, nothing is left to run"),
        ("faulty:DropsWhileHeld", "writer.write.order", "nothing more was written, nothing is left to run"),
        ("faulty:CloseWaitsForRoom", "writer.close.flushes", "the transport was not closed, nothing is left to run"),
        ("faulty:NeverListens", "server.start.arguments", "the loop was not asked for a server"),
    ],
)
def test_what_is_missing_of_a_connection_is_told(target: str, clause: str, words: str) -> None:
    assert observed(only(corpus_failure(target, clause).failure)) == words


def test_whatever_is_missing_has_words() -> None:
    every = [only(found(fault).failure).violation for fault in faulty.FAULTY]
    wanted = [one.owed[0] for one in every if one.kind == "missing"]
    assert {one.what for one in wanted if isinstance(one, Wanted)} == MISSING.keys()


def test_a_scenario_of_the_corpus_is_replayed_by_its_name() -> None:
    one = corpus_failure("asyncio", HANG)
    said = explain(one, "asyncio", file="results.jsonl")
    assert said.replay == f"streamgauge replay {said.scenario} --on asyncio"
    assert said.note


def test_a_shortened_scenario_of_the_corpus_is_known_as_such() -> None:
    one = corpus_failure("asyncio", HANG)
    whole = only(one.failure)
    shorter = replace(whole, scenario=replace(whole.scenario, steps=whole.scenario.steps[:5]))
    said = explain(replace(one, failure=shorter), "asyncio", file="results.jsonl")
    assert said.scenario == f"shortened from {whole.scenario.name}"
    assert said.note == ""
    assert said.replay == f"streamgauge replay results.jsonl --clause {HANG} --on asyncio"


def test_without_a_file_the_command_holds_the_scenario_itself() -> None:
    failure = only(hang().failure)
    _, _, what, *_ = shlex.split(replay_command(failure, "asyncio"))
    assert scenario_from_line(what).steps == HANGING


def test_names_that_a_shell_would_take_apart_are_quoted() -> None:
    command = replay_command(only(hang().failure), "a b:C", file="my results.jsonl")
    assert command == f"streamgauge replay 'my results.jsonl' --clause {HANG} --on 'a b:C'"


def test_a_clause_that_did_not_fail_has_nothing_to_explain() -> None:
    with pytest.raises(ValueError, match=r"^reader\.a has no failure to explain$"):
        explain(passed("reader.a"), "asyncio")


def test_a_failed_documented_must_counts() -> None:
    said = explain(failed(replace(by_id()[HANG], level=Level.MUST, basis=Basis.DOCUMENTED)), "asyncio")
    assert said.counts
    assert standing(said) == "MUST, documented"


def test_the_facts_say_how_many_scenarios_show_it() -> None:
    clause = by_id()[HANG]
    counts = {count: dict(facts(explain(failed(clause, scenarios=count), "a")))["scenario"] for count in (1, 2, 1200)}
    assert counts == {
        1: "a made-up scenario",
        2: "a made-up scenario (and 1 other)",
        1200: "a made-up scenario (and 1,199 others)",
    }


def test_the_facts_give_the_reason_if_there_is_more_to_say() -> None:
    steps = (Feed(b"abc"), Call(1, "read", (2,)), Settle())
    said = explain(failure_of("faulty:OneTooMany", "reader.read.at-most", *steps), "faulty:OneTooMany")
    assert dict(facts(said))["because"] == "call 1 returned with 3 bytes unread, no end was fed"
    assert dict(facts(said))["allowed"] == "returns b'ab' or a shorter beginning of it, not empty"


def test_two_calls_side_by_side_keep_their_reason() -> None:
    steps = (Call(1, "read", (2,)), Settle(), Call(2, "read", (2,)), Settle())
    said = explain(failure_of("faulty:SecondWaitsToo", "reader.overlap.refused", *steps), "faulty:SecondWaitsToo")
    assert said.because == "call 2: two calls wait side by side"
    assert said.observed == "call 2 still waits, nothing is left to run"


def test_without_unicode_nothing_but_ascii_is_drawn() -> None:
    assert "".join(explain(hang(), "asyncio", unicode=False).timeline).isascii()


def test_a_limit_that_was_not_given_is_not_shown() -> None:
    clause = "errors.incomplete.kind"
    one = failure_of("faulty:IncompleteNotEof", clause, Ask("IncompleteReadError.kind"), limit=UNSET)
    assert "StreamReader()" in explain(one, "faulty:IncompleteNotEof").timeline[2]
