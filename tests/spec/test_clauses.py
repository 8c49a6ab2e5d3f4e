"""The chapters, and the parser that refuses whatever is not exactly in their form."""

from collections.abc import Callable
from pathlib import Path

import pytest

from streamgauge.spec.clauses import (
    CHAPTERS,
    WORLDS,
    Basis,
    ChapterError,
    Clause,
    Level,
    by_id,
    index_table,
    load,
    load_from,
    parse,
)

README = Path(__file__).parents[2] / "spec" / "README.md"
BEGIN, END = "<!-- index: generated -->\n", "<!-- index: end -->\n"

CAPABILITIES = {
    *("read", "readline", "readexactly", "readuntil", "__anext__", "at_eof", "feed_data", "feed_eof"),
    *("exception", "set_exception", "set_transport", "limit", "separators"),
    *("write", "writelines", "write_eof", "can_write_eof", "close", "is_closing", "wait_closed", "drain"),
    *("get_extra_info", "transport", "StreamReaderProtocol", "open_connection", "start_server"),
    *("IncompleteReadError", "LimitOverrunError"),
}

CHAPTER = """\
# Reader

What is owed
to someone who reads.

## Taking

All there is to take.

### reader.read.soon · MUST · documented

With `n` above zero, `read(n)` ends
as soon as one byte is unread.

- Why: The peer waits
  for an answer.
- Source: Library reference, Streams.

### reader.read.old-way · MAY · open

It may.

- Why: Nobody knows.
- Source: Silence.
- Needs: read, set_exception
- Versions: since 3.9 until 3.12
- World: sockets
- Untestable: Nothing can violate it.
"""


def changed(old: str, new: str) -> str:
    """The sample chapter with one change, so that each refusal has one reason."""
    assert CHAPTER.count(old) == 1, old
    return CHAPTER.replace(old, new)


def test_a_chapter_becomes_one_record_for_each_clause() -> None:
    assert parse(CHAPTER, "reader.md") == (
        Clause(
            id="reader.read.soon",
            chapter="reader",
            section="Taking",
            level=Level.MUST,
            basis=Basis.DOCUMENTED,
            sentence="With `n` above zero, `read(n)` ends as soon as one byte is unread.",
            why="The peer waits for an answer.",
            source="Library reference, Streams.",
            needs=frozenset(),
            since=None,
            until=None,
            world="memory",
            untestable=None,
            file="reader.md",
            line=10,
        ),
        Clause(
            id="reader.read.old-way",
            chapter="reader",
            section="Taking",
            level=Level.MAY,
            basis=Basis.OPEN,
            sentence="It may.",
            why="Nobody knows.",
            source="Silence.",
            needs=frozenset({"read", "set_exception"}),
            since=(3, 9),
            until=(3, 12),
            world="sockets",
            untestable="Nothing can violate it.",
            file="reader.md",
            line=19,
        ),
    )


def test_line_ends_of_another_system_change_nothing() -> None:
    assert parse(CHAPTER.replace("\n", "\r\n"), "reader.md") == parse(CHAPTER, "reader.md")


