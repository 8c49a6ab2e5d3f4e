"""The rules of chapter `server`: what `start_server` asks of the loop, and what becomes of a handler.

The handler is called once for every connection; a coroutine function is run as a task. A handler that raises, or is
cancelled, ends its connection, and its exception is reported; one that returns owes nothing. Which of these hold
depends on the Python version, as their clauses say.
"""

from __future__ import annotations

from streamgauge.spec import alphabet as ev
from streamgauge.spec import connection
from streamgauge.spec.clauses import in_force
from streamgauge.spec.records import replace
from streamgauge.spec.refusals import limit_is_good, limit_is_odd
from streamgauge.spec.state import Hosting, State, sending
from streamgauge.spec.verdicts import Accepted, Expectation, Judges, Stimuli, Violation, Wanted, missing, violation

LISTENING = connection.Passing(
    {
        **dict.fromkeys(("ssl", "sock", "reuse_address", "reuse_port", "keep_alive")),
        **dict.fromkeys(("ssl_handshake_timeout", "ssl_shutdown_timeout")),
        "family": 0,
        "flags": 1,
        "backlog": 100,
        "start_serving": True,
    },
    "server.start.arguments",
    "server.start.unknown",
)
IGNORED = frozenset({"plain", "future"})
TASKS = frozenset({"coroutine", "partial", "object", "lambda"})
# How a handler ends: the clauses that then hold, where they are in force, and what each wants to be seen.
FAILED: dict[str, tuple[tuple[str, Expectation], ...]] = {
    "plain-raises": (
        ("server.callback.plain-raises-reported", "report"),
        ("server.callback.plain-raises-closed", "gone"),
    ),
    "raises": (("server.callback.raises-reported", "report"), ("server.callback.raises-closed", "gone")),
    "cancelled": (
        ("server.callback.cancelled-closed", "gone"),
        ("server.callback.cancelled-silent", "no-report-of-cancelling"),
    ),
}


def served(state: State, step: ev.Serve) -> State:
    """A server is started."""
    return replace(sending(state, opened="serve", hosting=Hosting(step)), lenient=limit_is_odd(state))


def listened(state: State, event: ev.Listened) -> Accepted | Violation:
    """Judge the call of the loop's `create_server`."""
    hosting = _hosting(state)
    wrong = connection.wrongly_passed(state, event, event.options, hosting.serve.options, LISTENING)
    return wrong or Accepted(sending(state, hosting=replace(hosting, listened=True)), (LISTENING.arguments,))


def started(state: State, event: ev.Event, value: ev.Value) -> Accepted | Violation:
    """Judge what `start_server` returned: `value` is True if it is the very server of the loop."""
    hosting = _hosting(state)
    unknown = _unknown(hosting)
    if unknown:
        return violation(state, LISTENING.unknown, "not-refused", event, Wanted("no-option", unknown))
    if not hosting.listened:
        return violation(state, LISTENING.arguments, "missing", event, Wanted("server-asked-for"))
    if value is not True:
        return violation(state, "server.start.returns", "wrong-value", event, Wanted("very-server"))
    return Accepted(state, ("server.start.returns",))


def not_started(state: State, event: ev.Event, problem: ev.Problem) -> Accepted | Violation:
    """Judge a server that could not be started."""
    over, good = replace(state, lenient=True), limit_is_good(state)
    if _unknown(_hosting(state)) and problem.name == "TypeError":
        return Accepted(over, (LISTENING.unknown,))
    if not good and problem.name == "ValueError":
        return Accepted(over, ("server.bad-limit",))
    clause = LISTENING.arguments if good else "server.bad-limit"
    return violation(state, clause, "refused", event, Wanted("server"), method="start_server")


def _unknown(hosting: Hosting) -> str:
    """Return the first option by which the server must not start, if there is one."""
    return next((name for name, _ in hosting.serve.options if name not in LISTENING.known), "")


def accepted(state: State, step: ev.Accept) -> State:
    """A peer has connected."""
    hosting = replace(_hosting(state), accepted=True)
    return sending(connection.opened(state, "accept", step.link), hosting=hosting)


def handled(state: State, event: ev.Handled) -> Accepted | Violation:
    """Judge a call of the handler."""
    hosting = _hosting(state)
    if not limit_is_good(state):
        return violation(state, "server.bad-limit", "undue", event, Wanted("no-connection"))
    if not hosting.accepted or hosting.handled:
        return violation(state, "server.callback.once", "undue", event, Wanted("no-handler"))
    if event.value != connection.PAIR:
        return violation(state, "server.callback.pair", "wrong-value", event, Wanted("handler"))
    shown = ("server.callback.coroutine",) if hosting.handler in TASKS else ()
    after = sending(state, hosting=replace(hosting, handled=True))
    return Accepted(after, ("server.callback.once", "server.callback.pair", *shown))


def concluded(state: State, step: ev.Conclude) -> State:
    """The handler's coroutine ends, if it was called."""
    hosting = _hosting(state)
    return sending(state, hosting=replace(hosting, concluded=step.how)) if hosting.handled else state


def reported(state: State, event: ev.Reported) -> Accepted | Violation:
    """Judge a report to the loop's exception handler."""
    hosting, python = state.outbox.hosting, state.settings.python
    # What is told of a connection that was lost need not be about its handler.
    if hosting is not None and not state.outbox.lost:
        # Before anything has reached the connection there is nothing else to report.
        if hosting.handler in IGNORED and hosting.handled and (event.failure or not state.outbox.came):
            return violation(state, "server.callback.other-result", "undue", event, Wanted("no-report"))
        silent = "server.callback.cancelled-silent"
        if hosting.concluded == "cancelled" and in_force(silent, python):
            return violation(state, silent, "undue", event, Wanted("no-report-of-cancelling"))
    if hosting is None or not event.failure:
        return Accepted(state)
    once = "server.callback.raises-reported"
    if hosting.reported and hosting.concluded == "raises" and in_force(once, python):
        return violation(state, once, "undue", event, Wanted("no-second-report"))
    return Accepted(sending(state, hosting=replace(hosting, reported=True)))


def quiet(state: State) -> Accepted | Violation:
    """Judge what the server left undone when nothing is left to run."""
    box, hosting = state.outbox, state.outbox.hosting
    if hosting is None or not hosting.accepted:
        return Accepted(state)
    if not limit_is_good(state):
        return Accepted(state, ("server.bad-limit",))
    if not hosting.handled:
        clause = "server.callback.coroutine" if hosting.handler in TASKS else "server.callback.once"
        return missing(state, clause, "handler-called")
    seen = {"report": hosting.reported, "gone": box.gone}
    shown = ["server.callback.other-result"] if hosting.handler == "future" else []
    for clause, what in FAILED.get(hosting.concluded or hosting.handler, ()):
        if in_force(clause, state.settings.python):
            if not seen.get(what, True):
                return missing(state, clause, what)
            shown.append(clause)
    return Accepted(state, tuple(shown))


def _hosting(state: State) -> Hosting:
    return state.outbox.hosting or Hosting(ev.Serve())


def _concludes(state: State, _: object) -> bool:
    hosting = state.outbox.hosting
    return hosting is not None and hosting.handled and hosting.handler in TASKS and hosting.concluded is None


# What each stimulus needs to make sense, and what it changes; what judges each observation.
STIMULI: Stimuli = {
    ev.Serve: (connection.unopened, served),
    ev.Accept: (lambda state, _: state.outbox.opened == "serve", accepted),
    ev.Conclude: (_concludes, concluded),
}
JUDGES: Judges = {ev.Listened: listened, ev.Handled: handled, ev.Reported: reported}
