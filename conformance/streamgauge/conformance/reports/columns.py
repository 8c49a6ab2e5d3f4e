"""Text in columns: lines without a trailing blank, of which only the last column goes on in further lines.

Done here and not by tables of rich, so that a report has the same bytes with every version of rich.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from rich.text import Text

GAP = "  "


def columns(
    rows: Sequence[Sequence[str]], *, width: int, styles: Sequence[str] = (), right: Sequence[int] = ()
) -> Iterator[Text]:
    """Yield the rows as lines of at most `width` characters; each has the same number of cells.

    `styles` are those of the columns, of rich (none for the rest); `right` are the numbers of the columns that are
    aligned to the right. A row whose cells before the last leave no room is not wrapped.
    """
    if not rows:
        return
    last = len(rows[0]) - 1
    sizes = [max(len(row[at]) for row in rows) for at in range(last)]
    left = sum(sizes) + len(GAP) * last
    kept = [*styles, *[""] * (last + 1 - len(styles))]
    for row in rows:
        pieces = wrap(row[last], max(width - left, 16)) or [""]
        if last in right:
            pieces = [pieces[0].rjust(max(len(one[last]) for one in rows))]
        for number, piece in enumerate(pieces):
            line = Text()
            for at in range(last):
                cell = "" if number else row[at]
                line.append(cell.rjust(sizes[at]) if at in right else cell.ljust(sizes[at]), kept[at])
                line.append(GAP)
            line.append(piece, kept[last])
            line.rstrip()
            yield line


def paragraph(text: str, *, width: int, indent: int = 0, style: str = "") -> Iterator[Text]:
    """Yield the text as lines of at most `width` characters."""
    yield from (Text(" " * indent + line, style) for line in wrap(text, width - indent))


def indented(lines: Iterator[Text], indent: int) -> Iterator[Text]:
    """Yield the lines further to the right."""
    yield from (Text(" " * indent) + line for line in lines)
