"""Finds: the departures of a run, kept by the way in which they depart, and which of them follows from which.

Its one idea: a calm scenario tells whose fault it is. Finds are kept by signature; each is calmed, and the clause that
the table of the specification names then is the one to blame. What still departs in another way once something is left
out of it, a way that was found by itself and is plainer, follows from that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from streamgauge.conformance.judge import Departure
from streamgauge.conformance.running.calming import MOST_PLAYS, calm
from streamgauge.conformance.running.signatures import Signature, signature
from streamgauge.conformance.scenarios.plainness import Plainness, oddities, plainness
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.spec.alphabet import UNSET, Overran
from streamgauge.spec.clauses import Level, by_id

Key = tuple[Signature, str]
Shown = tuple[Scenario, Trace, Departure]
Departing = Callable[[Scenario], tuple[Trace, tuple[Departure, ...]]]
MOST_PLAYS_OF_OVERRUNS = 6  # each waits until the watch sees that it does not end
MOST_OVERRUNS = 3


@dataclass(frozen=True, slots=True)
class Neighbour:
    """How else a scenario departs that is a move calmer, and what is odd in it."""

    signature: Signature
    odd: frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """A departure and the scenario that shows it; `scenarios` counts those that departed alike.

    `plainness` and `odd` are those of the scenario when it was compared; `neighbours` is known once it is calm.
    """

    scenario: Scenario
    trace: Trace
    departure: Departure
    signature: Signature
    plainness: Plainness
    scenarios: int = 1
    odd: Counter[str] = field(default_factory=Counter)
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def clause(self) -> str:
        """The clause to blame, as far as it is known."""
        return self.departure.violation.clause

    @property
    def key(self) -> Key:
        """What it is kept by."""
        return self.signature, self.clause


def note(finds: dict[Key, Found], scenario: Scenario, trace: Trace, departure: Departure) -> Key:
    """Take in a departure, and return what it is kept by; of those that depart alike the plainest scenario is kept."""
    sign = signature(departure.violation)
    key = sign, departure.violation.clause
    known = finds.get(key)
    rank = plainness(scenario)
    if known is None or rank < known.plainness:
        count = 1 if known is None else known.scenarios + 1
        finds[key] = Found(scenario, trace, departure, sign, rank, count, oddities(scenario))
    else:
        finds[key] = replace(known, scenarios=known.scenarios + 1)
    return key


def calmed(found: Found, departing: Departing) -> Found:
    """Return the find with the plainest scenario that departs in the same way, and with how its neighbours depart."""
    look = _Look(found, departing)
    scenario = calm(found.scenario, look.alike, MOST_PLAYS_OF_OVERRUNS if look.overran else MOST_PLAYS)
    trace, departures = departing(scenario)
    departure = next((one for one in departures if signature(one.violation) == found.signature), None)
    if departure is None:
        return found
    if scenario.steps != found.scenario.steps:
        # What the note says was seen is no longer what is done.
        scenario = replace(scenario, note="")
    shown, trace, departure = _without_limit(found.signature, departing, (scenario, trace, departure))
    return replace(
        found,
        scenario=shown,
        trace=trace,
        departure=departure,
        plainness=plainness(scenario),
        odd=oddities(scenario),
        neighbours=tuple(look.neighbours),
    )


class _Look:
    """Looks whether calmer scenarios depart alike, and notes how else those around the last that does depart."""

    def __init__(self, found: Found, departing: Departing) -> None:
        self.overran = isinstance(found.trace[-1], Overran)
        self.neighbours: dict[Neighbour, None] = {}
        self._signature = found.signature
        # Whoever cannot even be made with this limit is not asked to be made with another.
        self._made = found.departure.at > 0
        self._limit = found.scenario.limit
        self._departing = departing
        self._overruns = 0

    def alike(self, scenario: Scenario) -> bool:
        """Check whether the scenario departs with the signature of the find."""
        if self._overruns >= MOST_OVERRUNS and not self.overran:
            return False
        if not self._made and scenario.limit != self._limit:
            return False
        trace, departures = self._departing(scenario)
        self._overruns += bool(trace) and isinstance(trace[-1], Overran)
        signatures = {signature(one.violation): one.violation.state is None for one in departures}
        if self._signature in signatures:
            self.neighbours.clear()
            return True
        odd = oddities(scenario)
        self.neighbours |= {Neighbour(sign, frozenset(odd.items())): None for sign, last in signatures.items() if last}
        return False


def _without_limit(sign: Signature, departing: Departing, shown: Shown) -> Shown:
    """Return what is shown, without its limit if the very same is seen then: a limit in sight ought to matter."""
    scenario = replace(shown[0], limit=UNSET)
    trace, departures = departing(scenario)
    for one in departures:
        if signature(one.violation) == sign and one.violation.clause == shown[2].violation.clause:
            return scenario, trace, one
    return shown


@dataclass(frozen=True, slots=True)
class Blamed:
    """What is said of a clause: its plainest find, and the clause it follows from if it does not stand by itself."""

    found: Found
    follows: str | None = None


def blame(finds: Iterable[Found]) -> dict[str, Blamed]:
    """Return what is said of each clause that is broken by one of the finds, and of how many scenarios."""
    every = sorted(finds, key=lambda one: (one.plainness, one.key))
    counts = Counter[str]()
    blamed: dict[str, Blamed] = {}
    for one in every:
        counts[one.clause] += one.scenarios
        known = blamed.get(one.clause)
        if known is None or known.follows is not None:
            root = origin(one, every)
            if root is None:
                blamed[one.clause] = Blamed(one)
            elif known is None:
                blamed[one.clause] = Blamed(one, root.clause)
    return {clause: replace(one, found=replace(one.found, scenarios=counts[clause])) for clause, one in blamed.items()}


def origin(found: Found, every: list[Found]) -> Found | None:
    """Return the plainest find that `found` follows from, at the end of the chain; None if it stands by itself."""
    at: Found = found
    while (plainer := _followed(at, every)) is not None:
        at = plainer
    return None if at is found else at


def _followed(found: Found, every: list[Found]) -> Found | None:
    for one in every:
        if one.plainness >= found.plainness:
            return None
        if one.clause == found.clause or (_is_must(found.clause) and not _is_must(one.clause)):
            continue
        if one.signature == found.signature and one.odd <= found.odd:
            return one
        nearest = (Counter(dict(near.odd)) for near in found.neighbours if near.signature == one.signature)
        if any(one.odd <= odd for odd in nearest):
            return one
    return None


def _is_must(clause: str) -> bool:
    return by_id()[clause].level is Level.MUST
