"""The rules of servers and their handlers, as traces that keep them and traces that break them."""

from __future__ import annotations

from typing import Any

import pytest

from streamgauge.spec.alphabet import (
    Aborted,
    Accept,
    Answered,
    Closed,
    Conclude,
    End,
    Handled,
    Kept,
    Listened,
    Problem,
    Quiet,
    Refused,
    Reported,
    Serve,
    Settle,
    Shaped,
)
from streamgauge.spec.model import enabled
from traces import ADDRESS, OPEN, PAIR, QUIET, after, broken, serving, shown

S = Settle()
STARTED = (Serve(), Listened(ADDRESS), Answered("server", True))


def started(handler: Any) -> tuple[Any, ...]:
    return (Serve(handler), *STARTED[1:], Accept(), S)


def refused(name: str) -> Refused:
    return Refused(Problem(name))


# Being started.


def test_the_loop_is_asked_with_the_arguments_that_were_given() -> None:
    serve = Serve("plain", (("backlog", 5), ("flags", 1)))
    right = (("backlog", 5), *ADDRESS)
    assert shown(serve, Listened(right)) == {"server.start.arguments"}
    assert broken(serve, Listened(ADDRESS)) == "server.start.arguments"
    assert broken(serve, Listened((*right, ("ssl", True)))) == "server.start.arguments"


def test_an_unknown_argument_is_refused_and_not_swallowed() -> None:
    serve = Serve("plain", (("colour", 1),))
    assert shown(serve, refused("TypeError")) == {"server.start.unknown"}
    assert broken(serve, Listened(ADDRESS)) == "server.start.unknown"
    assert broken(serve, Answered("server", True)) == "server.start.unknown"
    assert broken(serve, refused("OSError")) == "server.start.arguments"


def test_the_server_of_the_loop_is_returned() -> None:
    assert shown(*STARTED) == {"server.start.returns"}
    assert broken(*STARTED[:2], Answered("server", False)) == "server.start.returns"
    assert broken(STARTED[0], Answered("server", True)) == "server.start.arguments"
    assert broken(*STARTED[:2], refused("OSError")) == "server.start.arguments"


def test_a_bad_limit_is_refused_or_drops_each_connection() -> None:
    assert shown(Serve(), refused("ValueError"), limit=0) == {"server.bad-limit"}
    assert shown(*STARTED, Accept(), Reported(), *QUIET, limit=0) == {"server.bad-limit"}
    assert shown(*STARTED, *QUIET, limit=0) == set()
    assert broken(*started("plain"), Handled(PAIR), limit=0) == "server.bad-limit"
    assert broken(Serve(), refused("OSError"), limit=0) == "server.bad-limit"


def test_what_a_limit_of_another_type_does_is_free() -> None:
    assert shown(*STARTED, Accept(), *QUIET, limit=None) == set()


# The handler.


def test_the_handler_is_called_once_with_a_pair() -> None:
    assert shown(*started("plain"), Handled(PAIR)) == {"server.callback.once", "server.callback.pair"}
    assert broken(*started("plain"), Quiet()) == "server.callback.once"
    assert broken(*STARTED, Handled(PAIR)) == "server.callback.once"
    assert broken(*serving(), Handled(PAIR)) == "server.callback.once"
    for wrong in (("writer", "reader"), ("reader",), Shaped("object", "list")):
        assert broken(*started("plain"), Handled(wrong)) == "server.callback.pair"


@pytest.mark.parametrize("kind", ["coroutine", "partial", "object", "lambda"])
def test_a_coroutine_is_run_whatever_makes_it(kind: Any) -> None:
    assert "server.callback.coroutine" in shown(*started(kind), Handled(PAIR))
    assert broken(*started(kind), Quiet()) == "server.callback.coroutine"


def test_without_a_peer_nothing_is_owed() -> None:
    assert shown(*STARTED, *QUIET) == set()


def test_a_report_that_concerns_no_server_is_nobodys_fault() -> None:
    assert shown(*OPEN, Reported()) == set()


