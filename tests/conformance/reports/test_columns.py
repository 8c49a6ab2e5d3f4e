"""Text in columns."""

from rich.text import Text

from streamgauge.conformance.reports.columns import columns, indented, paragraph


def plain(lines: list[Text]) -> list[str]:
    return [line.plain for line in lines]


def test_columns_line_up_and_end_without_blanks() -> None:
    rows = [("a", "1", "x"), ("bbb", "22", "")]
    assert plain(list(columns(rows, width=20, right=(1,)))) == ["a     1  x", "bbb  22"]


def test_the_last_column_goes_on_below_itself() -> None:
    rows = [("name", "one two three four five six")]
    assert plain(list(columns(rows, width=24))) == ["name  one two three four", "      five six"]


def test_a_row_that_leaves_no_room_is_wrapped_at_a_width_that_can_be_read() -> None:
    rows = [("a long first cell", "one two three four")]
    assert plain(list(columns(rows, width=20)))[0] == "a long first cell  one two three"


def test_a_last_column_of_numbers_is_aligned_to_the_right() -> None:
    rows = [("a", "clauses"), ("b", "12")]
    assert plain(list(columns(rows, width=40, right=(1,)))) == ["a  clauses", "b       12"]


def test_a_style_is_that_of_its_column() -> None:
    (line,) = columns([("a", "b")], width=20, styles=("bold",))
    assert [(span.start, span.end, span.style) for span in line.spans] == [(0, 1, "bold")]


def test_no_rows_are_no_lines() -> None:
    assert list(columns([], width=20)) == []


def test_a_paragraph_fits_with_its_indent() -> None:
    assert plain(list(paragraph("one two three", width=10, indent=2))) == ["  one two", "  three"]


def test_lines_can_be_moved_to_the_right() -> None:
    assert plain(list(indented(iter([Text("a")]), 3))) == ["   a"]
