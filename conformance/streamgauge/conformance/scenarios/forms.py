"""How a field stands in JSON: read strictly, written in one form, and described to others, all by one row of a table.

A `Form` is for one field, a `Record` for an object: rows of a key, the attribute that it stands for, the form, and what
goes without saying. An attribute `part.name` belongs to a record within the record, whose fields stand in the same
object; an attribute "" is a key that is there to say what the object is; one that is a function works out what is
written, and `make` has what is read under the key. Whatever is unknown, missing or left over raises `ScriptError`, with
its place.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from streamgauge.conformance.scenarios.script import ScriptError

Json = dict[str, Any]
MOST_SHOWN = 100
MOST_DIGITS = 300


class NotJson(ScriptError):  # a finding about a text, as its base is
    """A text that is not JSON: at which line, and in a few words why."""

    def __init__(self, line: int, words: str, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.words = words


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one field: `read(key, form)` returns its value, `write(value)` its form; `schema` describes it."""

    read: Callable[[str, Any], Any]
    schema: Any
    write: Callable[[Any], Any] | None = None


def shown(form: Any) -> str:
    """Return JSON as it is shown in a sentence."""
    try:
        text = json.dumps(form)
    except RecursionError:
        return "something that has no end"
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN // 2]} … {text[-MOST_SHOWN // 2 :]}"


def must_be(key: str, what: str, form: Any) -> ScriptError:
    """Return the complaint about a field."""
    return ScriptError(f"{key!r} must be {what}, not {shown(form)}")


def within(place: str, read: Callable[[Any], Any], form: Any) -> Any:
    """Return what `read` makes of a form; what it complains of is said with its place."""
    try:
        return read(form)
    except ScriptError as problem:
        raise ScriptError(f"{place}: {problem}") from None


# ------------------------------------------------------------------- forms


def a(kind: type, schema: Json, fits: Callable[[Any], Any] | None = None, what: str = "") -> Form:
    """Return the form of what JSON has a type for; only what `fits`, if not all does, which is `what` in words."""
    article = "an" if kind is int else "a"

    def read(key: str, form: Any) -> Any:
        if type(form) is not kind:
            raise must_be(key, f"{article} {kind.__name__}", form)
        if fits is not None and not fits(form):
            raise must_be(key, what, form)
        return form

    return Form(read, schema)


def matching(pattern: str) -> Form:
    """Return the form of text in which a pattern is found."""
    return a(str, {"type": "string", "pattern": pattern}, re.compile(pattern).search, f"text like {pattern}")


def at_least(least: int) -> Form:
    """Return the form of a whole number."""
    return a(int, {"type": "integer", "minimum": least}, lambda number: number >= least, f"at least {least}")


def one_of(words: tuple[Any, ...]) -> Form:
    """Return the form of one of a few words, or of a few numbers."""
    return a(type(words[0]), {"enum": list(words)}, words.__contains__, f"one of {', '.join(map(str, words))}")


def each(form: Form, place: str = "{key}[{at}]", first: int = 0, least: int = 0) -> Form:
    """Return the form of several of a kind, as a tuple; `place` says which one is wrong, counted from `first`."""
    item, write = form.read, form.write
    fewest = {"minItems": least} if least else {}

    def read(key: str, several: Any) -> Any:
        if type(several) is not list:
            raise must_be(key, "a list", several)
        if len(several) < least:
            raise must_be(key, f"a list of at least {least}", several)
        return tuple(item(place.format(key=key, at=at), one) for at, one in enumerate(several, first))

    def written(several: Any) -> Any:
        return list(several) if write is None else [write(one) for one in several]

    return Form(read, {"type": "array", "items": form.schema, **fewest}, written)


def or_else(form: Form, this: Any, stands_for: Any) -> Form:
    """Return a form in which `this` stands for something of its own."""

    def read(key: str, found: Any) -> Any:
        return stands_for if found is this else form.read(key, found)

    def write(value: Any) -> Any:
        return this if value is stands_for else value

    return Form(read, {"oneOf": [{"const": this}, form.schema]}, write)


def said(words: str, form: Form) -> Form:
    """Return the form, described in words."""
    return replace(form, schema={"description": words, **form.schema})


TEXT = a(str, {"type": "string"})
FLAG = a(bool, {"type": "boolean"})
COUNT, NUMBER = at_least(0), at_least(1)
TRUE = a(bool, {"const": True}, bool, "true")


