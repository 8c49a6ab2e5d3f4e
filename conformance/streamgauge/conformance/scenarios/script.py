"""The scenario: plain data, where it is played, what it needs of an implementation, and what makes it one.

Its one idea: whatever can be said of a step before it is played is said here, in tables. `check_calls` and
`check_peers` are about any list of steps; `check_steps` refuses what no player could do and no model could judge,
so that an odd text ends in a sentence instead of in the middle of a play.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, get_args

from streamgauge.spec import alphabet as ev
from streamgauge.spec.alphabet import UNSET, Argument, Event, Reading, Stimulus, Unset, parted
from streamgauge.spec.end import RIGHT
from streamgauge.spec.errors import ANSWERS

Trace = tuple[Event, ...]


class ScriptError(ValueError):
    """A scenario, step or value that is not in the one JSON form, or cannot be played; the message says why."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done to an implementation: the limit (bytes) it is made with, and the steps.

    `clause` is the clause that the scenario was written for, `note` one sentence on what it shows.
    """

    name: str
    steps: tuple[Stimulus, ...]
    limit: Argument | Unset = UNSET
    clause: str | None = None
    note: str = ""

    @property
    def world(self) -> str:
        """Where it is played: `network` if it begins with a connection or a server, else `memory`."""
        return world_of(self.steps)

    @property
    def needs(self) -> frozenset[str]:
        """The capabilities without which the steps cannot be played; a limit is asked for by whoever plays."""
        return needs(self.steps)

    @property
    def wants(self) -> frozenset[str]:
        """The capabilities without which it cannot show all that it was written for: its needs, and its limit."""
        return self.needs if self.limit is UNSET else self.needs | {"limit"}


def world_of(steps: tuple[Stimulus, ...]) -> str:
    """Return where steps are played."""
    return "network" if connects(steps) else "memory"


def connects(events: tuple[Event, ...]) -> bool:
    """Check whether steps, or a trace, are those of a connection, or of a server."""
    return bool(events) and type(parted(events[0])[1]) in MAKES_A_CONNECTION


# ------------------------------------------------------------------- needs

ERRORS: Final = frozenset({"IncompleteReadError", "LimitOverrunError"})
# What has to be there for a question that is not its own name.
QUESTION_NEEDS: Final = {
    "iterator": ("__anext__",),
    "extra_info": ("get_extra_info",),
    "extra_info_default": ("get_extra_info",),
    "writer_methods": ("drain", "wait_closed"),
    "methods": (),
    "repr": (),
}


def _of_call(step: ev.Call) -> Iterator[str]:
    yield step.method
    if step.args and (isinstance(step.args[0], tuple) or getattr(step.args[0], "kind", "") == "tuple-subclass"):
        yield "separators"


def _of_question(step: ev.Ask) -> Iterable[str]:
    name = step.question.partition(".")[0]
    return (name,) if name in ERRORS else QUESTION_NEEDS.get(step.question, (step.question,))


# What a step needs; what is not here the world does to any implementation.
NEEDS: Final[dict[type, Callable[[Any], Iterable[str]]]] = {
    ev.Call: _of_call,
    ev.Feed: lambda _: ("feed_data",),
    ev.End: lambda _: ("feed_eof",),
    ev.Break: lambda _: ("set_exception",),
    ev.Attach: lambda _: ("set_transport",),
    ev.Ask: _of_question,
    ev.Open: lambda _: ("connection",),
    ev.Dial: lambda _: ("open_connection",),
    ev.Serve: lambda _: ("start_server",),
    ev.Accept: lambda _: ("start_server",),
    ev.Conclude: lambda _: ("start_server",),
    ev.Do: lambda step: ("transport" if step.method == "abort" else step.method,),
}
# A connection brings these itself.
BROUGHT: Final = frozenset({ev.Feed, ev.End})
MAKES_A_CONNECTION: Final = frozenset({ev.Open, ev.Dial, ev.Serve})


def needs(steps: Iterable[Stimulus]) -> frozenset[str]:
    """Return the capabilities without which these steps cannot be played."""
    plain = [parted(step)[1] for step in steps]
    connected = any(type(step) in MAKES_A_CONNECTION for step in plain)
    return frozenset(
        one
        for step in plain
        if type(step) in NEEDS and not (connected and type(step) in BROUGHT)
        for one in NEEDS[type(step)](step)
    )


# ------------------------------------------------------ any list of steps


def check_calls(steps: Iterable[Stimulus]) -> None:
    """Raise `ScriptError` unless calls are numbered 1, 2, 3 … and only such calls are cancelled, where they are."""
    made: list[int] = []  # the end at which each was
    for number, step in enumerate(steps, 1):
        end, plain = parted(step)
        if isinstance(plain, ev.Beginning):
            made.append(end)
            if plain.op != len(made):
                raise ScriptError(f"step {number}: calls are numbered in order; this one must have op {len(made)}")
        elif isinstance(plain, ev.Cancel) and plain.op > len(made):
            raise ScriptError(f"step {number}: there is no call {plain.op} to cancel yet")
        elif isinstance(plain, ev.Cancel) and made[plain.op - 1] != end:
            raise ScriptError(f"step {number}: call {plain.op} was made at the other end; look at 'on'")


def check_peers(steps: Iterable[Stimulus]) -> None:
    """Raise `ScriptError` if two peers connect to one end: the second connection of a server is an end of its own."""
    taken: set[int] = set()
    for number, step in enumerate(steps, 1):
        end, plain = parted(step)
        if isinstance(plain, ev.Accept):
            if end in taken:
                raise ScriptError(
                    f"step {number}: a peer has connected to this end already; let this one be on another"
                )
            taken.add(end)


# ---------------------------------------------------- what can be played

READS: Final = {"read": (0, 1), "readexactly": (1,), "readuntil": (0, 1), "readline": (0,), "__anext__": (0,)}
ARGUMENTS: Final = {**READS, "drain": (0,), "wait_closed": (0,)}
PLAIN: Final = {"write": 1, "writelines": 1, "write_eof": 0, "close": 0, "abort": 0}
OF_A_READER: Final = frozenset({"at_eof", "exception", *ANSWERS})
QUESTIONS: Final = frozenset({*OF_A_READER, "is_closing", *RIGHT})
TO_A_READER: Final = frozenset(get_args(Reading))

MOST_ENDS: Final = 2
MOST_BYTES: Final = 2**24
MOST_STEPS: Final = 10_000
MOST_SECONDS: Final = 10**9
# What Python itself, or the player, takes for something else when it is raised.
UNFIT: Final = frozenset({"MemoryError"})


def check_steps(steps: tuple[Stimulus, ...]) -> None:
    """Raise `ScriptError` for steps that the model does not know, that no player can do, or that are too many."""
    if len(steps) > MOST_STEPS:
        raise ScriptError(f"a scenario has at most {MOST_STEPS:,} steps, not {len(steps):,}")
    if sum(map(_bytes, steps)) > MOST_BYTES:
        raise ScriptError(f"a scenario feeds at most {MOST_BYTES:,} bytes in all; look at 'times'")
    world = world_of(steps)
    for number, step in enumerate(steps, 1):
        wrong = _misplaced(step, world) or _unknown(parted(step)[1])
        if wrong:
            raise ScriptError(f"step {number}: {wrong}")


def _bytes(step: Stimulus) -> int:
    plain = parted(step)[1]
    return len(plain.data) * plain.times if isinstance(plain, ev.Feed) else 0


def _misplaced(step: Stimulus, world: str) -> str:
    """Return why the step cannot be done in this world, if so."""
    end, plain = parted(step)
    if end > MOST_ENDS:
        return f"there is no end {end} of a connection; there are 1 and {MOST_ENDS}"
    if world == "network":
        return (
            "a connection brings its own transport; only a bare reader is given one" if type(plain) is ev.Attach else ""
        )
    name = type(plain).__name__.lower()
    match plain:
        case _ if end > 1 or type(plain) not in TO_A_READER:
            wrong = f"{name!r}{f' on end {end}' if end > 1 else ''}"
        case ev.Call(method=method) if method in ARGUMENTS and method not in READS:
            wrong = method
        case ev.Ask(question=question) if question in QUESTIONS and question not in OF_A_READER:
            wrong = f"the question {question!r}"
        case _:
            return ""
    return f"{wrong} is for connections, and this scenario does not begin with 'open', 'dial' or 'serve'"


def _unknown(step: Any) -> str:
    """Return what the model or the player does not know of a step, if anything."""
    match step:
        case ev.Call(method=method) if method not in ARGUMENTS:
            return f"there is no method {method!r}; there are: {', '.join(ARGUMENTS)}"
        case ev.Call(method=method, args=args) if len(args) not in ARGUMENTS[method]:
            return f"{method} does not take {len(args)} arguments"
        case ev.Ask(question=question) if question not in QUESTIONS:
            return f"there is no question {question!r}; there are: {', '.join(sorted(QUESTIONS))}"
        case ev.Break(error=error, form=form) if form != "none":
            return _unfit(error)
        case ev.Lose(error=str() as error):
            return _unfit(error)
        case ev.Do(method=method, args=args) if len(args) != PLAIN.get(method):
            return f"there is no plain call {method!r} with {len(args)} arguments"
        case ev.Advance(seconds=int() as seconds) | ev.Call(timeout=int() as seconds) if seconds > MOST_SECONDS:
            return f"at most {MOST_SECONDS:,} seconds go by"
        case _:
            return ""


def _unfit(name: str) -> str:
    """Return why a stream cannot be broken by an exception of that name, if so."""
    found = getattr(builtins, name, None)
    if not (isinstance(found, type) and issubclass(found, Exception)):
        return f"there is no built-in exception {name!r}"
    if found.__name__ != name:
        return f"{name} is another name of {found.__name__}; use that"
    try:
        found("why")
        found()
    except TypeError:
        return f"{name} cannot be made from one message"
    return f"{name} means something else to whoever raises it" if name in UNFIT else ""
