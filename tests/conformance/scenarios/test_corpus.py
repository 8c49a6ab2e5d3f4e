"""The corpus: what its loader refuses, and what its scenarios show on readers that are right, wrong and CPython's.

Its one idea: a scenario earns its place. It bears out its clause on what conforms, it fails on something faulty,
and nothing that conforms departs in it.
"""

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import faulty
import textbook
import textbook_layer
from streamgauge.conformance.adapters import Adapter, names, reference, stdlib
from streamgauge.conformance.judge import Cursor, Judge
from streamgauge.conformance.scenarios import corpus
from streamgauge.conformance.scenarios.codec import scenario_from_line, scenario_to_line
from streamgauge.conformance.scenarios.corpus import CorpusError
from streamgauge.conformance.scenarios.script import Scenario, needs
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import Settings, Version
from streamgauge.spec.clauses import by_id

FOLDER = Path(corpus.__file__).parent / "corpus"
OLD, BEFORE, SINCE, NEWEST = (3, 9), (3, 11), (3, 13), (3, 15)
LINE = '{"name": "reader.read.all/x", "clause": "reader.read.all", "note": "It reads.", "steps": [{"end": true}]}'
NOT_SHOWN = [
    # The model lets go when the last call joins the one that is still under way.
    "reader.cancel.frees/read-all",
    # The reference wakes nobody for too few bytes, and the textbook nobody beside another: both refuse the second call.
    "reader.overlap.lost-wakeup/behind-a-call-that-waits-on",
]
LATER = LINE.replace("read.all", "read.zero")


# What is read, and what is refused.


def a_corpus(folder: Path, *lines: str, file: str = "reader.jsonl") -> Path:
    (folder / file).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return folder


def a_line(**changes: object) -> str:
    form = {**json.loads(LINE), **changes}
    return json.dumps({key: value for key, value in form.items() if value is not None})


def test_files_come_in_their_order_and_a_missing_one_is_passed_over(tmp_path: Path) -> None:
    a_corpus(tmp_path, LINE.replace("/x", "/live"), file="live.jsonl")
    a_corpus(tmp_path, LINE, LATER)
    (tmp_path / "notes.txt").write_text("not a scenario")
    found = corpus.load_from(tmp_path)
    assert [one.name for one in found] == ["reader.read.all/x", "reader.read.zero/x", "reader.read.all/live"]
    assert found[0] == scenario_from_line(LINE)


def test_an_empty_folder_is_an_empty_corpus(tmp_path: Path) -> None:
    assert corpus.load_from(tmp_path) == ()


def test_a_file_of_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"^readers\.jsonl:1: no such file in a corpus; there are: reader\.jsonl, "):
        corpus.load_from(a_corpus(tmp_path, LINE, file="readers.jsonl"))