# ----------------------------------------------------------------- records

Row = tuple[Any, ...]  # key, attribute, form, and perhaps what goes without saying


def _true(_: Any) -> bool:
    return True


def itself(value: Any) -> Any:
    """Return the value: what a row is looked up by whose form is another view of the whole."""
    return value


class Record:
    """The form of an object, with a row for each key; `parts` are the records within it."""

    def __init__(self, make: Callable[..., Any], *rows: Row, **parts: Callable[..., Any]) -> None:
        self.key: str = rows[0][0]
        self.make = make
        self._parts = parts
        self._rows = [_looked_up(*row) for row in rows]
        self._keys = {row[0] for row in rows}
        self.schema: Json = {
            "required": [row[0] for row in rows if len(row) == 3],
            "additionalProperties": False,
            "properties": {key: form.schema for key, _, form, *_ in rows},
        }

    def read(self, form: Json) -> Any:
        """Return what an object stands for. Raises `ScriptError`."""
        fields: Json = {}
        parts: dict[str, Json] = {part: {} for part in self._parts}
        there = 0
        for key, part, name, _, read, _, default in self._rows:
            if key in form:
                value = read(key, form[key])
                there += 1
            elif default is ...:
                raise ScriptError(f"{key!r} is missing")
            else:
                value = default
            if name:
                (parts[part] if part else fields)[name] = value
        if there < len(form):
            raise ScriptError(f"unknown key {next(key for key in form if key not in self._keys)[:MOST_SHOWN]!r}")
        for part, make in self._parts.items():
            fields[part] = make(**parts[part])
        return self.make(**fields)

    def write(self, value: Any) -> Json:
        """Return the object, without what goes without saying."""
        form: Json = {}
        for key, _, _, look, _, write, default in self._rows:
            found = look(value)
            if default is ... or found != default:
                form[key] = found if write is None else write(found)
        return form


def _looked_up(key: str, attribute: str | Callable[[Any], Any], form: Form, default: Any = ...) -> Row:
    if not isinstance(attribute, str):
        return key, "", key, attribute, form.read, form.write, default
    part, _, name = attribute.rpartition(".")
    return key, part, name, attrgetter(attribute) if attribute else _true, form.read, form.write, default


def nested(record: Record) -> Form:
    """Return the form of an object that is a field of another."""

    def read(key: str, form: Any) -> Any:
        if type(form) is not dict:
            raise must_be(key, "a dict", form)
        return within(key, record.read, form)

    return Form(read, {"type": "object", **record.schema}, record.write)


# -------------------------------------------------------------------- text

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def loads(text: str) -> Any:
    """Return the JSON that a text holds. Raises `ScriptError` for what is not JSON, or is so in an odd way."""
    try:
        form = _DECODER.decode(text)
        if _SURROGATE.search(text) or not text.isascii():
            json.dumps(form, ensure_ascii=False).encode()
    except RecursionError:
        raise ScriptError("not JSON that can be read: it nests too deep") from None
    except UnicodeEncodeError:
        raise ScriptError("not JSON that can be read: half of a surrogate pair is no character") from None
    except json.JSONDecodeError as problem:
        if text.startswith("\ufeff"):
            raise ScriptError("not JSON: it begins with a byte order mark") from None
        raise NotJson(problem.lineno, problem.msg, f"not JSON: {problem}") from None
    return form


def _without_doubles(pairs: list[tuple[str, Any]]) -> Json:
    """Return the object of these pairs, for a decoder. Raises `ScriptError` if a key comes twice."""
    form = dict(pairs)
    if len(form) < len(pairs):
        double = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise ScriptError(f"the key {double[:MOST_SHOWN]!r} stands there twice")
    return form


def _number(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ScriptError(f"a number has at most {MOST_DIGITS} digits, not {len(digits)}")
    return int(digits)


def _whole(digits: str) -> float:
    """Return a number with a fraction: it is whole if that is nothing but zeros, as JSON has one kind of number."""
    number = float(digits)
    return _number(str(int(number))) if number.is_integer() else number


def _constant(name: str) -> Any:
    raise ScriptError(f"{name} is no number of JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_without_doubles, parse_int=_number, parse_float=_whole, parse_constant=_constant
)
