"""Events written in the one JSON form: one object an event, whose first key says what happened.

What concerns the second end of a connection says so by `on`; what goes without saying is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from streamgauge.conformance.scenarios.values import value_to_json
from streamgauge.spec.alphabet import (
    PLAIN_LINK,
    Aborted,
    Accept,
    Advance,
    Answered,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Event,
    Feed,
    Halved,
    Handled,
    Hold,
    Kept,
    Link,
    Listened,
    Lose,
    Made,
    On,
    Open,
    Options,
    Overran,
    Paused,
    Problem,
    Quiet,
    Raised,
    Refused,
    Release,
    Reported,
    Resumed,
    Returned,
    Serve,
    Settle,
    Unclog,
    Wrote,
)

Json = dict[str, Any]
# What `event_to_json` leaves to another function.
Elsewhere = (
    Open | Dial | Serve | Accept | Conclude | Do | Unclog | Lose
    | Dialled | Listened | Handled | Wrote | Kept | Reported
)  # fmt: skip


def event_to_json(event: Event) -> Json:
    """Return the JSON form of a stimulus or an observation."""
    match event:
        case Feed(data=data, form=form, times=times):
            return _trim({"feed": data.decode("latin-1"), "as": form, "times": times}, {"as": "bytes", "times": 1})
        case Break(error=error, form=given):
            return _trim({"break": error, "as": given}, {"as": "instance"})
        case Call(op=op, method=method, args=args, timeout=timeout):
            call: Json = {"call": method, "op": op, "args": [value_to_json(one) for one in args], "timeout": timeout}
            return _trim(call, {"args": [], "timeout": None})
        case Cancel(op=op):
            return {"cancel": op}
        case Attach(pausing=pausing):
            return {"attach": pausing}
        case Ask(question=question):
            return {"ask": question}
        case Advance(seconds=seconds):
            return {"advance": seconds}
        case End() | Settle() | Made() | Quiet() | Clog() | Hold() | Release() | Halved():
            return {type(event).__name__.lower(): True}
        case Closed() | Aborted():
            return {type(event).__name__.lower(): True}
        case Returned(op=op, value=value, at_once=at_once):
            return _trim({"returned": value_to_json(value), "op": op, "at_once": at_once}, {"at_once": False})
        case Raised(op=op, problem=problem, at_once=at_once):
            rest = _trim({"op": op, "at_once": at_once}, {"at_once": False})
            return {"raised": problem.name, **rest, **_problem_to_json(problem)}
        case Refused(problem=problem):
            return {"refused": problem.name, **_problem_to_json(problem)}
        case Answered(question=question, value=value):
            return {"answered": question, "value": value_to_json(value)}
        case Paused(transport=transport):
            return {"paused": transport}
        case Resumed(transport=transport):
            return {"resumed": transport}
        case Overran(budget=budget):
            return {"overran": budget}
        case On(end=end, event=inner):
            return {**event_to_json(inner), "on": end}
        case _:
            return _network_to_json(event)


def _network_to_json(event: Elsewhere) -> Json:
    match event:
        case Open(link=link, linked=linked):
            return {"open": "server" if linked else "peer", **_link_to_json(link)}
        case Dial(op=op, options=options, fate=fate):
            return {"dial": fate, "op": op, **_options_to_json(options)}
        case Serve(handler=handler, options=options):
            return {"serve": handler, **_options_to_json(options)}
        case Accept(link=link):
            return {"accept": True, **_link_to_json(link)}
        case Conclude(how=how):
            return {"conclude": how}
        case Do(method=method, args=args):
            return _trim({"do": method, "args": [value_to_json(one) for one in args]}, {"args": []})
        case Unclog(count=count):
            return {"unclog": True if count is None else count}
        case Lose(error=error):
            return {"lose": error}
        case Dialled(options=options):
            return {"dialled": True, **_options_to_json(options)}
        case Listened(options=options):
            return {"listened": True, **_options_to_json(options)}
        case Handled(value=value):
            return {"handled": value_to_json(value)}
        case Wrote(data=data):
            return {"wrote": data.decode("latin-1")}
        case Kept(open=kept):
            return {"kept": kept}
        case Reported(failure=failure):
            return {"reported": failure}
        case _:
            assert_never(event)


def _link_to_json(link: Link) -> Json:
    plain = {"high": PLAIN_LINK.high, "pausing": PLAIN_LINK.pausing, "half_close": PLAIN_LINK.half_close}
    return _trim({"high": link.high, "pausing": link.pausing, "half_close": link.half_close}, plain)


def _options_to_json(options: Options) -> Json:
    return {"options": {name: value_to_json(value) for name, value in options}} if options else {}


def _trim(form: Json, defaults: Mapping[str, Any]) -> Json:
    return {key: value for key, value in form.items() if key not in defaults or defaults[key] != value}


def _problem_to_json(problem: Problem) -> Json:
    form = {
        "injected": problem.injected,
        "partial": value_to_json(problem.partial),
        "expected": value_to_json(problem.expected),
        "consumed": value_to_json(problem.consumed),
        "message": problem.message,
        "context": problem.context,
    }
    plain = {"injected": 0, "partial": None, "expected": None, "consumed": None, "message": "", "context": None}
    return _trim(form, plain)
