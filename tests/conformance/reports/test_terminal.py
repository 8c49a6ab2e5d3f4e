"""The report for a person; what it looks like as a whole is in tests/golden."""

import io
import re

import pytest
from rich.console import Console

from failing import HANG, clause, corpus_failure, failed, hang, passed, results
from golden.regenerate import printed, synthetic
from streamgauge.conformance.reports.terminal import PARTIAL, report
from streamgauge.conformance.results import Bound, ClauseResult, Results, Verdict
from streamgauge.spec.clauses import Basis, Level


def shown(of: Results, *, strict: bool = False, **environment: str) -> str:
    """The report on a terminal, escape sequences and all."""
    stream = io.StringIO()
    console = Console(
        file=stream, width=100, force_terminal=True, color_system="standard", legacy_windows=False, _environ=environment
    )
    report(of, console, strict=strict)
    return stream.getvalue()


def test_a_terminal_gets_colours() -> None:
    assert "\x1b[1;31m" in shown(results(hang()))


@pytest.mark.parametrize(("strict", "colour"), [(False, "32"), (True, "31")])
def test_the_last_word_has_the_colour_of_its_status(*, strict: bool, colour: str) -> None:
    last = shown(results(passed("reader.a"), hang()), strict=strict).splitlines()[-1]
    assert last.startswith(f"\x1b[1;{colour}m")


def test_colours_change_nothing_but_colours() -> None:
    bare = re.sub(r"\x1b\[[0-9;]*m", "", shown(synthetic()))
    assert [line.rstrip() for line in bare.splitlines()] == printed(synthetic()).splitlines()


def test_who_wants_no_colour_gets_none() -> None:
    assert set(re.findall(r"\x1b\[([0-9;]*)m", shown(synthetic(), NO_COLOR="1"))) <= {"0", "1", "2", "3"}


def test_what_is_no_terminal_gets_plain_text_without_trailing_blanks() -> None:
    text = printed(synthetic())
    assert "\x1b" not in text
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


def test_commands_are_never_wrapped() -> None:
    one = corpus_failure("asyncio", HANG)
    text = printed(results(one, target="a.rather.long.name.of.a.package:AndAnEvenLongerNameOfAClassInIt.Reader"))
    command, writing = [line for line in text.splitlines() if line.lstrip().startswith("streamgauge replay")]
    assert command.endswith(" --on a.rather.long.name.of.a.package:AndAnEvenLongerNameOfAClassInIt.Reader")
    assert writing == f"{command} --script"


def test_every_line_but_commands_and_the_verdict_fits() -> None:
    text = printed(synthetic(), details=0)
    *lines, _ = text.splitlines()
    assert max(map(len, lines)) <= 100


def test_an_interrupted_run_says_so_first_and_last() -> None:
    lines = printed(results(passed("reader.a"), complete=False)).splitlines()
    assert lines[0] == PARTIAL
    assert lines[-1].startswith("PARTIAL: ")


def test_failures_that_count_are_shown_before_the_others() -> None:
    lesser = failed(clause("reader.lesser", Level.SHOULD))
    text = printed(results(lesser, failed(clause("reader.grave"))), details=1)
    assert text.index("✗  reader.grave") < text.index("✗  reader.lesser")
    assert "\n1. reader.grave  MUST documented\n" in text
    assert "1 of 2 failures are not shown in full: --details all" in text
    strict = printed(results(lesser, failed(clause("reader.grave"))), strict=True)
    assert strict.index("✗  reader.lesser") < strict.index("✗  reader.grave")


def test_without_details_nothing_is_said_of_those_not_shown() -> None:
    text = printed(results(failed(clause("reader.a")), failed(clause("reader.b"))), details=0)
    assert "not shown in full" not in text


def test_where_several_failed_it_is_said_which_to_mend_first() -> None:
    hint = "\nseveral may be one fault: mend the first, and run again\n"
    assert hint in printed(results(failed(clause("reader.a")), failed(clause("reader.b"))))
    assert hint not in printed(results(failed(clause("reader.a"))))


