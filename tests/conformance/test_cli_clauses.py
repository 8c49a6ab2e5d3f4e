"""`streamgauge clauses`: the table, one clause whole, and JSON."""

import json

import pytest

from commandline import streamgauge
from streamgauge.conformance.scenarios import corpus
from streamgauge.spec.clauses import by_id, load


def test_all_clauses_stand_in_the_table_in_the_order_of_the_chapters() -> None:
    ran = streamgauge("clauses")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["id", "level", "basis", "versions", "status"]
    assert [line.split()[0] for line in lines[1 : len(load()) + 1]] == [clause.id for clause in load()]
    assert (ran.status, ran.err) == (0, "")


def test_the_columns_are_aligned() -> None:
    head, *lines = streamgauge("clauses").out.split("\n\n")[0].splitlines()
    assert {line[head.index("level") - 2 : head.index("level")] for line in lines} == {"  "}
    assert {line[head.index("level") :].split()[0] for line in lines} == {"MUST", "SHOULD", "MAY"}


def test_a_line_tells_level_basis_versions_and_status() -> None:
    lines = streamgauge("clauses").out.splitlines()
    for clause in load():
        line = next(line for line in lines if line.split()[:1] == [clause.id])
        assert line.split()[1:3] == [clause.level, clause.basis]
        assert ("since 3.13" in line) == (clause.since == (3, 13))
        assert line.endswith(" all") is False
        assert line.endswith("untestable") is (clause.untestable is not None)
        assert line.endswith(f"world: {clause.world}") is (clause.untestable is None and clause.world != "memory")


def test_the_last_line_counts() -> None:
    assert streamgauge("clauses").out.splitlines()[-1].startswith(f"{len(load())} clauses: ")
    one = streamgauge("clauses", "reader.limit.positive", "reader.limit.type", "errors.home").out
    assert "clauses:" not in one


@pytest.mark.parametrize("name", ["flow", "reader.readuntil"])
def test_a_chapter_or_another_beginning_of_ids_chooses(name: str) -> None:
    lines = streamgauge("clauses", name).out.split("\n\n")[0].splitlines()[1:]
    assert [line.split()[0] for line in lines] == [one for one in by_id() if one.startswith(f"{name}.")]


def test_several_names_choose_all_they_name_once() -> None:
    lines = streamgauge("clauses", "flow", "flow.pause", "errors").out.split("\n\n")[0].splitlines()[1:]
    assert [line.split()[0].partition(".")[0] for line in lines] == ["errors"] * 7 + ["flow"] * 31


def test_one_clause_is_shown_whole_with_its_scenarios() -> None:
    clause = by_id()["reader.readuntil.limit"]
    out = streamgauge("clauses", clause.id).out
    assert out.startswith(f"{clause.id} · {clause.level} · {clause.basis}\n\n")
    text = " ".join(out.split())
    for part in (clause.sentence, f"why {clause.why}", f"source {clause.source}", "needs readuntil", "versions all"):
        assert part in text
    assert f"written {clause.file}:{clause.line}, under 'readuntil(separator)'" in text
    own = [scenario for scenario in corpus.load() if scenario.clause == clause.id]
    assert f"scenarios {len(own)} in the corpus" in text
    for scenario in own:
        assert f"{scenario.name} {scenario.note}" in text
    assert max(map(len, out.splitlines())) <= 100


def test_a_clause_that_cannot_be_tested_says_why() -> None:
    clause = next(one for one in load() if one.untestable is not None)
    text = " ".join(streamgauge("clauses", clause.id).out.split())
    assert f"status untestable: {clause.untestable}" in text
    assert "scenarios none in the corpus" in text


def test_several_ids_are_all_shown_whole() -> None:
    out = streamgauge("clauses", "errors.home", "reader.limit.type").out
    assert [line for line in out.splitlines() if " · " in line] == [
        "reader.limit.type · MAY · de-facto",
        next(f"{one.id} · {one.level} · {one.basis}" for one in load() if one.id == "errors.home"),
    ]


def test_json_holds_everything() -> None:
    records = json.loads(streamgauge("clauses", "--json").out)
    assert [record["id"] for record in records] == list(by_id())
    record = next(one for one in records if one["id"] == "reader.separators.tuple")
    clause = by_id()["reader.separators.tuple"]
    assert record["sentence"] == clause.sentence
    assert record["needs"] == sorted(clause.needs)
    assert (record["since"], record["until"]) == ("3.13", None)
    assert record["scenarios"] == [one.name for one in corpus.load() if one.clause == clause.id]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("flw", "no clause or chapter is called 'flw': did you mean flow?"),
        (
            "reader.readuntl.limit",
            "no clause or chapter is called 'reader.readuntl.limit': did you mean reader.readuntil.l",
        ),
        ("zzz", "no clause or chapter is called 'zzz'; `streamgauge clauses` lists them"),
        ("reader.readunti", "no clause or chapter is called 'reader.readunti': did you mean reader.readuntil"),
        ("", "no clause or chapter is called ''; `streamgauge clauses` lists them"),
    ],
)
def test_an_unknown_name_is_wrong_use(wrong: str, said: str) -> None:
    ran = streamgauge("clauses", "flow", wrong)
    assert ran.sentence.startswith(said)
    assert (ran.status, ran.out) == (3, "")
