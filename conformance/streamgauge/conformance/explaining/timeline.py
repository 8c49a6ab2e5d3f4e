"""A trace drawn as a time line: on the left what was done, then the lives of the calls, on the right what came of it.

Time runs downwards. What is done in one turn of the loop is held together by a bracket, because the order within a
turn is seen by nobody but the reader. A call owns a lane while it lives: its number where it starts, a bar while it
waits, another sign where it ends. So does a wire, the connection of an end to its peer, with signs for what is handed
to it and for what comes from it. `rows` is the drawing as data, `drawing` makes plain text of it.

Who did it is told apart as well: a step of the scenario, or the network of its own accord. That does things while the
loop runs, while a connection is made, in the midst of a plain call that hands it bytes, and when its peer takes some.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from streamgauge.conformance.explaining.known import held
from streamgauge.conformance.explaining.words import SILENT, done, made, seen, value
from streamgauge.conformance.scenarios.script import Trace, connects
from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import NETWORK, UNSET, Argument, Event, Stimulus, Unset, parted
from streamgauge.spec.state import State

PAIR = ("reader", "writer")
Bracket = Literal["", "first", "middle", "last"]
Life = Literal["", "starts", "waits", "cancelled", "returns", "raises"]
Wire = Literal["", "opens", "stands", "held", "out", "in", "lost", "broken"]


# What an event makes pass on a wire, or makes of it.
PASSES: dict[type, Wire] = {
    **dict.fromkeys((ev.Feed, ev.End), "in"),
    **dict.fromkeys((ev.Wrote, ev.Halved, ev.Closed, ev.Aborted, ev.Paused, ev.Resumed), "out"),
    ev.Hold: "held",
    ev.Release: "stands",
    ev.Lose: "lost",
    ev.Accept: "opens",
}


@dataclass(frozen=True, slots=True)
class Lane:
    """What happens in one lane on one row: to call `op`, if there is one."""

    life: Life = ""
    op: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the turn (on its first row), what was done, the lanes, what was observed, the model's state.

    Of a connection, `wires` are those of its ends, and `end` names the one concerned if there are two; the network did
    `of_itself` what no step asked for. `departs` marks the observation that no clause allows. `state` is None where
    nothing new is known.
    """

    turn: int | None = None
    bracket: Bracket = ""
    done: str = ""
    lanes: tuple[Lane, ...] = ()
    observed: str = ""
    departs: bool = False
    state: str | None = None
    end: str = ""
    wires: tuple[Wire, ...] = ()
    of_itself: bool = False


def rows(
    trace: Trace,
    at: int | None = None,
    *,
    remark: str = "",
    limit: Argument | Unset = UNSET,
    states: Sequence[State | None] = (),
) -> tuple[Row, ...]:
    """Return the rows of a trace, from the construction of the reader, or of the connection, on.

    `at` is the index of the event that departs, `remark` what to say of it instead of its plain words; `limit` is
    that of the scenario. `states` are the model's after each event; it may be shorter than the trace. Where there are
    two ends, each is that of the end which the event concerns.
    """
    own = of_itself(trace)
    drawing = _Drawing(limit, connected=connects(trace), names=names_of_ends(trace))
    said: dict[int, str] = {}
    for index, event in enumerate(trace):
        departs = index == at
        end, plain = parted(event)
        drawing.end = end = end or 1
        drawing.add(plain, remark if departs else "", departs=departs, of_itself=index in own)
        state = states[index] if index < len(states) else None
        text = "" if state is None else held(state)
        if text and text != said.get(end) and drawing.rows:
            drawing.rows[-1] = replace(drawing.rows[-1], state=text)
            said[end] = text
    return tuple(drawing.rows)


