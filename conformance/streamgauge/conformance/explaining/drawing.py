"""The rows of a time line as plain text: columns that line up, in signs of boxes or in ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap

from streamgauge.conformance.explaining.timeline import Bracket, Lane, Life, Row, Wire


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of a drawing: brackets, the lives of calls, wires, and the two marks of a departure."""

    brackets: dict[Bracket, str]
    lives: dict[Life, str]
    wires: dict[Wire, str]
    departure: str
    arrow: str
    rule: str
    cut: str


UNICODE = Signs(
    {"": " ", "first": "┌", "middle": "│", "last": "└"},
    {"": " ", "starts": "", "waits": "│", "cancelled": "┿", "returns": "┴", "raises": "╳"},  # noqa: RUF001  # a cross is meant
    {"": " ", "opens": "┬", "stands": "│", "held": "┆", "out": "»", "in": "«", "lost": "┴", "broken": "╳"},  # noqa: RUF001  # as above
    "✗",
    "→",
    "─",
    "…",
)
ASCII = Signs(
    {"": " ", "first": "/", "middle": "|", "last": "\\"},
    {"": " ", "starts": "", "waits": "|", "cancelled": "+", "returns": "'", "raises": "x"},
    {"": " ", "opens": ".", "stands": "|", "held": ":", "out": ">", "in": "<", "lost": "'", "broken": "x"},
    "!",
    ">",
    "-",
    "...",
)


COLUMNS = ("", "turn", "end", "done", "calls", "wire", "observed", "model")
END, DONE, OBSERVED, MODEL = 2, 3, 6, 7
LEAST, LEAST_DONE, LEAST_MODEL, MOST_DONE, MOST_MODEL = 24, 32, 20, 48, 30
GOES_ON = frozenset({"starts", "waits", "cancelled"})
AFTER: dict[Wire, Wire] = {"opens": "stands", "out": "stands", "in": "stands", "lost": "", "broken": ""}


def draw(drawn: Sequence[Row], *, unicode: bool = True, width: int = 100) -> tuple[str, ...]:
    """Return the rows as lines of at most `width` characters, if that is 80 or more.

    A long observation goes on in the next line; what was done is cut, and the cut is shown.
    """
    signs = UNICODE if unicode else ASCII
    departs = any(row.departs for row in drawn)
    table = [_cells(row, signs, departs=departs) for row in drawn]
    names = tuple(name if any(cells[at] for cells in table) else "" for at, name in enumerate(COLUMNS))
    sizes = [max(len(cells[at]) for cells in (names, *table)) for at in range(len(COLUMNS))]
    sizes[DONE], sizes[MODEL] = min(sizes[DONE], MOST_DONE), min(sizes[MODEL], MOST_MODEL)
    sizes[OBSERVED] = max(sizes[OBSERVED], LEAST)
    excess = sum(size + 2 for size in sizes if size) - 2 - width
    for at, least in ((OBSERVED, LEAST), (MODEL, LEAST_MODEL), (DONE, LEAST_DONE)):
        slack = max(sizes[at] - least, 0)
        sizes[at] -= min(max(excess, 0), slack)
        excess -= slack
    rule = [signs.rule * size if name else "" for size, name in zip(sizes, names, strict=True)]
    lines = [_padded(names, sizes), _padded(rule, sizes)]
    for row, cells in zip(drawn, table, strict=True):
        lines += _wrapped(row, cells, sizes, signs)
    return tuple(lines)


def _cells(row: Row, signs: Signs, *, departs: bool) -> list[str]:
    gutter = signs.departure if row.departs else ""
    turn = "" if row.turn is None else f"{row.turn:>4}"
    does = f"{signs.cut} {row.done}" if row.of_itself else row.done
    done = f"{signs.brackets[row.bracket]} {does}" if row.done or row.bracket else ""
    wires = "".join(f"{signs.wires[one]:<3}" for one in row.wires).rstrip()
    arrow = (f"{signs.arrow} " if row.departs else "  ") if departs and row.observed else ""
    whose = row.end if row.done or row.observed else ""
    return [gutter, turn, whose, done, _lives(row.lanes, signs), wires, f"{arrow}{row.observed}", row.state or ""]


def _lives(lanes: Sequence[Lane], signs: Signs) -> str:
    return "".join(f"{one.op if one.life == 'starts' else signs.lives[one.life]:<3}" for one in lanes).rstrip()


def _wrapped(row: Row, cells: list[str], sizes: Sequence[int], signs: Signs) -> list[str]:
    """Return the lines of one row; the lanes of calls that go on are drawn through all of them."""
    if len(cells[DONE]) > sizes[DONE]:
        cells[DONE] = cells[DONE][: sizes[DONE] - len(signs.cut)] + signs.cut
    indent = " " * (len(cells[OBSERVED]) - len(cells[OBSERVED].lstrip()) or 2)
    observed = wrap(cells[OBSERVED], sizes[OBSERVED], subsequent_indent=indent) or [""]
    model = wrap(cells[MODEL], sizes[MODEL] or 1) or [""]
    lanes = _lives([Lane("waits", one.op) if one.life in GOES_ON else Lane() for one in row.lanes], signs)
    wires = "".join(f"{signs.wires[AFTER.get(one, one)]:<3}" for one in row.wires).rstrip()
    bracket = signs.brackets["middle" if row.bracket in ("first", "middle") else ""].rstrip()
    lines = []
    for number, (seen_part, model_part) in enumerate(zip_longest(observed, model, fillvalue="")):
        left = cells[:OBSERVED] if not number else ["", "", "", bracket, lanes, wires]
        lines.append(_padded([*left, seen_part, model_part], sizes))
    return lines


def _padded(cells: Sequence[str], sizes: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{size}}" for cell, size in zip(cells, sizes, strict=True) if size).rstrip()