def test_clauses_that_were_not_exercised_are_counted_by_reason_unless_all_details_are_shown() -> None:
    reasons = {"flow.a": "no socket", "flow.b": "no limit", "flow.c": "no socket"}
    unseen = [ClauseResult(clause(name), Verdict.NOT_EXERCISED, reason=why) for name, why in reasons.items()]
    found = results(passed("reader.a"), *unseen)
    heading = "\nNot exercised: nothing is known of these"
    assert f"{heading} (--details all: by name)\n2 clauses  no socket\nflow.b     no limit\n\n" in printed(found)
    assert f"{heading}\nflow.a  no socket\nflow.b  no limit\nflow.c  no socket\n\n" in printed(found, details=None)


def test_what_cannot_be_seen_is_escaped() -> None:
    text = printed(results(failed(clause("reader.a")), target="a\x1b[31mb\u202e"))
    assert text.startswith("streamgauge on a\\u001b[31mb\\u202e\n")
    assert "\x1b" not in text


def test_what_does_not_count_says_so_unless_everything_counts() -> None:
    found = results(failed(clause("reader.a", basis=Basis.DE_FACTO)))
    assert printed(found).count("does not count without --strict") == 2
    assert "does not count" not in printed(found, strict=True)


def test_no_program_is_printed_but_the_command_that_writes_it() -> None:
    text = printed(results(failed(clause("reader.a")), failed(clause("reader.b"))))
    assert "import asyncio" not in text
    assert text.count(" --script\n") == 2


def test_the_results_file_is_named_in_the_commands() -> None:
    stream = io.StringIO()
    report(results(hang(), target="asyncio"), Console(file=stream, width=100, color_system=None), file="run.jsonl")
    assert f"   streamgauge replay run.jsonl --clause {HANG} --on asyncio\n" in stream.getvalue()


def test_a_chapter_alone_needs_no_sum() -> None:
    assert "\nall " not in printed(results(passed("reader.a")))
    assert "\nall " in printed(results(passed("reader.a"), passed("flow.a")))


def test_a_shard_is_named() -> None:
    assert ", seed 7, shard 2 of 3: 1 scenario\n" in printed(results(passed("a.b"), seed=7, shard=(2, 3), scenarios=1))


def test_nothing_covered_is_nothing_shown() -> None:
    assert "Covered" not in printed(results(passed("reader.a"), bounds=()))


def test_explorations_with_one_bound_stand_together() -> None:
    covers = "every sequence of up to 3 of read(), feed"
    bounds = [Bound(f"reading {n}", f"limit {n}: {covers}", 10, "every sequence of up to 3 steps") for n in (1, 2)]
    text = printed(results(passed("reader.a"), bounds=tuple(bounds)))
    assert "\n20  every sequence of up to 3 steps, 2 times\n" in text


def test_what_was_not_judged_to_the_end_is_told() -> None:
    bounds = [Bound(f"reading {n}", "all", 1000, "every sequence of up to 3 steps", 600) for n in (1, 2)]
    text = printed(results(passed("reader.a"), bounds=tuple(bounds)))
    assert "\n2,000  every sequence of up to 3 steps, 2 times; 1,200 of them not judged to the end\n" in text


def test_an_exploration_that_was_interrupted_stands_alone() -> None:
    covers, extent = "limit 1: every sequence of up to 3 of read(), feed", "every sequence of up to 3 steps"
    whole, part = Bound("reading 1", covers, 10, extent), Bound("reading 2", covers, 4, extent, in_part=True)
    text = printed(results(passed("reader.a"), bounds=(whole, part)))
    assert "10  every sequence of up to 3 steps" in text
    assert " 4  reading 2: in part: limit 1: every sequence of up to 3" in text


def test_a_clause_without_a_reason_is_listed_all_the_same() -> None:
    unknown = ClauseResult(clause("reader.unknown"), Verdict.NOT_EXERCISED)
    assert "nothing is known of these\nreader.unknown\n" in printed(results(passed("reader.a"), unknown))


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_an_output_of_few_letters_is_no_reason_to_fail(encoding: str) -> None:
    text = printed(synthetic(), encoding=encoding)
    assert "!  reader.read.at-most" in text
    assert "?" not in text.partition("See it")[0]


def test_an_apostrophe_is_had_by_every_output() -> None:
    one = ClauseResult(clause("reader.a"), Verdict.INCONCLUSIVE, reason="the peer’s end")
    assert "the peer's end" in printed(results(one), encoding="ascii")