@dataclass(slots=True)
class _Drawing:
    """The rows so far, the stimuli of the current turn among them, who owns which lane, and how the wires are."""

    limit: Argument | Unset
    connected: bool
    names: tuple[str, ...] = ()
    end: int = 1
    rows: list[Row] = field(default_factory=list)
    turn: int = 0
    group: list[int] = field(default_factory=list)
    settling: bool = False
    owners: list[int] = field(default_factory=list)
    waiting: set[int] = field(default_factory=set)
    wires: dict[int, Wire] = field(default_factory=dict)

    def add(self, event: Event, remark: str, *, departs: bool, of_itself: bool) -> None:
        """Add a step, what was observed, or what the network does of its own accord (`of_itself`)."""
        match event:
            case ev.Settle() if not departs:
                self._settle()
            case ev.Made() | ev.Refused() if not self.rows:
                observed = seen(event) if isinstance(event, ev.Refused) else ""
                self._add(Row(done=made(self.limit), observed=remark or observed, departs=departs))
            case ev.Made():
                self._note(remark, departs=departs)
            case ev.Returned(op=op) | ev.Raised(op=op):
                self._end(event, op, remark, departs=departs)
            case ev.Quiet():
                self._rest(remark, departs=departs)
            case ev.Answered(question=question, value=None) if not departs and question in SILENT:
                self.settling = True  # what comes next did not come of this call
            case _ if not isinstance(event, Stimulus):
                self._note(remark or seen(event), departs=departs, sign=_passes(event))
            case _ if departs:
                # A step that had to be refused shows only by the next thing that happens.
                self._note(remark or "nothing was raised", departs=True)
            case _ if of_itself:
                text = done(event, connected=True)
                self._add(Row(done=text, lanes=tuple(self._lanes()), of_itself=True), _passes(event))
                self.settling = False
            case ev.Open() | ev.Serve():
                self._open(event)
            case _:
                self._do(event)

    def _add(self, row: Row, sign: Wire = "") -> None:
        """Add a row, on which the wire of the end concerned shows what passes."""
        wires = tuple(self.wires.get(end, "") for end in range(1, (len(self.names) or 1) + 1))
        name = self.names[self.end - 1] if self.names and (row.done or row.observed) else ""
        self.rows.append(replace(row, wires=wires if self.connected else (), end=name))
        self._sign(sign)

    def _sign(self, sign: Wire) -> None:
        """Show on the last row what passes, and remember how the wire is from now on."""
        if not sign or not self.connected:
            return
        wires = [*self.rows[-1].wires]
        wires[self.end - 1] = "in" if sign in ("held", "stands") else sign
        self.rows[-1] = replace(self.rows[-1], wires=tuple(wires))
        after: dict[Wire, Wire] = {"opens": "stands", "held": "held", "stands": "stands", "lost": "", "broken": ""}
        self.wires[self.end] = after.get(sign, self.wires.get(self.end, ""))

    def _open(self, step: ev.Open | ev.Serve) -> None:
        """Add what comes before the first turn."""
        limit = "" if isinstance(self.limit, Unset) else f", limit {value(self.limit)}"
        self._add(Row(done=f"{done(step)}{limit}"), "opens" if isinstance(step, ev.Open) else "")
        self.group.clear()
        self.settling = False

    def _do(self, step: Stimulus) -> None:
        if not self.group:
            self.turn += 1
        self.settling = False
        lanes = self._lanes()
        match step:
            case ev.Call(op=op) | ev.Dial(op=op):
                lanes = self._start(op)
            case ev.Cancel(op=op) if op in self.owners:
                lanes[self.owners.index(op)] = Lane("cancelled", op)
            case _:
                pass
        self.group.append(len(self.rows))
        turn = None if len(self.group) > 1 else self.turn
        self._add(Row(turn, done=done(step, connected=self.connected), lanes=tuple(lanes)), _passes(step))

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

    def _note(self, observed: str, *, departs: bool, sign: Wire = "") -> None:
        """Say what was observed at once beside the step that it came of, or else on a row of its own."""
        if not observed and not departs:
            return
        if self.rows and not self.settling and not self.rows[-1].observed and self._concerns_last():
            self.rows[-1] = replace(self.rows[-1], observed=observed, departs=departs)
            # What the transport was asked when something came from it goes without a sign of its own.
            self._sign("" if "in" in self.rows[-1].wires else sign)
        else:
            self._add(Row(lanes=tuple(self._lanes()), observed=observed, departs=departs), sign)

    def _concerns_last(self) -> bool:
        return not self.names or self.rows[-1].end == self.names[self.end - 1]

    def _end(self, event: ev.Observation, op: int, remark: str, *, departs: bool) -> None:
        lanes = self._lanes()
        if op in self.owners:
            slot = self.owners.index(op)
            lanes[slot] = Lane("returns" if isinstance(event, ev.Returned) else "raises", op)
            self.owners[slot] = 0
        observed = f"call {op} {remark or seen(event)}"
        if isinstance(event, ev.Returned) and not (event.at_once or op in self.waiting or event.value == PAIR):
            observed += ", not at once"
        self._add(Row(lanes=tuple(lanes), observed=observed, departs=departs), self._dialled(event))
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
        self._add(Row(lanes=tuple(self._lanes()), observed=observed, departs=departs))
        self.rows[-1] = replace(self.rows[-1], end="")

    def _dialled(self, event: ev.Observation) -> Wire:
        """Return the sign of a wire that is new if the call returned a connection."""
        new = self.connected and isinstance(event, ev.Returned) and event.value == PAIR
        return "opens" if new else ""


