"""The rules of chapter `server`: what `start_server` asks of the loop, and what becomes of a handler.

The handler is called once for every connection; a coroutine function is run as a task. A handler that raises, or is
cancelled, ends its connection, and its exception is reported; one that returns owes nothing. Which of these hold
depends on the Python version.
"""

from __future__ import annotations

from streamgauge.spec import connection
from streamgauge.spec.alphabet import (
    Accept,
    Answered,
    Argument,
    Conclude,
    Handled,
    Listened,
    Quiet,
    Reported,
    Serve,
)
from streamgauge.spec.records import replace
from streamgauge.spec.state import Hosting, Outbox, State, limit_is_good, settled
from streamgauge.spec.verdicts import Accepted, Violation, Wanted, violation

# The documented parameters of `create_server`, with the defaults that need not be passed on.
KNOWN: dict[str, Argument] = {
    **dict.fromkeys(("ssl", "sock", "reuse_address", "reuse_port", "keep_alive", "ssl_handshake_timeout")),
    "ssl_shutdown_timeout": None,
    "family": 0,
    "flags": 1,
    "backlog": 100,
    "start_serving": True,
}
PLAIN_RAISES = ("server.callback.plain-raises-reported", "server.callback.plain-raises-closed")
TASK_RAISES = ("server.callback.raises-reported", "server.callback.raises-closed")
IGNORED = frozenset({"plain", "future"})
TASKS = frozenset({"coroutine", "partial", "object", "lambda"})
REPORTS_TASKS, CLOSES_CANCELLED, CLOSES_PLAIN = (3, 11), (3, 13), (3, 15)


def served(state: State, step: Serve) -> State:
    """A server is started."""
    return replace(settled(state), outbox=replace(state.outbox, opened="serve", hosting=Hosting(step)))


def unknown_options(hosting: Hosting) -> list[str]:
    """Return the options by which the server must not start."""
    return [name for name, _ in hosting.serve.options if name not in KNOWN]


def listened(state: State, event: Listened) -> Accepted | Violation:
    """Judge the call of the loop's `create_server`."""
    hosting = _hosting(state)
    refused, known = connection.sifted(state, hosting.serve.options, KNOWN)
    if refused and event.options == connection.addressed(known, KNOWN):
        return violation(state, "server.start.unknown", "not-refused", event, Wanted("no-option", refused[0]))
    right = connection.addressed(hosting.serve.options, KNOWN)
    if event.options != right:
        return violation(state, "server.start.arguments", "wrong-value", event, Wanted("arguments", right))
    return Accepted(_with(state, replace(hosting, listened=True)), ("server.start.arguments",))


def answered(state: State, event: Answered) -> Accepted | Violation:
    """Judge what `start_server` returned."""
    hosting = _hosting(state)
    unknown = unknown_options(hosting)
    if unknown:
        return violation(state, "server.start.unknown", "not-refused", event, Wanted("no-option", unknown[0]))
    if not hosting.listened:
        return violation(state, "server.start.arguments", "missing", event, Wanted("server-asked-for"))
    if event.value is not True:
        return violation(state, "server.start.returns", "wrong-value", event, Wanted("very-server"))
    return Accepted(state, ("server.start.returns",))


def accepted(state: State, step: Accept) -> State:
    """A peer has connected."""
    after = connection.opened(state, "accept", step.link)
    return _with(after, replace(_hosting(state), accepted=True))


def handled(state: State, event: Handled) -> Accepted | Violation:
    """Judge a call of the handler."""
    hosting = _hosting(state)
    if not limit_is_good(state):
        return violation(state, "server.bad-limit", "undue", event, Wanted("no-connection"))
    if not hosting.accepted or hosting.handled:
        return violation(state, "server.callback.once", "undue", event, Wanted("no-handler"))
    if event.value != connection.PAIR:
        return violation(state, "server.callback.pair", "wrong-value", event, Wanted("handler"))
    shown = ["server.callback.once", "server.callback.pair"]
    if hosting.handler in TASKS:
        shown.append("server.callback.coroutine")
    return Accepted(_with(state, replace(hosting, handled=1)), tuple(shown))


def concluded(state: State, step: Conclude) -> State:
    """The handler's coroutine ends, if it was called."""
    hosting = _hosting(state)
    return _with(state, replace(hosting, concluded=step.how)) if hosting.handled else state


def reported(state: State, event: Reported) -> Accepted | Violation:
    """Judge a report to the loop's exception handler."""
    hosting = state.outbox.hosting
    if hosting is None:
        return Accepted(state, ())
    # What is told of a connection that was lost need not be about its handler.
    lost = state.outbox.lost
    # Before anything has reached the connection there is nothing else to report.
    if hosting.handler in IGNORED and hosting.handled and not lost and (event.failure or not state.outbox.came):
        return violation(state, "server.callback.other-result", "undue", event, Wanted("no-report"))
    if hosting.concluded == "cancelled" and not lost and state.settings.python >= CLOSES_CANCELLED:
        return violation(state, "server.callback.cancelled-silent", "undue", event, Wanted("no-report-of-cancelling"))
    if not event.failure:
        return Accepted(state, ())
    if hosting.reported and hosting.concluded == "raises" and state.settings.python >= REPORTS_TASKS:
        return violation(state, "server.callback.raises-reported", "undue", event, Wanted("no-second-report"))
    return Accepted(_with(state, replace(hosting, reported=True)), ())


def quiet(state: State) -> Accepted | Violation:
    """Judge what the server left undone when nothing is left to run."""
    box, hosting, python = state.outbox, state.outbox.hosting, state.settings.python
    if hosting is None:
        return Accepted(state)
    gone = box.closed or box.aborted or box.lost
    if not limit_is_good(state):
        return Accepted(state, ("server.bad-limit",) if hosting.accepted else ())
    if hosting.accepted and not hosting.handled:
        clause = "server.callback.coroutine" if hosting.handler in TASKS else "server.callback.once"
        return violation(state, clause, "missing", Quiet(), Wanted("handler-called"))
    if hosting.handler == "plain-raises" and hosting.handled:
        return _raised(state, PLAIN_RAISES, gone=gone, closes=python >= CLOSES_PLAIN)
    match hosting.concluded:
        case "raises" if python >= REPORTS_TASKS:
            return _raised(state, TASK_RAISES, gone=gone, closes=True)
        case "cancelled" if python >= CLOSES_CANCELLED:
            if not gone:
                return violation(state, "server.callback.cancelled-closed", "missing", Quiet(), Wanted("gone"))
            return Accepted(state, ("server.callback.cancelled-closed", "server.callback.cancelled-silent"))
        case _:
            shown = hosting.handled and hosting.handler == "future"
            return Accepted(state, ("server.callback.other-result",) if shown else ())


def _raised(state: State, clauses: tuple[str, str], *, gone: bool, closes: bool) -> Accepted | Violation:
    reports, ends = clauses
    if not _hosting(state).reported:
        return violation(state, reports, "missing", Quiet(), Wanted("report"))
    if closes and not gone:
        return violation(state, ends, "missing", Quiet(), Wanted("gone"))
    return Accepted(state, (reports, ends) if closes else (reports,))


def _hosting(state: State) -> Hosting:
    return state.outbox.hosting or Hosting(Serve())


def _with(state: State, hosting: Hosting) -> State:
    box: Outbox = replace(state.outbox, hosting=hosting)
    return replace(state, outbox=box)
