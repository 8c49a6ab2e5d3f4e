"""Every stimulus and every observation: two closed unions of frozen dataclasses.

A *stimulus* is something the suite does to the implementation (imperatives: `Feed`, `Cancel`); an
*observation* is something the implementation did (past participles: `Returned`, `Paused`). A trace is a
sequence of both, and all of it is plain data: it can be stored, compared, hashed and sent elsewhere.

A simulated network does things of its own accord: it loses a connection that was closed, holds up a writer that
ran ahead, delivers what waited for a reader. These stimuli stand in the trace where they happened, whether a step
asked for them or not. Where both ends of a connection are under test, what concerns the second is wrapped in `On`.

Arguments that hash alike but mean different things (a list and a tuple, `1.0` and `1`) travel as `Shaped`.

- `values`: what events are made of.
- `reading`: what is done to a reader, and what it does.
- `network`: what is done to a connection, and what it does.
"""

from __future__ import annotations

from dataclasses import dataclass

from streamgauge.spec.alphabet.network import (
    PLAIN_LINK,
    Aborted,
    Accept,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    Halved,
    Handled,
    Hold,
    Kept,
    Link,
    Listened,
    Lose,
    Open,
    Release,
    Reported,
    Serve,
    Unclog,
    Wrote,
)
from streamgauge.spec.alphabet.reading import (
    Advance,
    Answered,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Feed,
    Made,
    Overran,
    Paused,
    Quiet,
    Raised,
    Refused,
    Resumed,
    Returned,
    Settle,
)
from streamgauge.spec.alphabet.values import (
    UNSET,
    Argument,
    BreakForm,
    Ending,
    Fate,
    Form,
    Handler,
    Options,
    Pausing,
    Problem,
    Settings,
    Shaped,
    Unset,
    Value,
    Version,
)


@dataclass(frozen=True, slots=True)
class On:
    """What concerns end number `end` of a connection; end 1 goes without saying."""

    end: int
    event: OneEnd | Observation


Reading = Feed | End | Break | Call | Cancel | Attach | Ask | Advance | Settle
OneEnd = (
    Reading
    | Open | Dial | Serve | Accept | Conclude | Do | Clog | Unclog | Hold | Release | Lose
)  # fmt: skip
Stimulus = OneEnd | On
Observation = (
    Made | Returned | Raised | Refused | Answered | Paused | Resumed | Quiet | Overran
    | Dialled | Listened | Handled | Reported | Wrote | Halved | Closed | Aborted | Kept
)  # fmt: skip
Event = Stimulus | Observation
OF_BOTH = frozenset({Quiet, Settle, Advance, Overran})


def parted(event: Event) -> tuple[int, Event]:
    """Return whose an event is, and what it is by itself: of end 1, of end 2, or of both (0)."""
    if type(event) is On:
        return event.end, event.event
    return 0 if type(event) in OF_BOTH else 1, event


__all__ = [
    "OF_BOTH",
    "PLAIN_LINK",
    "UNSET",
    "Aborted",
    "Accept",
    "Advance",
    "Answered",
    "Argument",
    "Ask",
    "Attach",
    "Break",
    "BreakForm",
    "Call",
    "Cancel",
    "Clog",
    "Closed",
    "Conclude",
    "Dial",
    "Dialled",
    "Do",
    "End",
    "Ending",
    "Event",
    "Fate",
    "Feed",
    "Form",
    "Halved",
    "Handled",
    "Handler",
    "Hold",
    "Kept",
    "Link",
    "Listened",
    "Lose",
    "Made",
    "Observation",
    "On",
    "OneEnd",
    "Open",
    "Options",
    "Overran",
    "Paused",
    "Pausing",
    "Problem",
    "Quiet",
    "Raised",
    "Reading",
    "Refused",
    "Release",
    "Reported",
    "Resumed",
    "Returned",
    "Serve",
    "Settings",
    "Settle",
    "Shaped",
    "Stimulus",
    "Unclog",
    "Unset",
    "Value",
    "Version",
    "Wrote",
    "parted",
]
