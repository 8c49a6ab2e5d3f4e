"""A trace drawn as a time line: on the left what was done, then the lives of the calls, on the right what came of it.

Time runs downwards. What is done in one turn of the loop is held together by a bracket, because the order within a
turn is seen by nobody but the reader. A call owns a lane while it lives: its number where it starts, a bar while it
waits, another sign where it ends. `rows` is the drawing as data, `draw` makes plain text of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from textwrap import wrap
from typing import Literal

from streamgauge.conformance.explaining.values import literal
from streamgauge.conformance.explaining.wording import done, made, seen
from streamgauge.conformance.scenarios.script import Trace
from streamgauge.spec.alphabet import (
    UNSET,
    Argument,
    Call,
    Cancel,
    Event,
    Made,
    Observation,
    Quiet,
    Raised,
    Refused,
    Returned,
    Settle,
    Stimulus,
    Unset,
)
from streamgauge.spec.state import State

Bracket = Literal["", "first", "middle", "last"]
Life = Literal["", "starts", "waits", "cancelled", "returns", "raises"]


@dataclass(frozen=True, slots=True)
class Lane:
    """What happens in one lane on one row: to call `op`, if there is one."""

    life: Life = ""
    op: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the turn (on its first row), what was done, the lanes, what was observed, the model's state.

    `departs` marks the observation that no clause allows. `state` is None where nothing new is known.
    """

    turn: int | None = None
    bracket: Bracket = ""
    done: str = ""
    lanes: tuple[Lane, ...] = ()
    observed: str = ""
    departs: bool = False
    state: str | None = None


def rows(
    trace: Trace,
    at: int | None = None,
    *,
    remark: str = "",
    limit: Argument | Unset = UNSET,
    states: Sequence[State | None] = (),
) -> tuple[Row, ...]:
    """Return the rows of a trace, from the construction of the reader on.

    `at` is the index of the event that departs, `remark` what to say of it instead of its plain words; `limit` is
    that of the scenario. `states` are the model's after each event; it may be shorter than the trace.
    """
    drawing = _Drawing(made(limit))
    said = ""
    for index, event in enumerate(trace):
        departs = index == at
        drawing.add(event, remark if departs else "", departs=departs)
        state = states[index] if index < len(states) else None
        text = "" if state is None else held(state)
        if text and text != said:
            drawing.rows[-1] = replace(drawing.rows[-1], state=text)
            said = text
    return tuple(drawing.rows)


def held(state: State) -> str:
    """Return what the model holds, in a few words: unread bytes, the end, a stored exception, a paused transport."""
    inbox = state.canonical
    parts = [literal(inbox.unread, 16) if inbox.unread else "empty"]
    if inbox.ended:
        parts.append("ended")
    if inbox.stored is not None:
        parts.append(inbox.stored.source.error)
    if state.line.paused:
        parts.append("paused")
    if len(state.inboxes) > 1:
        parts.append(f"(1 of {len(state.inboxes)} ways)")
    if state.lenient:
        parts.append("anything goes")
    return ", ".join(parts)


