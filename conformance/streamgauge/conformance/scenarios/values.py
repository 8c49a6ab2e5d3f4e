"""Values in the one JSON form: bytes as text, a character a byte; every other type that JSON lacks says its name."""

from __future__ import annotations

import json
from typing import Any, assert_never

from streamgauge.spec.alphabet import Argument, Shaped, Value

SEVERAL = ("list", "tuple-subclass", "generator", "exhausted")


class ScriptError(ValueError):
    """A scenario, step or value that is not in the one JSON form; the message says where and why."""


def value_to_json(value: Value | Argument) -> Any:
    """Return the JSON form of a value."""
    match value:
        case bytes():
            return value.decode("latin-1")
        case None | bool() | int():
            return value
        case str():
            return {"str": value}
        case tuple():
            return {"tuple": [value_to_json(one) for one in value]}
        case Shaped(kind=kind, content=tuple() as content):
            return {kind: [value_to_json(one) for one in content]}
        case Shaped(kind=kind, content=content):
            text = content.decode("latin-1") if isinstance(content, bytes) else content
            return {kind: text, "bytes": isinstance(content, bytes)}
        case _:
            assert_never(value)


def value_from_json(form: Any) -> Value:
    """Return the value of a JSON form. Raises `ScriptError`."""
    match form:
        case None | bool() | int():
            return form
        case str():
            return latin(form)
        case {"str": str(plain), **rest} if not rest:
            return plain
        case {"tuple": list(items), **rest} if not rest:
            return tuple(map(value_from_json, items))
        case dict() if len(form) == 1 and (kind := next(iter(form))) in SEVERAL and isinstance(form[kind], list):
            return Shaped(kind, tuple(map(value_from_json, form[kind])))
        case {"bytes": bool(binary), **rest} if len(rest) == 1:
            (name, text), *_ = rest.items()
            if isinstance(text, str):
                return Shaped(str(name), latin(text) if binary else text)
    raise ScriptError(f"not a value: {json.dumps(form)}")


def latin(text: str) -> bytes:
    """Return the bytes that the characters stand for. Raises `ScriptError`."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise ScriptError(f"bytes travel as characters up to U+00FF, not {text!r}") from None