CALL = {"call": "read", "op": 1}
REFUSED = {
    "no JSON": ("{", "not JSON: "),
    "an empty line": ("", "not JSON: "),
    "an observation": (a_line(steps=[{"quiet": True}]), "step 1: an observation is no step"),
    "calls out of order": (a_line(steps=[{**CALL, "op": 2}]), "step 1: calls are numbered in order"),
    "other spaces": (LINE.replace(": ", ":"), 'not in the one form, which is: {"name": "reader.read.all/x", '),
    "keys in another order": (a_line(steps=[{"op": 1, "call": "read"}]), "not in the one form"),
    "a default spelled out": (a_line(steps=[{"feed": "a", "times": 1}]), "not in the one form"),
    "no clause": (a_line(clause=None), "names the clause that it was written for"),
    "no note": (a_line(note=None), "says in a note what it shows"),
    "an unknown clause": (
        a_line(clause="reader.read.al", name="reader.read.al/x"),
        "there is no clause reader.read.al; did you mean reader.read.all?",
    ),
    "a clause like no other": (a_line(clause="zzz", name="zzz/x"), "there is no clause zzz"),
    "the name of another clause": (a_line(name="reader.read.zero/x"), "the name must be reader.read.all/ and a few"),
    "a name without words": (a_line(name="reader.read.all"), "the name must be reader.read.all/ and a few words"),
    "a name with spaces": (a_line(name="reader.read.all/a b"), "the name must be reader.read.all/ and a few words"),
    "an unknown method": (
        a_line(steps=[{**CALL, "call": "readinto"}]),
        "step 1: there is no method 'readinto'; there are: read, readexactly, readuntil, readline, __anext__",
    ),
    "too many arguments": (a_line(steps=[{**CALL, "args": [1, 2]}]), "step 1: read does not take 2 arguments"),
    "too few arguments": (a_line(steps=[{"call": "readexactly", "op": 1}]), "step 1: readexactly does not take 0 "),
    "an unknown question": (a_line(steps=[{"end": True}, {"ask": "size"}]), "step 2: there is no question 'size'"),
    "an unknown exception": (a_line(steps=[{"break": "Oops"}]), "step 1: there is no built-in exception 'Oops'"),
    "no exception": (a_line(steps=[{"break": "len"}]), "step 1: there is no built-in exception 'len'"),
    "an exception that is none": (a_line(steps=[{"break": "KeyboardInterrupt"}]), "step 1: there is no built-in"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_irregular_line_is_refused_by_file_and_line(case: str, tmp_path: Path) -> None:
    line, complaint = REFUSED[case]
    other = LINE.replace("/x", "/before")
    with pytest.raises(CorpusError) as refusal:
        corpus.load_from(a_corpus(tmp_path, other, line))
    assert str(refusal.value).startswith("reader.jsonl:2: ")
    assert complaint in str(refusal.value)


def test_a_name_is_given_once(tmp_path: Path) -> None:
    a_corpus(tmp_path, LATER, LINE.replace("read.all", "read.negative"), file="live.jsonl")
    with pytest.raises(CorpusError, match=r"^live\.jsonl:2: reader\.read\.negative comes earlier in its chapter"):
        corpus.load_from(tmp_path)
    a_corpus(tmp_path, LINE, LATER)
    a_corpus(tmp_path, LINE, file="live.jsonl")
    with pytest.raises(
        CorpusError, match=r"^live\.jsonl:1: the name reader\.read\.all/x is taken, at reader\.jsonl:1$"
    ):
        corpus.load_from(tmp_path)


def test_the_corpus_is_loaded_once() -> None:
    assert corpus.load() is corpus.load()


# The corpus as it is.

ALL = corpus.load()
LIVE = frozenset(json.loads(line)["name"] for line in (FOLDER / "live.jsonl").read_text("utf-8").splitlines())


def test_every_file_is_there_and_is_what_loading_and_dumping_gives() -> None:
    text = "".join((FOLDER / file).read_text("utf-8") for file in corpus.FILES)
    assert text == "".join(f"{scenario_to_line(one)}\n" for one in ALL)


def test_a_chapter_has_a_file_of_its_own() -> None:
    for chapter in corpus.CHAPTERS:
        lines = (FOLDER / f"{chapter}.jsonl").read_text("utf-8").splitlines()
        clauses = {json.loads(line)["clause"] for line in lines}
        assert {by_id()[clause].chapter for clause in clauses} == {chapter}


def test_notes_are_sentences_and_names_and_scenarios_are_short() -> None:
    assert [
        one.name for one in ALL if not (one.note[0].isalpha() and one.note.endswith(".") and len(one.note) < 160)
    ] == []
    assert len({one.note for one in ALL}) == len(ALL)
    assert [one.name for one in ALL if len(one.name.partition("/")[2]) > 40] == []
    long = {"reader.feed.order/many-chunks", "connection.data.feeds/many-chunks"}
    assert [one.name for one in ALL if not 1 <= len(one.steps) <= 24 and one.name not in long] == []


# What it shows.


@cache
def judge() -> Judge:
    return Judge()


def played(adapter: Adapter, python: Version) -> Iterator[tuple[Scenario, Cursor]]:
    driver = InProcess(adapter)
    for scenario in ALL:
        if needs(scenario.steps) <= adapter.capabilities:
            yield scenario, judge().judge(Settings(scenario.limit, python), driver.play(scenario))


def shows(judgement: Cursor, clause: str) -> bool:
    return clause in judge().named(judgement.evidence)


def departures(adapter: Adapter, python: Version) -> dict[str, list[str]]:
    """The clauses that were broken, by the name of the scenario."""
    return {
        scenario.name: [one.violation.clause for one in judgement.departures]
        for scenario, judgement in played(adapter, python)
        if judgement.departures
    }


def test_every_testable_clause_has_a_scenario() -> None:
    played = [one for one in by_id().values() if one.untestable is None and one.world in ("memory", "network")]
    assert {one.id for one in played} == {one.clause for one in ALL}


def test_every_scenario_bears_out_its_clause_on_the_reference_or_the_textbook() -> None:
    shown = {
        scenario.name
        for python in (OLD, BEFORE, SINCE, NEWEST)
        for adapter in (reference.adapter(), names.Names(textbook_layer.TextbookLayer, "textbook"))
        for scenario, judgement in played(adapter, python)
        if by_id()[scenario.clause or ""].applies_to(python) and shows(judgement, scenario.clause or "")
    }
    assert sorted(one.name for one in ALL if one.name not in shown) == NOT_SHOWN


@pytest.mark.parametrize("python", [(3, 8), OLD, BEFORE, (3, 12), SINCE, NEWEST])
def test_nothing_departs_on_what_conforms(python: Version) -> None:
    assert departures(reference.adapter(), python) == {}
    assert departures(names.Names(textbook.TextbookReader, "textbook"), python) == {}
    assert departures(names.Names(textbook_layer.TextbookLayer, "textbook"), python) == {}


@pytest.mark.skipif(sys.version_info >= (3, 16), reason="whether later versions still have these faults is not known")
@pytest.mark.skipif(sys.implementation.name != "cpython", reason="these are the faults of CPython")
def test_cpython_departs_in_the_live_scenarios_and_in_no_other() -> None:
    found = departures(stdlib.adapter(), (sys.version_info.major, sys.version_info.minor))
    assert found == {name: [name.partition("/")[0]] for name in LIVE}


def test_every_scenario_can_go_wrong() -> None:
    """On some faulty implementation; those that are wrong in the scenario's own clause are tried first."""
    by_clause = sorted(faulty.FAULTY, key=lambda fault: fault.blamed)

    def goes_wrong(scenario: Scenario) -> bool:
        own_first = sorted(by_clause, key=lambda fault: fault.blamed != scenario.clause)
        return any(departs_on(fault, scenario) for fault in own_first)

    assert [one.name for one in ALL if not goes_wrong(one)] == []


def departs_on(fault: faulty.Fault, scenario: Scenario) -> bool:
    adapter, driver = driven(fault)
    settings = Settings(scenario.limit, fault.needs_python or SINCE)
    playable = needs(scenario.steps) <= adapter.capabilities
    return playable and bool(judge().judge(settings, driver.play(scenario)).departures)


@cache
def driven(fault: faulty.Fault) -> tuple[Adapter, InProcess]:
    adapter = names.Names(fault.reader, "faulty")
    return adapter, InProcess(adapter)
