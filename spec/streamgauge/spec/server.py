"""The rules of chapter `server`: what `start_server` asks of the loop, and what becomes of a handler.

The handler is called once for every connection; a coroutine function is run as a task. A handler that raises, or is
cancelled, ends its connection, and its exception is reported; one that returns owes nothing. Which of these hold
depends on the Python version.
"""

from __future__ import annotations

from streamgauge.spec import connection
from streamgauge.spec.alphabet import Accept, Answered, Argument, Conclude, Handled, Listened, Reported, Serve
from streamgauge.spec.outbox import Hosting, Outbox
from streamgauge.spec.records import replace
from streamgauge.spec.state import State, limit_is_good
from streamgauge.spec.verdicts import Accepted, Violation

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
    return replace(state, outbox=replace(state.outbox, opened="serve", hosting=Hosting(step)), due=None)


def unknown_options(hosting: Hosting) -> str:
    """Return the clause by which the server must not start, or nothing."""
    return "" if KNOWN.keys() >= {name for name, _ in hosting.serve.options} else "server.start.unknown"


def listened(state: State, event: Listened) -> Accepted | Violation:
    """Judge the call of the loop's `create_server`."""
    hosting = _hosting(state)
    refused, known = connection.sifted(state, hosting.serve.options, KNOWN)
    if refused and event.options == connection.addressed(known, KNOWN):
        why = f"{refused[0]} was swallowed"
        return Violation("server.start.unknown", ("raises TypeError",), event, why)
    right = connection.addressed(hosting.serve.options, KNOWN)
    if event.options != right:
        why = "these are not the arguments that were given"
        return Violation("server.start.arguments", (f"{right!r}",), event, why)
    return Accepted(_with(state, replace(hosting, listened=True)), ("server.start.arguments",))


def answered(state: State, event: Answered) -> Accepted | Violation:
    """Judge what `start_server` returned."""
    hosting = _hosting(state)
    unknown = unknown_options(hosting)
    if unknown:
        return Violation(unknown, ("raises TypeError",), event, "an unknown option was accepted")
    if not hosting.listened:
        right = ("asks the loop for a server",)
        return Violation("server.start.arguments", right, event, "the loop was never asked for a server")
    if event.value is not True:
        right = ("returns the server that the loop made",)
        return Violation("server.start.returns", right, event, "start_server returned something else")
    return Accepted(state, ("server.start.returns",))


def accepted(state: State, step: Accept) -> State:
    """A peer has connected."""
    after = connection.opened(state, "accept", step.link)
    return _with(after, replace(_hosting(state), accepted=True))


def handled(state: State, event: Handled) -> Accepted | Violation:
    """Judge a call of the handler."""
    hosting = _hosting(state)
    if not limit_is_good(state):
        right = ("the connection is dropped",)
        return Violation("server.bad-limit", right, event, "the handler was called for a reader with a bad limit")
    if not hosting.accepted or hosting.handled:
        why = "the handler was called more often than peers connected"
        return Violation("server.callback.once", ("no call of the handler",), event, why)
    if event.value != ("reader", "writer"):
        right = ("the handler is called with a reader and a writer",)
        return Violation("server.callback.pair", right, event, "the handler was called with something else")
    shown = ["server.callback.once", "server.callback.pair"]
    if hosting.handler in TASKS:
        shown.append("server.callback.coroutine")
    return Accepted(_with(state, replace(hosting, handled=1)), tuple(shown))


def may_close(state: State) -> bool:
    """Tell whether the layer may close the connection by itself: for a handler that is over, or a bad limit."""
    hosting = state.outbox.hosting
    if hosting is None:
        return False
    over = hosting.concluded is not None or hosting.handler == "plain-raises"
    # A plain handler has returned once anything else happens; what it returned is not its end.
    return over or (hosting.handler == "plain" and hosting.handled > 0) or not limit_is_good(state)


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
        why = "what a plain handler returns is nobody's business"
        return Violation("server.callback.other-result", ("no report",), event, why)
    if hosting.concluded == "cancelled" and not lost and state.settings.python >= CLOSES_CANCELLED:
        why = "cancelling a handler is no error"
        return Violation("server.callback.cancelled-silent", ("no report",), event, why)
    if not event.failure:
        return Accepted(state, ())
    if hosting.reported and hosting.concluded == "raises" and state.settings.python >= REPORTS_TASKS:
        why = "the exception of the handler is reported again"
        return Violation("server.callback.raises-reported", ("no second report",), event, why)
    return Accepted(_with(state, replace(hosting, reported=True)), ())


def quiet(state: State) -> tuple[str, str, tuple[str, ...]]:
    """Return the clause that is unkept, if any, and why, or the clauses that are borne out."""
    box, hosting, python = state.outbox, _hosting(state), state.settings.python
    gone = box.closed or box.aborted or box.lost
    if not limit_is_good(state):
        return "", "", ("server.bad-limit",) if hosting.accepted else ()
    if hosting.accepted and not hosting.handled:
        clause = "server.callback.coroutine" if hosting.handler in TASKS else "server.callback.once"
        return clause, "the handler was never called", ()
    if hosting.handler == "plain-raises" and hosting.handled:
        return _raised(hosting, PLAIN_RAISES, gone=gone, closes=python >= CLOSES_PLAIN)
    match hosting.concluded:
        case "raises" if python >= REPORTS_TASKS:
            return _raised(hosting, TASK_RAISES, gone=gone, closes=True)
        case "cancelled" if python >= CLOSES_CANCELLED:
            if not gone:
                return "server.callback.cancelled-closed", "the connection of the handler stays open", ()
            return "", "", ("server.callback.cancelled-closed", "server.callback.cancelled-silent")
        case _:
            shown = hosting.handled and hosting.handler == "future"
            return "", "", ("server.callback.other-result",) if shown else ()


def _raised(
    hosting: Hosting, clauses: tuple[str, str], *, gone: bool, closes: bool
) -> tuple[str, str, tuple[str, ...]]:
    reports, ends = clauses
    if not hosting.reported:
        return reports, "nobody was told that the handler failed", ()
    if closes and not gone:
        return ends, "the connection of the handler stays open", ()
    return "", "", (reports, ends) if closes else (reports,)


def _hosting(state: State) -> Hosting:
    return state.outbox.hosting or Hosting(Serve())


def _with(state: State, hosting: Hosting) -> State:
    box: Outbox = replace(state.outbox, hosting=hosting)
    return replace(state, outbox=box)