REFUSED = {
    "an empty file": ("", 1, "opens with its title"),
    "a chapter without a title": (changed("# Reader\n\n", ""), 1, "opens with its title"),
    "a title of another depth": (changed("# Reader", "## Reader"), 1, "opens with its title"),
    "a title without a paragraph": (changed("What is owed\nto someone who reads.\n\n", ""), 1, "follows the title"),
    "a second title": (CHAPTER + "\n# Again\n\nText.\n", 30, "a section"),
    "a chapter that ends after its introduction": ("# Reader\n\nText.\n", 1, "at least one section"),
    "a clause before the first section": (
        changed("## Taking\n\nAll there is to take.\n\n", ""),
        6,
        "a section, `## …`, must come here, not `### reader.read.soon",
    ),
    "a section without clauses at the end": (CHAPTER + "\n## Rest\n\nText.\n", 30, "under `Rest`"),
    "a section without clauses before another": (
        changed("## Taking\n", "## Giving\n\n## Taking\n"),
        8,
        "under `Giving`",
    ),
    "a heading of depth four": (changed("### reader.read.soon", "#### reader.read.soon"), 10, "### …"),
    "a heading of depth four after a clause": (CHAPTER + "\n#### Note\n", 30, "must come here, not `#### Note`"),
    "a heading without a space": (changed("## Taking", "##Taking"), 6, "`#` signs, one space and a text"),
    "a heading with two spaces": (changed("## Taking", "##  Taking"), 6, "`#` signs, one space and a text"),
    "a heading without a text": (changed("## Taking", "##"), 6, "`#` signs, one space and a text"),
    "a heading that text follows at once": (changed("## Taking\n\n", "## Taking\n"), 7, "a heading is one line"),
    "a clause heading that its sentence follows at once": (
        changed("open\n\n", "open\n"),
        20,
        "a heading is one line",
    ),
    "a list in an introduction": (changed("All there is", "- All there is"), 8, "a paragraph is plain lines"),
    "an indented introduction": (changed("All there is", "    All there is"), 8, "a paragraph is plain lines"),
    "a heading with two parts": (changed(" · open", ""), 19, "### id · LEVEL · basis"),
    "a heading with four parts": (changed(" · open", " · open · 3.9"), 19, "### id · LEVEL · basis"),
    "an id with capitals": (changed("reader.read.soon", "reader.read.Soon"), 10, "`reader.read.Soon` is no id"),
    "an id with underscores": (changed("reader.read.soon", "reader.read_soon"), 10, "is no id"),
    "an id with an empty word": (changed("reader.read.soon", "reader..soon"), 10, "is no id"),
    "an id that ends in a hyphen": (changed("reader.read.soon", "reader.read.soon-"), 10, "is no id"),
    "an id of one word": (changed("reader.read.soon", "reader"), 10, "`reader` is no id"),
    "an id of another chapter": (
        changed("reader.read.soon", "writer.read.soon"),
        10,
        "does not begin with the name of its chapter, `reader`",
    ),
    "an id that stands there twice": (
        changed("reader.read.old-way", "reader.read.soon"),
        19,
        "reader.read.soon is taken already, at reader.md:10",
    ),
    "an unknown level": (changed("MUST", "SHALL"), 10, "`SHALL` is no level; these are: MUST, SHOULD, MAY"),
    "a level in lower case": (changed("MUST", "must"), 10, "`must` is no level"),
    "an unknown basis": (
        changed("documented", "observed"),
        10,
        "`observed` is no basis; these are: documented, de-facto, open",
    ),
    "a clause without a sentence": (changed("It may.\n\n", ""), 19, "reader.read.old-way has no sentence"),
    "a clause without anything": (CHAPTER + "\n### reader.last · MAY · open\n", 30, "reader.last has no sentence"),
    "a clause that another follows at once": (
        changed("### reader.read.old", "### reader.last · MAY · open\n\n### reader.read.old"),
        19,
        "reader.last has no sentence",
    ),
    "a sentence of two paragraphs": (
        changed("It may.\n", "It may.\n\nOr not.\n"),
        23,
        "must follow the one paragraph of its sentence",
    ),
    "a sentence that its fields follow at once": (
        changed("It may.\n\n", "It may.\n"),
        22,
        "a paragraph is plain lines",
    ),
    "a clause without fields": (
        CHAPTER + "\n### reader.last · MAY · open\n\nIt may.\n",
        30,
        "the fields of reader.last",
    ),
    "a clause without fields before another": (
        changed("### reader.read.old", "### reader.last · MAY · open\n\nIt may.\n\n### reader.read.old"),
        23,
        "the fields of reader.last",
    ),
    "stray text between two clauses": (
        changed("### reader.read.old", "By the way.\n\n### reader.read.old"),
        19,
        "stray text after reader.read.soon",
    ),
    "text at the end": (CHAPTER + "\nThat is all.\n", 30, "stray text after reader.read.old-way"),
    "a second list of fields": (changed("- World", "\n- World"), 28, "stray text after reader.read.old-way"),
    "text right behind the fields": (CHAPTER + "That is all.\n", 29, "a field is `- Name: text`"),
    "a line that is indented too far": (changed("  for an", "    for an"), 16, "a field is `- Name: text`"),
    "a field without a text": (changed("- Why: Nobody knows.", "- Why:"), 23, "a field is `- Name: text`"),
    "a field of another spelling": (changed("- Why: Nobody", "- why: Nobody"), 23, "`why` is no field"),
    "an unknown field": (changed("- World", "- Where"), 27, "`Where` is no field; these are: Why, Source, Needs"),
    "a field that stands there twice": (
        changed("- World: sockets", "- World: sockets\n- World: sockets"),
        28,
        "the field World stands here twice",
    ),
    "fields in another order": (
        changed("- Versions: since 3.9 until 3.12\n- World: sockets", "- World: sockets\n- Versions: since 3.9"),
        27,
        "the field Versions comes before World",
    ),
    "a clause without a why": (changed("- Why: Nobody knows.\n", ""), 23, "the field Why is missing"),
    "a clause without a source": (changed("- Source: Silence.\n", ""), 23, "the field Source is missing"),
    "a need that is no name": (changed("read, set", "read(n), set"), 25, "`read(n)`: Needs is a list"),
    "a need without a name": (changed("read, set", "read, , set"), 25, "Needs is a list"),
    "a need that stands there twice": (changed("read, set_exception", "read, read"), 25, "`read`: Needs is a list"),
    "a version of one number": (changed("since 3.9 until 3.12", "since 3"), 26, "Versions is `since X.Y`"),
    "a version of three numbers": (changed("since 3.9 until 3.12", "since 3.9.1"), 26, "Versions is"),
    "a version with a leading zero": (changed("since 3.9 until", "since 3.09 until"), 26, "Versions is"),
    "versions in other words": (changed("since 3.9 until 3.12", "3.9+"), 26, "Versions is"),
    "versions the wrong way round": (changed("since 3.9 until 3.12", "until 3.12 since 3.9"), 26, "Versions is"),
    "versions that run together": (changed("3.9 until", "3.9until"), 26, "Versions is"),
    "a range that is empty": (changed("since 3.9 until", "since 3.13 until"), 26, "that late and that early"),
    "an unknown world": (changed("sockets", "moon"), 27, "`moon` cannot stand here"),
    "the world that goes without saying": (changed("sockets", "memory"), 27, "`memory` cannot stand here"),
}