def _passes(event: Event) -> Wire:
    """Return the sign of what an event makes pass on a wire, or makes of it."""
    return "broken" if isinstance(event, ev.Lose) and event.error is not None else PASSES.get(type(event), "")


def still_waiting(pending: Sequence[int]) -> str:
    """Return the sentence for a loop that is quiet while these calls have not ended."""
    if not pending:
        return "nothing is left to run"
    who = f"call {pending[0]} still waits" if len(pending) == 1 else f"calls {', '.join(map(str, pending))} still wait"
    return f"{who}, nothing is left to run"


# ------------------------------------------------------------ who did what


def names_of_ends(trace: Trace) -> tuple[str, ...]:
    """Return what two ends are called: those of one connection, or two connections of a server."""
    if not any(isinstance(one, ev.On) for one in trace):
        return ()
    if any(isinstance(one, ev.Open) for one in trace):
        return ("client", "server")
    return ("second", "first") if isinstance(trace[0], ev.On) else ("first", "second")


def of_itself(trace: Trace) -> frozenset[int]:
    """Return the places of stimuli that no step asked for."""
    return frozenset(_own(trace)) if connects(trace) else frozenset()


def _own(trace: Trace) -> Iterator[int]:
    running = False
    under_way: tuple[int, Event] | None = None
    before = 0, False
    for place, (end, event) in enumerate(map(parted, trace)):
        busy = running or under_way is not None
        relieved = isinstance(event, ev.Release) and before == (end, True)
        if relieved or (busy and isinstance(event, NETWORK | ev.Accept)):
            yield place
        elif isinstance(event, ev.Open | ev.Serve | ev.Do):
            under_way = end, event
        elif under_way is not None and end == under_way[0] and _ends(event, under_way[1]):
            under_way = None
        running = isinstance(event, ev.Settle) or (running and not isinstance(event, ev.Quiet))
        before = end, isinstance(event, ev.Unclog)


def _ends(event: Event, doing: Event) -> bool:
    match doing:
        case ev.Open():
            return isinstance(event, ev.Made | ev.Refused)
        case ev.Serve():
            return isinstance(event, ev.Refused) or (isinstance(event, ev.Answered) and event.question == "server")
        case _:
            return isinstance(event, ev.Answered | ev.Refused)


def in_order(steps: tuple[Stimulus, ...], trace: Trace, at: int) -> Iterator[tuple[Event, bool]]:
    """Yield the steps up to the place `at` and what was seen of them, each with whether it is a step.

    A step that has no effect at once, as bytes for a paused transport, is not in the trace: it comes before the next
    one that is. Raises `ValueError` if the trace is that of other steps.
    """
    own = of_itself(trace)
    left = list(steps)
    for place, event in enumerate(trace[:at]):
        if place in own or not isinstance(parted(event)[1], ev.OneEnd):
            yield event, False
            continue
        while left and left[0] != event and isinstance(parted(left[0])[1], NETWORK) and event in left:
            yield left.pop(0), True
        if event not in left[:1]:
            raise ValueError("its trace does not follow the steps of its scenario")
        yield left.pop(0), True
        if isinstance(parted(event)[1], NETWORK) and connects(trace):
            yield event, False  # that it reached the protocol is seen as well


def steps_that_raise(steps: tuple[Stimulus, ...], trace: Trace) -> Iterator[int]:
    """Yield the numbers of the steps that raised at once; 0 is what was done before the first of them."""
    number = 0
    for event, is_step in in_order(steps, trace, len(trace)):
        number += is_step
        if isinstance(parted(event)[1], ev.Refused):
            yield number
