"""In which way a trace departs: its signature, which says nothing about why.

Its one idea: two scenarios depart alike if the same call, or the same kind of event, goes wrong in the same way, and
something of the same kind was owed. Values tell faults apart that share their steps, so bytes are compared with those
owed: less, more, other, none.
"""

from __future__ import annotations

from typing import assert_never

from streamgauge.spec.alphabet import Event, Raised, Returned
from streamgauge.spec.features import compared
from streamgauge.spec.outcomes import plain_bytes
from streamgauge.spec.state import Fails, Gives, Owed, Yields
from streamgauge.spec.verdicts import Violation, Wanted

Signature = tuple[str, ...]


def signature(violation: Violation) -> Signature:
    """Return the kind of a departure, what it concerns, what was seen and what was owed."""
    facts = (violation.kind, violation.method)
    if not violation.call or violation.state is not None:
        # No call ended or hangs, or one had the right end in the wrong form: the clause is beyond doubt.
        return *facts, violation.clause
    return *facts, _seen(violation.observed, violation.owed), _due(violation.owed)


def _due(owed: tuple[Owed | Wanted, ...]) -> str:
    """Return what kind of end comes first among those owed."""
    if not owed or isinstance(owed[0], Wanted):
        return "waiting"
    match owed[0].outcome:
        case Gives():
            return "bytes"
        case Yields():
            return "value"
        case Fails(names=names):
            return names[0]
        case _:
            assert_never(owed[0].outcome)


def _seen(event: Event, owed: tuple[Owed | Wanted, ...]) -> str:
    """Return how a call ended: by which exception, or with how many of the right bytes."""
    match event:
        case Raised(problem=problem):
            return problem.name
        case Returned(value=value):
            right = (one.outcome.data for one in owed if isinstance(one, Owed) and isinstance(one.outcome, Gives))
            content = plain_bytes(value)
            return "no bytes" if content is None else compared(content, next(right, None))
        case _:
            return ""
