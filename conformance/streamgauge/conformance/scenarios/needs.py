"""What an implementation must be able to do so that steps can be played."""

from __future__ import annotations

from collections.abc import Iterator

from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.spec.alphabet import (
    UNSET,
    Accept,
    Advance,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    Clog,
    Conclude,
    Dial,
    Do,
    End,
    Feed,
    Hold,
    Lose,
    On,
    OneEnd,
    Open,
    Reading,
    Release,
    Serve,
    Settle,
    Stimulus,
    Unclog,
)

ERRORS = frozenset({"IncompleteReadError", "LimitOverrunError"})
# What has to be there for a question that is not its own name.
QUESTIONS = {
    "iterator": ("__anext__",),
    "extra_info": ("get_extra_info",),
    "extra_info_default": ("get_extra_info",),
    "writer_methods": ("drain", "wait_closed"),
    "methods": (),
    "repr": (),
}


def needs(steps: tuple[Stimulus, ...]) -> frozenset[str]:
    """Return the capabilities without which these steps cannot be played."""
    plain = [step.event if isinstance(step, On) else step for step in steps]
    connected = any(isinstance(step, Open | Dial | Serve) for step in plain)
    return frozenset(one for step in plain for one in _needs(step, connected=connected))  # type: ignore[arg-type]  # steps are stimuli


def playable(scenario: Scenario, capabilities: frozenset[str]) -> bool:
    """Check whether an implementation with these capabilities can be driven through the scenario."""
    if not needs(scenario.steps) <= capabilities or (scenario.limit is not UNSET and "limit" not in capabilities):
        return False
    steps = scenario.steps
    return scenario.world == "network" or all(isinstance(one, Reading) and not _is_writers(one) for one in steps)


def _is_writers(step: Stimulus) -> bool:
    """Check whether the step concerns the writer of a connection."""
    return isinstance(step, Call) and step.method in ("drain", "wait_closed")


def _needs(step: OneEnd, *, connected: bool) -> Iterator[str]:
    match step:
        case Call(method=method, args=args):
            yield method
            if args and (isinstance(args[0], tuple) or getattr(args[0], "kind", "") == "tuple-subclass"):
                yield "separators"
        case Feed() if not connected:
            yield "feed_data"
        case End() if not connected:
            yield "feed_eof"
        case Break():
            yield "set_exception"
        case Attach():
            yield "set_transport"
        case Ask(question=question):
            name = question.partition(".")[0]
            yield from (name,) if name in ERRORS else QUESTIONS.get(question, (question,))
        case Open():
            yield "connection"
        case Dial():
            yield "open_connection"
        case Serve() | Accept() | Conclude():
            yield "start_server"
        case Do(method=method):
            yield "transport" if method == "abort" else method
        case _:
            _needs_nothing(step)


def _needs_nothing(step: Feed | End | Cancel | Advance | Settle | Clog | Unclog | Hold | Release | Lose) -> None:
    """The world does this to any implementation."""
