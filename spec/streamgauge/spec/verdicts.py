"""The two answers of the model, and the facts of a departure: all that is ever said of one is made from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from streamgauge.spec.alphabet import Event, Quiet, Value
from streamgauge.spec.state import Fails, Owed, State

Kind = Literal[
    "wrong-value",  # a call returned, or somebody was given, something else than was owed
    "wrong-failure",  # a call raised something else than was owed
    "early",  # a call ended although it had to wait
    "hang",  # a call still waits although it has no right to
    "late",  # the right end by a detour: suspended where it must not be, or the other way round
    "refused",  # something legal raised
    "not-refused",  # something that has to raise did not
    "undue",  # something was done that nobody owed: a pause, a close, a write, a report
    "missing",  # something owed was not done by the time the loop is quiet
    "wrong-answer",  # a question was answered otherwise
    "wrong-form",  # the right end in the wrong form: type, message, context
    "restless",  # the loop never came to rest
]
# What may be expected beside the end of a call; `words` says each in a sentence.
Expectation = Literal[
    "waiting", "suspended", "at-once", "refusal-at-once", "bytes", "naming", "context", "stored", "nothing-stored",
    "at-eof", "value", "answer", "exception", "no-exception", "no-option", "no-attempt", "no-hold", "no-hold-on-feed",
    "paused", "being-read", "no-pause", "no-resume", "rest", "no-failure", "no-awaitable", "written", "no-write",
    "written-first", "all-written", "no-half", "half-later", "close", "no-close", "open", "closed", "half-closed",
    "given-up", "arguments", "server", "server-asked-for", "very-server", "no-handler", "no-connection", "handler",
    "handler-called", "report", "no-report", "no-report-of-cancelling", "no-second-report", "gone",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """An expectation that is no end of a call; `value` is what it speaks of: bytes, a name, the right answers."""

    what: Expectation
    value: Value = None


@dataclass(frozen=True, slots=True)
class Situation:
    """How things stood at a departure, as the plainest implementation would see them.

    `unread` and `limit` count bytes; `stored` names the exception that is stored, `unsent` is what the transport was
    not handed yet. `paused`: reading; `held`: writing.
    """

    unread: int = 0
    ended: bool = False
    stored: str = ""
    limit: int = 0
    paused: bool = False
    held: bool = False
    closing: bool = False
    lost: bool = False
    unsent: bytes = b""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The event is legal: the state after it, and the clauses that it bears out."""

    state: State
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Violation:
    """The event breaks `clause`, the plain duty: what was seen, every legal outcome instead, and how things stood.

    `call` is the number of the call that departs, 0 if none does; `method` is what was called, or asked. `state` is
    where judging can go on, or None if the departure leaves too much in doubt.
    """

    clause: str
    kind: Kind
    observed: Event
    owed: tuple[Owed | Wanted, ...]
    call: int = 0
    method: str = ""
    situation: Situation = Situation()
    state: State | None = None

    def wants(self, *whats: Expectation) -> bool:
        """Check whether one of these expectations was not met."""
        return any(isinstance(one, Wanted) and one.what in whats for one in self.owed)


# By kind of event: when a stimulus makes sense and what it changes, and what judges an observation.
Stimuli = Mapping[type, tuple[Callable[[State, Any], bool], Callable[[State, Any], State]]]
Judges = Mapping[type, Callable[[State, Any], Accepted | Violation]]


def violation(
    state: State,
    clause: str,
    kind: Kind,
    event: Event,
    *owed: Owed | Wanted,
    call: int = 0,
    method: str = "",
    after: State | None = None,
) -> Violation:
    """Return the violation that `event` is in `state`; judging goes on in `after`."""
    inbox, box = state.canonical, state.outbox
    situation = Situation(
        unread=len(inbox.unread),
        ended=inbox.ended,
        stored=inbox.stored.source.error if inbox.stored is not None else "",
        limit=state.limit,
        paused=state.line.paused,
        held=box.held,
        closing=box.closing,
        lost=box.lost,
        unsent=box.unsent,
    )
    return Violation(clause, kind, event, owed, call, method, situation, after)


def missing(state: State, clause: str, what: Expectation, value: Value = None) -> Violation:
    """Return the violation that a quiet loop is in `state`, because something that was owed has not been done."""
    return violation(state, clause, "missing", Quiet(), Wanted(what, value))


def raising(*names: str) -> Owed:
    """Return the expectation that something raises one of these exceptions."""
    return Owed(Fails(names), ())
