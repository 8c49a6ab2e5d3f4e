"""The judge folds the model over a trace. A verdict is a function of the trace, and of nothing else.

There is one fold, for one end or two, and it is a cursor: whoever has a whole trace gives it all at once, whoever
listens gives it event by event.

Most scenarios share most of what happens in them, so the judge never asks the model twice about the same event
in the same state: the model is compiled, as it is used, into an automaton whose nodes are its states, one for each
end. An edge carries what the model said; the clauses borne out are one bit each, and behind these those that were put
to the test. To hash an event takes longer than all the rest: there is one object of each event that the judge keeps,
and edges are found by its identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from streamgauge.spec.alphabet import Event, Quiet, Settings, parted
from streamgauge.spec.blame import blame, tested
from streamgauge.spec.clauses import load
from streamgauge.spec.features import Moment
from streamgauge.spec.model import Accepted, State, Violation, start, step
from streamgauge.spec.records import Kept

MOST_NODES = 40_000


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a trace leaves what is legal, and what the model said of it.

    `at` is the index of the event, `end` the end of the connection (1 or 2), `turn` the one in which it happens,
    counted from 1: each ends with a quiet loop.
    """

    at: int
    end: int
    turn: int
    violation: Violation


class _Node:
    """States, and the edges from there, by the identity of the event that is kept; whether an end is let go of."""

    __slots__ = ("edges", "let_go", "states")

    def __init__(self, states: tuple[State, ...]) -> None:
        self.states = states
        self.let_go = states[0].lenient or states[-1].lenient  # of one end, or of two
        self.edges: dict[int, _Edge] = {}


_Edge = tuple[_Node | None, int, tuple[tuple[int, Violation], ...]]


class Cursor:
    """What the events taken so far show: departures, the first one of each clause, and the clauses borne out, as bits.

    Where both ends of a connection are under test, each is judged by itself, and the first departure counts. After a
    departure that leaves in doubt how things stand, `over` is true and whatever follows shows nothing.
    """

    __slots__ = ("_judge", "_node", "_root", "_shown", "_taken", "departures", "over")

    def __init__(self, judge: Judge, root: _Node) -> None:
        self._judge = judge
        self._root = self._node = root
        self._taken: list[Sequence[Event]] = []
        self.departures: tuple[Departure, ...] = ()
        self._shown = 0
        self.over = False

    @property
    def states(self) -> tuple[State, ...]:
        """What the model knows of each end; after the cursor is over, what it knew before that."""
        return self._node.states

    def copy(self) -> Cursor:
        """Return a cursor that has taken the same events, and goes its own way from here."""
        copy = Cursor(self._judge, self._root)
        copy._node, copy._taken = self._node, self._taken.copy()
        copy.departures, copy._shown, copy.over = self.departures, self._shown, self.over
        return copy

    @property
    def evidence(self) -> int:
        """The clauses borne out, as bits; those that were only put to the test are, where nothing departs."""
        count = len(self._judge.clauses)
        borne_out = self._shown & ((1 << count) - 1)
        return borne_out if self.departures or self.let_go else borne_out | self._shown >> count

    @property
    def let_go(self) -> bool:
        """Whether nothing more can be held against an end, so that what comes now is not judged."""
        return self._node.let_go

    def take(self, event: Event) -> tuple[Departure, ...]:
        """Take one event more, and return the departures that it adds."""
        known = len(self.departures)
        self.follow((event,))
        return self.departures[known:]

    def follow(self, events: Sequence[Event]) -> None:
        """Take these events more."""
        if self.over:
            return
        self._taken.append(events)
        node, all_shown = self._node, self._shown
        for at, event in enumerate(events):
            after, shown, violations = node.edges.get(id(event)) or self._judge.edge(node, event)
            all_shown |= shown
            if violations:
                self._note(at, violations)
            if after is None:
                self.over = True
                break
            node = after
        self._node, self._shown = node, all_shown

    def _note(self, at: int, violations: tuple[tuple[int, Violation], ...]) -> None:
        *before, now = self._taken
        place = sum(map(len, before)) + at
        turn = 1 + sum(isinstance(event, Quiet) for events in (*before, now[:at]) for event in events)
        for end, violation in violations:
            clause = blame(self._moments(end, (*chain(*before), *now[: at + 1])), violation)
            if all(known.violation.clause != clause for known in self.departures):
                self.departures += (Departure(place, end, turn, replace(violation, clause=clause)),)

    def _moments(self, end: int, events: Iterable[Event]) -> Sequence[Moment]:
        """Return what happened at one end, each event with how things stood before it."""
        node, moments = self._root, list[Moment]()
        for event in events:
            whose, plain = parted(event)
            if whose in (0, end) and len(node.states) >= end:
                moments.append((node.states[end - 1], plain))
            elif whose == end:
                moments.append((start(node.states[0].settings), plain))
            after, _, _ = self._judge.edge(node, event)
            if after is None:
                break
            node = after
        return moments


class Judge:
    """Judges traces by the rules; one judge gets faster as it goes."""

    def __init__(self) -> None:
        self.clauses = tuple(clause.id for clause in load())
        self._bits = {clause: 1 << number for number, clause in enumerate(self.clauses)}
        self._nodes: dict[tuple[State, ...], _Node] = {}
        self._roots: dict[Settings, _Node] = {}
        self._kept = Kept()

    def begin(self, settings: Settings) -> Cursor:
        """Return a cursor that has taken nothing."""
        root = self._roots.get(settings)
        return Cursor(self, self._root(settings) if root is None else root)

    def judge(self, settings: Settings, trace: Sequence[Event]) -> Cursor:
        """Return what `trace` shows under `settings`."""
        cursor = self.begin(settings)
        cursor.follow(trace)
        return cursor

    def named(self, evidence: int) -> tuple[str, ...]:
        """Return the ids of the clauses that the bits stand for."""
        return tuple(clause for clause, bit in self._bits.items() if evidence & bit)

    def _root(self, settings: Settings) -> _Node:
        if len(self._nodes) > MOST_NODES:
            self._nodes.clear()
            self._roots.clear()
            self._kept.clear()
        return self._roots.setdefault(settings, self._node((start(settings),)))

    def _node(self, states: tuple[State, ...]) -> _Node:
        # To hash them takes longer than to make a node for nothing.
        return self._nodes.setdefault(states, _Node(states))

    def edge(self, node: _Node, event: Event) -> _Edge:
        """Return what the model says of `event` in the states of `node`."""
        # As long as an event is kept no other one has its identity.
        kept = self._kept.one(event)
        edge = node.edges.get(id(kept))
        if edge is None:
            edge = node.edges[id(kept)] = self._asked(node, kept)
        return edge

    def _asked(self, node: _Node, event: Event) -> _Edge:
        """Put it to the model."""
        states = list(node.states)
        whose, plain = parted(event)
        if whose > len(states):
            # The second end begins with what happens there first: no quiet loop before that was its own.
            states.append(start(states[0].settings))
        mask = 0
        violations: tuple[tuple[int, Violation], ...] = ()
        for end in (whose - 1,) if whose else range(len(states)):
            answer = step(states[end], plain)
            if isinstance(answer, Accepted):
                mask |= self._mask(answer.clauses) | self._mask(tested(states[end], plain)) << len(self.clauses)
            else:
                violations += ((end + 1, answer),)
            after = answer.state
            if after is None:
                return None, mask, violations
            states[end] = after
        return self._node(tuple(states)), mask, violations

    def _mask(self, clauses: Iterable[str]) -> int:
        mask = 0
        for clause in clauses:
            mask |= self._bits[clause]
        return mask