@dataclass(slots=True)
class _Drawing:
    """The rows so far, the stimuli of the current turn among them, and who owns which lane."""

    construction: str
    rows: list[Row] = field(default_factory=list)
    turn: int = 0
    group: list[int] = field(default_factory=list)
    settling: bool = False
    owners: list[int] = field(default_factory=list)
    waiting: set[int] = field(default_factory=set)

    def add(self, event: Event, remark: str, *, departs: bool) -> None:
        match event:
            case Settle() if not departs:
                self._settle()
            case Made():
                self.rows.append(Row(done=self.construction))
                self._note(remark, departs=departs)
            case Refused() if not self.rows:
                self.rows.append(Row(done=self.construction, observed=remark or seen(event), departs=departs))
            case Returned(op=op) | Raised(op=op):
                self._end(event, op, remark, departs=departs)
            case Quiet():
                self._rest(remark, departs=departs)
            case _ if not isinstance(event, Stimulus):
                self._note(remark or seen(event), departs=departs)
            case _ if departs:
                # A step that had to be refused shows only by the next thing that happens.
                self._note(remark or "nothing was raised", departs=True)
            case _:
                self._do(event)

    def _do(self, step: Stimulus) -> None:
        if not self.group:
            self.turn += 1
        self.settling = False
        lanes = self._lanes()
        match step:
            case Call(op=op):
                lanes = self._start(op)
            case Cancel(op=op) if op in self.owners:
                lanes[self.owners.index(op)] = Lane("cancelled", op)
            case _:
                pass
        self.group.append(len(self.rows))
        turn = None if len(self.group) > 1 else self.turn
        self.rows.append(Row(turn, done=done(step), lanes=tuple(lanes)))

    def _start(self, op: int) -> list[Lane]:
        slot = self.owners.index(0) if 0 in self.owners else len(self.owners)
        lanes = self._lanes()
        if slot == len(self.owners):
            self.owners.append(op)
            lanes.append(Lane("starts", op))
        else:
            self.owners[slot] = op
            lanes[slot] = Lane("starts", op)
        return lanes

    def _lanes(self) -> list[Lane]:
        return [Lane("waits", op) if op else Lane() for op in self.owners]

    def _settle(self) -> None:
        """Put a bracket round what was done in the turn that ends here."""
        if len(self.group) > 1:
            first, last = self.group[0], self.group[-1]
            for index in range(first, last + 1):
                place: Bracket = "first" if index == first else "last" if index == last else "middle"
                self.rows[index] = replace(self.rows[index], bracket=place)
        self.group.clear()
        self.settling = True

    def _note(self, observed: str, *, departs: bool) -> None:
        """Say what was observed at once beside the step that it came of, or else on a row of its own."""
        if not observed and not departs:
            return
        if self.rows and not self.settling and not self.rows[-1].observed:
            self.rows[-1] = replace(self.rows[-1], observed=observed, departs=departs)
        else:
            self.rows.append(Row(lanes=tuple(self._lanes()), observed=observed, departs=departs))

    def _end(self, event: Observation, op: int, remark: str, *, departs: bool) -> None:
        lanes = self._lanes()
        if op in self.owners:
            slot = self.owners.index(op)
            lanes[slot] = Lane("returns" if isinstance(event, Returned) else "raises", op)
            self.owners[slot] = 0
        observed = f"call {op} {remark or seen(event)}"
        if isinstance(event, Returned) and not event.at_once and op not in self.waiting:
            observed += ", not at once"
        self.rows.append(Row(lanes=tuple(lanes), observed=observed, departs=departs))
        self.waiting.discard(op)

    def _rest(self, remark: str, *, departs: bool) -> None:
        pending = [op for op in self.owners if op]
        fresh = sorted(set(pending) - self.waiting)
        self.waiting.update(fresh)
        if departs:
            observed = remark or still_waiting(pending)
        elif fresh:
            observed = f"call {fresh[0]} waits" if len(fresh) == 1 else f"calls {', '.join(map(str, fresh))} wait"
        else:
            return
        self.rows.append(Row(lanes=tuple(self._lanes()), observed=observed, departs=departs))


def still_waiting(pending: Sequence[int]) -> str:
    """Return the sentence for a loop that is quiet while these calls have not ended."""
    if not pending:
        return "nothing is left to run"
    who = f"call {pending[0]} still waits" if len(pending) == 1 else f"calls {', '.join(map(str, pending))} still wait"
    return f"{who}, nothing is left to run"


# ------------------------------------------------------------------ plain text


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of a drawing: brackets, lives, and the two marks of a departure."""

    brackets: dict[Bracket, str]
    lives: dict[Life, str]
    departure: str
    arrow: str
    rule: str
    cut: str


UNICODE = Signs(
    {"": " ", "first": "┌", "middle": "│", "last": "└"},
    {"": " ", "starts": "", "waits": "│", "cancelled": "┿", "returns": "┴", "raises": "╳"},  # noqa: RUF001  # a cross is meant
    "✗",
    "→",
    "─",
    "…",
)
ASCII = Signs(
    {"": " ", "first": "/", "middle": "|", "last": "\\"},
    {"": " ", "starts": "", "waits": "|", "cancelled": "+", "returns": "'", "raises": "x"},
    "!",
    ">",
    "-",
    "...",
)


COLUMNS = ("", "turn", "done", "calls", "observed", "model")
DONE, OBSERVED, MODEL = 2, 4, 5
LEAST, MOST_DONE, MOST_MODEL = 24, 48, 30
GOES_ON = frozenset({"starts", "waits", "cancelled"})


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
    sizes[OBSERVED] = max(sizes[OBSERVED] - max(sum(size + 2 for size in sizes if size) - 2 - width, 0), LEAST)
    rule = [signs.rule * size if name else "" for size, name in zip(sizes, names, strict=True)]
    lines = [_padded(names, sizes), _padded(rule, sizes)]
    for row, cells in zip(drawn, table, strict=True):
        lines += _wrapped(row, cells, sizes, signs)
    return tuple(lines)


def _cells(row: Row, signs: Signs, *, departs: bool) -> list[str]:
    gutter = signs.departure if row.departs else ""
    turn = "" if row.turn is None else f"{row.turn:>4}"
    done = f"{signs.brackets[row.bracket]} {row.done}" if row.done or row.bracket else ""
    arrow = (f"{signs.arrow} " if row.departs else "  ") if departs and row.observed else ""
    return [gutter, turn, done, _lives(row.lanes, signs), f"{arrow}{row.observed}", row.state or ""]


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
    bracket = signs.brackets["middle" if row.bracket in ("first", "middle") else ""].rstrip()
    lines = []
    for number, (seen_part, model_part) in enumerate(zip_longest(observed, model, fillvalue="")):
        left = cells[:OBSERVED] if not number else ["", "", bracket, lanes]
        lines.append(_padded([*left, seen_part, model_part], sizes))
    return lines


def _padded(cells: Sequence[str], sizes: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{size}}" for cell, size in zip(cells, sizes, strict=True) if size).rstrip()