@pytest.mark.parametrize(("text", "line", "complaint"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_in_the_form_is_refused_by_file_and_line(text: str, line: int, complaint: str) -> None:
    with pytest.raises(ChapterError) as caught:
        parse(text, "reader.md")
    assert str(caught.value).startswith(f"reader.md:{line}: ")
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("versions", "since", "until"),
    [
        ("since 3.13", (3, 13), None),
        ("until 3.12", None, (3, 12)),
        ("since 3.10 until 3.10", (3, 10), (3, 10)),
        ("since 4.0", (4, 0), None),
    ],
)
def test_versions_bound_a_clause_on_either_side_or_on_both(
    versions: str, since: tuple[int, int] | None, until: tuple[int, int] | None
) -> None:
    clause = parse(changed("since 3.9 until 3.12", versions), "reader.md")[1]
    assert (clause.since, clause.until) == (since, until)


def test_a_clause_applies_from_its_first_to_its_last_version() -> None:
    free, bounded = parse(CHAPTER, "reader.md")
    versions = [(3, 8), (3, 9), (3, 12), (3, 13)]
    assert [bounded.applies_to(version) for version in versions] == [False, True, True, False]
    assert all(free.applies_to(version) for version in versions)


def test_chapters_are_read_in_their_fixed_order_and_other_files_are_left_alone(tmp_path: Path) -> None:
    for chapter in ("flow", "reader", "errors"):
        (tmp_path / f"{chapter}.md").write_text(CHAPTER.replace("### reader.", f"### {chapter}."), "utf-8")
    (tmp_path / "reader.py").write_text("", "utf-8")
    clauses = load_from(tmp_path)
    assert [(clause.chapter, clause.file) for clause in clauses[::2]] == [
        ("reader", "reader.md"),
        ("errors", "errors.md"),
        ("flow", "flow.md"),
    ]


def test_a_chapter_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(CHAPTER, "utf-8")
    with pytest.raises(ChapterError, match=r"\Anotes\.md:1: no such chapter; there are: reader, errors, "):
        load_from(tmp_path)


def test_a_chapter_that_is_not_utf_8_is_refused_at_the_line_of_the_first_wrong_byte(tmp_path: Path) -> None:
    (tmp_path / "reader.md").write_bytes(CHAPTER.encode("latin-1"))
    with pytest.raises(ChapterError, match=r"\Areader\.md:10: a chapter is UTF-8"):
        load_from(tmp_path)


def test_an_id_that_two_files_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The name of the file begins every id in it, so only a file that is read twice can bring this about.
    (tmp_path / "reader.md").write_text(CHAPTER, "utf-8")
    monkeypatch.setattr("streamgauge.spec.clauses.CHAPTERS", ("reader", "reader"))
    with pytest.raises(ChapterError, match=r"\Areader\.md:10: reader\.read\.soon is taken already, at reader\.md:10"):
        load_from(tmp_path)


def test_the_chapters_load_once_and_in_order() -> None:
    assert load() is load()
    places = [(CHAPTERS.index(clause.chapter), clause.line) for clause in load()]
    assert places == sorted(places)
    assert {"reader", "errors", "writer", "flow", "connection", "server"} <= {clause.chapter for clause in load()}


def test_every_id_leads_to_its_clause() -> None:
    assert tuple(by_id().values()) == load()
    assert all(by_id()[clause.id] is clause for clause in load())
    assert by_id() is by_id()


CARE: dict[str, Callable[[Clause], bool]] = {
    "its needs are capabilities": lambda clause: clause.needs <= CAPABILITIES,
    "its world is one of the worlds": lambda clause: clause.world in WORLDS,
    "its texts are sentences": lambda clause: all(
        text.endswith(".") and text[:1] in "`" + text[:1].upper()
        for text in (clause.sentence, clause.why, clause.source, clause.untestable or "X.")
    ),
    "its backticks come in pairs": lambda clause: clause.sentence.count("`") % 2 == 0,
    "its source is a page or an observation": lambda clause: clause.source.startswith(
        ("Library reference, ", "Observed: ")
    ),
    "what is documented names the page": lambda clause: (
        clause.basis is not Basis.DOCUMENTED or clause.source.startswith("Library reference, ")
    ),
    "what is de facto names who was observed": lambda clause: (
        clause.basis is not Basis.DE_FACTO or clause.source.startswith("Observed: ")
    ),
    "what is open says which stand is taken": lambda clause: (
        clause.basis is not Basis.OPEN or "the stand is" in clause.source
    ),
    "a freedom that can be violated has bounds": lambda clause: (
        clause.level is not Level.MAY
        or clause.untestable is not None
        or any(word in clause.sentence for word in ("nothing else", "not later", "waits as if alone", "but in every"))
    ),
    "a sentence refers to clauses that exist": lambda clause: all(
        part in by_id() for part in clause.sentence.split("`")[1::2] if part.startswith(f"{clause.chapter}.")
    ),
}


@pytest.mark.parametrize("holds", CARE.values(), ids=CARE)
def test_each_clause_is_written_with_care(holds: Callable[[Clause], bool]) -> None:
    assert [clause.id for clause in load() if not holds(clause)] == []


def test_no_two_clauses_say_the_same() -> None:
    sentences = [clause.sentence for clause in load()]
    assert len(set(sentences)) == len(sentences)


def test_the_index_counts_every_clause_once() -> None:
    head, rule, *lines = index_table().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert head == "| chapter | MUST | SHOULD | MAY | untestable | all |"
    assert rule == "|---|---:|---:|---:|---:|---:|"
    for row in rows:
        assert sum(map(int, row[1:4])) == int(row[5]), row
    assert sum(int(row[5]) for row in rows) == len(load())
    assert [line[3:-1] for line in lines if line.startswith("- `")] == [clause.id for clause in load()]


def test_the_index_in_the_readme_is_fresh() -> None:
    _, begin, rest = README.read_text("utf-8").partition(BEGIN)
    shown, end, _ = rest.partition(END)
    assert begin
    assert end
    assert shown == index_table(), "put what `index_table()` returns between the two markers of spec/README.md"
