"""The judge folds the model over a trace. A verdict is a function of the trace, and of nothing else.

Most scenarios share most of what happens in them, so the judge never asks the model twice about the same event
in the same state: the model is compiled, as it is used, into an automaton whose nodes are its states. An edge
carries what the model said; the clauses borne out are one bit each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streamgauge.spec.alphabet import OF_BOTH, Event, On, Quiet, Serve, Settings
from streamgauge.spec.clauses import load
from streamgauge.spec.model import Accepted, State, Violation, start, step

MOST_NODES = 40_000
# A quiet loop, and what leads to it, concern both ends of a connection.
CLIENT, SERVER, BOTH = (0,), (1,), (0, 1)


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a trace leaves what is legal, and what the model said of it.

    `at` is the index of the event, `end` the end of a connection (1 or 2), `turn` counts the turns of the loop from 1.
    """

    at: int
    end: int
    turn: int
    violation: Violation


def _turn(trace: Sequence[Event], at: int) -> int:
    return 1 + sum(isinstance(event, Quiet) for event in trace[:at])


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a trace shows: departures, the first one of each clause, and the clauses borne out, as bits.

    `state` is what the model knew before the event that was asked for, if judging got so far.
    """

    departures: tuple[Departure, ...]
    evidence: int
    state: State | None = None


class _Node:
    __slots__ = ("edges", "state")

    def __init__(self, state: State) -> None:
        self.state = state
        self.edges: dict[Event, _Edge] = {}


_Edge = tuple[_Node | None, int, Violation | None]


class Judge:
    """Judges traces by the rules; one judge gets faster as it goes."""

    def __init__(self) -> None:
        self.clauses = tuple(clause.id for clause in load())
        self._bits = {clause: 1 << number for number, clause in enumerate(self.clauses)}
        self._nodes: dict[State, _Node] = {}
        self._roots: dict[Settings, _Node] = {}

    def judge(self, settings: Settings, trace: Sequence[Event], ask_at: int = -1) -> Judgement:
        """Return what `trace` shows under `settings`, and the model's state before event number `ask_at`.

        Where both ends of a connection are under test, each is judged by itself, and the first departure counts.
        """
        if trace and (type(trace[0]) is On or (type(trace[0]) is Serve and any(type(one) is On for one in trace))):
            return self._judge_ends(settings, trace)
        root = self._roots.get(settings)
        node: _Node | None = self._root(settings) if root is None else root
        evidence = 0
        departures: list[Departure] | None = None
        state: State | None = None
        for at, event in enumerate(trace):
            if at == ask_at:
                state = node.state  # type: ignore[union-attr]  # the loop ends where there is no node
            edge = node.edges.get(event)  # type: ignore[union-attr]  # the loop ends where there is no node
            if edge is None:
                edge = self._extend(node, event)  # type: ignore[arg-type]  # as above
            node, shown, violation = edge
            evidence |= shown
            if violation is not None:
                departures = [] if departures is None else departures
                if all(known.violation.clause != violation.clause for known in departures):
                    departures.append(Departure(at, 1, _turn(trace, at), violation))
                if node is None:
                    break
        return Judgement(() if departures is None else tuple(departures), evidence, state)

    def _judge_ends(self, settings: Settings, trace: Sequence[Event]) -> Judgement:
        ends = [self._root(settings)] * 2
        evidence = 0
        departures: dict[str, Departure] = {}
        for at, event in enumerate(trace):
            kind = type(event)
            for end in BOTH if kind in OF_BOTH else SERVER if kind is On else CLIENT:
                node, shown, violation = self._edge(ends[end], event.event if kind is On else event)  # type: ignore[union-attr]  # just looked
                evidence |= shown
                if violation is not None:
                    departures.setdefault(violation.clause, Departure(at, end + 1, _turn(trace, at), violation))
                    if node is None:
                        return Judgement(tuple(departures.values()), evidence)
                ends[end] = node or ends[end]
        return Judgement(tuple(departures.values()), evidence)

    def _edge(self, node: _Node, event: Event) -> _Edge:
        return node.edges.get(event) or self._extend(node, event)

    def states(self, settings: Settings, trace: Iterable[Event]) -> list[State]:
        """Return the state after each event, as far as the trace is legal."""
        found = [start(settings)]
        for event in trace:
            answer = step(found[-1], event)
            if answer.state is None:
                break
            found.append(answer.state)
        return found[1:]

    def named(self, evidence: int) -> tuple[str, ...]:
        """Return the ids of the clauses that the bits stand for."""
        return tuple(clause for clause, bit in self._bits.items() if evidence & bit)

    def _root(self, settings: Settings) -> _Node:
        if len(self._nodes) > MOST_NODES:
            self._nodes.clear()
            self._roots.clear()
        return self._roots.setdefault(settings, self._node(start(settings)))

    def _node(self, state: State) -> _Node:
        return self._nodes.setdefault(state, _Node(state))

    def _extend(self, node: _Node, event: Event) -> _Edge:
        answer = step(node.state, event)
        after = None if answer.state is None else self._node(answer.state)
        edge: _Edge
        match answer:
            case Accepted(clauses=clauses):
                edge = (after, self._mask(clauses), None)
            case Violation():
                edge = (after, 0, answer)
        node.edges[event] = edge
        return edge

    def _mask(self, clauses: Iterable[str]) -> int:
        mask = 0
        for clause in clauses:
            mask |= self._bits[clause]
        return mask