@pytest.mark.parametrize("end", [Closed(), Aborted()])
@pytest.mark.parametrize("kind", ["coroutine", "partial"])
def test_a_coroutine_that_raises_is_reported_and_its_connection_closed(kind: Any, end: Any) -> None:
    raises = (*serving(kind), Quiet(), Conclude("raises"), S)
    clauses = ("server.callback.raises-reported", "server.callback.raises-closed")
    assert shown(*raises, Reported(), Closed(), Quiet()) >= set(clauses)
    assert broken(*raises, Closed(), Quiet()) == clauses[0]
    assert broken(*raises, Reported(), Quiet()) == clauses[1]
    shown(*raises, Quiet(), python=(3, 10))


def test_a_cancelled_coroutine_is_not_reported_and_its_connection_closed() -> None:
    gone = (*serving("coroutine"), Quiet(), Conclude("cancelled"), S)
    clauses = {"server.callback.cancelled-closed", "server.callback.cancelled-silent"}
    assert shown(*gone, Closed(), Quiet()) >= clauses
    assert broken(*gone, Reported()) == "server.callback.cancelled-silent"
    assert broken(*gone, Quiet()) == "server.callback.cancelled-closed"
    shown(*gone, Reported(), Quiet(), python=(3, 12))


def test_after_a_coroutine_has_returned_the_connection_may_be_closed_or_not() -> None:
    over = (*serving("coroutine"), Quiet(), Conclude(), S)
    shown(*over, Quiet())
    shown(*over, Closed(), Quiet())


def test_a_plain_handler_that_raises_is_reported_and_in_newer_versions_closed() -> None:
    clauses = ("server.callback.plain-raises-reported", "server.callback.plain-raises-closed")
    raises = serving("plain-raises")
    assert broken(*raises, Quiet()) == clauses[0]
    assert shown(*raises, Reported(), Quiet()) >= {clauses[0]}
    assert broken(*raises, Reported(), Quiet(), python=(3, 15)) == clauses[1]
    assert shown(*raises, Reported(), Closed(), Quiet(), python=(3, 15)) >= set(clauses)


def test_a_result_that_is_no_coroutine_is_ignored() -> None:
    assert "server.callback.other-result" in shown(*serving("future"), Quiet())
    assert broken(*serving("future"), Closed()) == "server.callback.other-result"


@pytest.mark.parametrize("kind", ["plain", "future"])
def test_what_a_plain_handler_returns_is_not_reported(kind: Any) -> None:
    for told in (Reported(), Reported(failure=False)):
        assert broken(*serving(kind), told) == "server.callback.other-result"
    assert shown(*serving(kind), End(), Kept(open=True), Reported(failure=False)) == set()


def test_what_else_is_reported_does_not_stand_for_the_failure() -> None:
    assert broken(*serving("plain-raises"), Reported(failure=False), Quiet()) == "server.callback.plain-raises-reported"


def test_a_failure_is_reported_once() -> None:
    told = (*serving("coroutine"), Quiet(), Conclude("raises"), S, Reported())
    assert broken(*told, Reported()) == "server.callback.raises-reported"
    shown(*told, Reported(), python=(3, 10))


# What makes sense next.


def test_a_handler_concludes_once_and_only_where_it_was_called() -> None:
    assert not enabled(after(OPEN), Conclude())
    assert not enabled(after(started("coroutine")), Conclude())
    assert enabled(after(serving("coroutine")), Conclude())
    assert not enabled(after(serving("plain")), Conclude())
    assert not enabled(after((*serving("coroutine"), Conclude())), Conclude())
    assert after((*started("coroutine"), Conclude())).outbox.hosting == after(started("coroutine")).outbox.hosting


def test_a_peer_connects_to_a_server_that_has_none() -> None:
    assert enabled(after(STARTED), Accept())
    assert not enabled(after(OPEN), Accept())
    assert not enabled(after(serving()), Accept())
