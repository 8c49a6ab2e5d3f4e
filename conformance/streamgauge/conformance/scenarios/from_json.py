"""Events read from the one JSON form, strictly: whatever is unknown, missing or left over is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast, get_args

from streamgauge.conformance.scenarios.values import ScriptError, latin, value_from_json
from streamgauge.spec.alphabet import (
    PLAIN_LINK,
    Aborted,
    Accept,
    Advance,
    Answered,
    Ask,
    Attach,
    Break,
    BreakForm,
    Call,
    Cancel,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Ending,
    Event,
    Fate,
    Feed,
    Form,
    Halved,
    Handled,
    Handler,
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
    Pausing,
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
    Value,
    Wrote,
)

Json = dict[str, Any]


class Fields:
    """The keys of one JSON object, each of which must be asked for, and of the right type."""

    def __init__(self, form: Json) -> None:
        self.form = dict(form)

    def take(self, key: str, kind: type, default: Any = ...) -> Any:
        """Return the value of a key. Raises `ScriptError` if it is missing, or of another type."""
        if key not in self.form and default is not ...:
            return default
        value = self.form.pop(key, None)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ScriptError(f"{key!r} must be a {kind.__name__}, not {json.dumps(value)}")
        return value

    def pick(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """Return one of a few words. Raises `ScriptError`."""
        value = self.take(key, str, default)
        if value not in choices:
            raise ScriptError(f"{key!r} must be one of {', '.join(choices)}, not {value!r}")
        return cast(str, value)

    def value(self, key: str) -> Value:
        """Return a value of any kind, or None. Raises `ScriptError`."""
        return value_from_json(self.form.pop(key, None))

    def done(self) -> None:
        """Raise `ScriptError` if a key was not asked for."""
        if self.form:
            raise ScriptError(f"unknown key {next(iter(self.form))!r}")


def _read_feed(fields: Fields) -> Feed:
    data = latin(fields.take("feed", str))
    return Feed(data, cast(Form, fields.pick("as", get_args(Form), "bytes")), _at_least(fields, "times", 1, 1))


def _read_call(fields: Fields) -> Call:
    method, op = fields.take("call", str), _at_least(fields, "op", 1)
    args = tuple(map(value_from_json, fields.take("args", list, [])))
    timeout = _at_least(fields, "timeout", 0, None) if fields.form.get("timeout") is not None else None
    fields.form.pop("timeout", None)
    return Call(op, method, args, timeout)


def _at_least(fields: Fields, key: str, least: int, default: Any = ...) -> Any:
    value = fields.take(key, int, default)
    if value is not None and value < least:
        raise ScriptError(f"{key!r} must be at least {least}, not {value}")
    return value


def _read_break(fields: Fields) -> Break:
    error = fields.take("break", str)
    return Break(error, cast(BreakForm, fields.pick("as", get_args(BreakForm), "instance")))


def _read_problem(fields: Fields, key: str) -> Problem:
    return Problem(
        fields.take(key, str),
        fields.take("injected", int, 0),
        fields.value("partial"),
        fields.value("expected"),
        fields.value("consumed"),
        fields.take("message", str, ""),
        fields.take("context", str, None),
    )


def _plain(kind: Callable[[], Event], key: str) -> Callable[[Fields], Event]:
    def read(fields: Fields) -> Event:
        _true(fields, key)
        return kind()

    return read


def _true(fields: Fields, key: str) -> None:
    if fields.take(key, bool) is not True:
        raise ScriptError(f"{key!r} must be true")


def _read_link(fields: Fields) -> Link:
    high = _at_least(fields, "high", 0, PLAIN_LINK.high)
    pausing = cast(Pausing, fields.pick("pausing", get_args(Pausing), PLAIN_LINK.pausing))
    return Link(high, pausing, fields.take("half_close", bool, PLAIN_LINK.half_close))


def _read_options(fields: Fields) -> Options:
    options = fields.take("options", dict, {})
    return tuple((str(name), value_from_json(value)) for name, value in options.items())


def _read_open(fields: Fields) -> Open:
    linked = fields.pick("open", ("peer", "server"), "") == "server"
    return Open(_read_link(fields), linked)


def _read_dial(fields: Fields) -> Dial:
    fate = cast(Fate, fields.pick("dial", get_args(Fate), ""))
    return Dial(_at_least(fields, "op", 1), _read_options(fields), fate)


def _read_serve(fields: Fields) -> Serve:
    return Serve(cast(Handler, fields.pick("serve", get_args(Handler), "")), _read_options(fields))


def _read_accept(fields: Fields) -> Accept:
    _true(fields, "accept")
    return Accept(_read_link(fields))


def _read_do(fields: Fields) -> Do:
    return Do(fields.take("do", str), tuple(map(value_from_json, fields.take("args", list, []))))


def _read_unclog(fields: Fields) -> Unclog:
    if fields.form.get("unclog") is True:
        del fields.form["unclog"]
        return Unclog()
    return Unclog(_at_least(fields, "unclog", 0))


def _read_lose(fields: Fields) -> Lose:
    if fields.form.get("lose", ...) is None:
        del fields.form["lose"]
        return Lose()
    return Lose(fields.take("lose", str))


def _read_dialled(fields: Fields) -> Dialled:
    _true(fields, "dialled")
    return Dialled(_read_options(fields))


def _read_listened(fields: Fields) -> Listened:
    _true(fields, "listened")
    return Listened(_read_options(fields))


READERS: dict[str, Callable[[Fields], Event]] = {
    "feed": _read_feed,
    "end": _plain(End, "end"),
    "break": _read_break,
    "call": _read_call,
    "cancel": lambda fields: Cancel(_at_least(fields, "cancel", 1)),
    "attach": lambda fields: Attach(cast(Pausing, fields.pick("attach", get_args(Pausing), ""))),
    "ask": lambda fields: Ask(fields.take("ask", str)),
    "advance": lambda fields: Advance(_at_least(fields, "advance", 0)),
    "settle": _plain(Settle, "settle"),
    "made": _plain(Made, "made"),
    "returned": lambda fields: Returned(
        _at_least(fields, "op", 1), fields.value("returned"), fields.take("at_once", bool, False)
    ),
    "raised": lambda fields: Raised(
        _at_least(fields, "op", 1), _read_problem(fields, "raised"), fields.take("at_once", bool, False)
    ),
    "refused": lambda fields: Refused(_read_problem(fields, "refused")),
    "answered": lambda fields: Answered(fields.take("answered", str), fields.value("value")),
    "paused": lambda fields: Paused(_at_least(fields, "paused", 1)),
    "resumed": lambda fields: Resumed(_at_least(fields, "resumed", 1)),
    "quiet": _plain(Quiet, "quiet"),
    "overran": lambda fields: Overran(fields.take("overran", str)),
    "open": _read_open,
    "dial": _read_dial,
    "serve": _read_serve,
    "accept": _read_accept,
    "conclude": lambda fields: Conclude(cast(Ending, fields.pick("conclude", get_args(Ending), ""))),
    "do": _read_do,
    "clog": _plain(Clog, "clog"),
    "unclog": _read_unclog,
    "hold": _plain(Hold, "hold"),
    "release": _plain(Release, "release"),
    "lose": _read_lose,
    "dialled": _read_dialled,
    "listened": _read_listened,
    "handled": lambda fields: Handled(fields.value("handled")),
    "reported": lambda fields: Reported(fields.take("reported", bool)),
    "wrote": lambda fields: Wrote(latin(fields.take("wrote", str))),
    "halved": _plain(Halved, "halved"),
    "closed": _plain(Closed, "closed"),
    "aborted": _plain(Aborted, "aborted"),
    "kept": lambda fields: Kept(fields.take("kept", bool)),
}
STIMULI = (
    *("feed", "end", "break", "call", "cancel", "attach", "ask", "advance", "settle"),
    *("open", "dial", "serve", "accept", "conclude", "do", "clog", "unclog", "hold", "release", "lose"),
)


def event_from_json(form: Any) -> Event:
    """Return the event of a JSON form. Raises `ScriptError`."""
    if not isinstance(form, dict):
        raise ScriptError(f"a step is an object, not {json.dumps(form)}")
    named = [key for key in form if key in READERS]
    if len(named) != 1:
        found = ", ".join(form) or "none"
        raise ScriptError(f"a step has exactly one of the keys {', '.join(READERS)}; this has {found}")
    fields = Fields(form)
    end = _at_least(fields, "on", 2, None)
    event = READERS[named[0]](fields)
    fields.done()
    return event if end is None else On(end, cast(Any, event))
