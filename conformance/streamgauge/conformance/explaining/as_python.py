"""Stimuli and values as lines of Python, for people who want to see a fault without streamgauge.

Every line works on plain asyncio: `reader` is the reader, `call1` the task of call 1, `error1` what the first
`set_exception` set, `timer1` the time-out around call 1, `transport1` the first transport.
"""

from __future__ import annotations

import re
from typing import assert_never

from streamgauge.spec.alphabet import (
    UNSET,
    Advance,
    Argument,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    End,
    Feed,
    Problem,
    Reading,
    Settle,
    Shaped,
    Unset,
    Value,
)

SETTLE = "await settle()"
PROBLEMS = {"works": "", "unsupported": ", NotImplementedError", "fails": ", RuntimeError"}
AGAIN_IN_USE = 'chunk[:] = b"\\xff" * len(chunk)'
AGAIN = "again, copied = pickle.loads(pickle.dumps(error)), copy.copy(error)"
QUESTIONS: dict[str, tuple[str, ...]] = {
    # question: lines that prepare the answer, and the expression that is the answer
    "at_eof": ("reader.at_eof()",),
    "exception": ("reader.exception()",),
    "repr": ("type(repr(reader)).__name__",),
    "iterator": ("aiter(reader) is reader",),
    "methods": ("[reader.read(0), reader.readexactly(0), reader.readuntil(), reader.readline(), aiter(reader)]",),
    "IncompleteReadError.kind": (
        'error = IncompleteReadError(b"ab", 5)',
        "(isinstance(error, EOFError), error.partial, error.expected)",
    ),
    "IncompleteReadError.constructor": (
        'named, placed = IncompleteReadError(partial=b"abc", expected=7), IncompleteReadError(b"abc", 7)',
        'counted = re.search(r"\\b3\\b", str(named)) is not None',
        "(named.partial, named.expected, counted, placed.partial, placed.expected)",
    ),
    "IncompleteReadError.undefined": (
        'text = str(IncompleteReadError(b"", None))',
        'next((word for word in ("undefined", "None") if word in text), text)',
    ),
    "IncompleteReadError.pickle": (
        'error = IncompleteReadError(b"ab", 5)',
        AGAIN,
        "tuple(part for one in (again, copied) for part in (type(one) is type(error), one.partial, one.expected))",
    ),
    "LimitOverrunError.kind": (
        'error = LimitOverrunError("too long", 9)',
        "kinds = tuple(isinstance(error, one) for one in (Exception, ValueError, EOFError))",
        "(*kinds, error.consumed, error.args[0])",
    ),
    "LimitOverrunError.pickle": (
        'error = LimitOverrunError("too long", 9)',
        AGAIN,
        "tuple(part for one in (again, copied) for part in (type(one) is type(error), one.consumed, one.args[0]))",
    ),
}


# ------------------------------------------------------------------- values


def literal(value: Value | Argument) -> str:
    """Return the expression that makes the value."""
    match value:
        case bytes():
            return text_literal(value)
        case str():
            return text_literal(value)
        case None | bool() | int():
            return repr(value)
        case tuple():
            items = ", ".join(map(literal, value))
            return f"({items},)" if len(value) == 1 else f"({items})"
        case Shaped(kind="list", content=tuple() as items):
            return f"[{', '.join(map(literal, items))}]"
        case Shaped(kind="generator" | "exhausted" as kind, content=tuple() as items):
            return f"iter([{', '.join(map(literal, items)) if kind == 'generator' else ''}])"
        case Shaped(kind="tuple-subclass", content=tuple() as items):
            return f"Several({literal(items)})"
        case Shaped(kind="float", content=str() as text):
            return text if re.fullmatch(r"-?\d+\.\d+", text) else f'float("{text}")'
        case Shaped(kind="bool", content=content):
            return str(content == "True")
        case Shaped(kind="bytearray" | "memoryview" as kind, content=bytes() as data):
            return f"{kind}({text_literal(data)})"
        case Shaped():
            return "object()"
        case _:
            assert_never(value)


def text_literal(value: bytes | str) -> str:
    """Return bytes or text in double quotes, as formatters of source text want it."""
    plain = repr(value)
    mark = plain[0] if plain[0] == "b" else ""
    body = plain[len(mark) + 1 : -1]
    return plain if '"' in body else f'{mark}"{body}"'.replace("\\'", "'")


# ------------------------------------------------------------------ stimuli


def construction(limit: Argument | Unset) -> str:
    """Return the expression that makes the reader."""
    return "StreamReader()" if limit is UNSET else f"StreamReader(limit={literal(limit)})"


def lines(stimulus: Reading, number: int, *, careful: bool = False) -> list[str]:
    """Return the lines that do what a stimulus of a reader asks for; a `Break` or an `Attach` is the `number`-th.

    `careful` calls are made in their task, so that what they raise when they are called belongs to it, too.
    """
    match stimulus:
        case Feed():
            return _feed(stimulus)
        case End():
            return ["reader.feed_eof()"]
        case Break(form="none"):
            return ["reader.set_exception(None)"]
        case Break(error=error, form=form):
            made = f'{error}("set on purpose")' if form == "instance" else error
            return [f"reader.set_exception(error{number} := {made})"]
        case Call():
            return started(stimulus, careful=careful)
        case Cancel(op=op):
            return [f"call{op}.cancel()"]
        case Attach(pausing=pausing):
            return [f"reader.set_transport(Transport({number}{PROBLEMS[pausing]}))"]
        case Ask(question=question):
            # What is asked of all methods at once would leave calls behind that nobody awaits.
            return [] if question == "methods" else list(QUESTIONS[question])
        case Advance():
            return []
        case Settle():
            return [SETTLE]
        case _:
            assert_never(stimulus)


def _feed(feed: Feed) -> list[str]:
    text = literal(feed.data.decode("latin-1") if feed.form == "str" else feed.data)
    data = text if feed.times == 1 else f"{text} * {feed.times}"
    match feed.form:
        case "bytes" | "str":
            return [f"reader.feed_data({data})"]
        case "none":
            return ["reader.feed_data(None)"]
        case "zero":
            return ["reader.feed_data(0)"]
        case "list":
            return [f"reader.feed_data(list({data}))"]
        case "bytearray":
            return [f"chunk = bytearray({data})", "reader.feed_data(chunk)", AGAIN_IN_USE, "chunk.append(255)"]
        case "memoryview":
            return [f"chunk = bytearray({data})", "reader.feed_data(memoryview(chunk))", AGAIN_IN_USE]


def started(call: Call, stream: str = "reader", *, careful: bool = False) -> list[str]:
    """Return the lines that start a call of `stream` in a task of its own."""
    args = ", ".join(map(literal, call.args))
    if call.timeout is None:
        plain = f"{stream}.{call.method}({args})"
        deferred = f"call({stream}.{call.method}{', ' * bool(args)}{args})"
        return [f"call{call.op} = asyncio.ensure_future({deferred if careful else plain})"]
    seconds = "0" if call.timeout == 0 else "None"
    inner = f"call_within(timer{call.op}, {stream}.{call.method}{', ' * bool(args)}{args})"
    return [f"timer{call.op} = asyncio.timeout({seconds})", f"call{call.op} = asyncio.ensure_future({inner})"]


# ------------------------------------------------------------- observations


def equals(name: str, value: Value) -> str:
    """Return the condition that the variable `name` holds `value`, in an object of the same type."""
    match value:
        case None | bool():
            return f"{name} is {value}"
        case bytes() | int() | str():
            return f"{name} == {literal(value)}"
        case tuple() if not any(isinstance(one, Shaped | tuple) for one in value):
            return f"{name} == {literal(value)}"
        case tuple():
            return f"type({name}) is tuple"
        case Shaped(kind="object", content=str() as kind):
            return f'type({name}).__name__ == "{kind}"'
        case Shaped(kind=kind, content=bytes() as content):
            return f'type({name}).__name__ == "{kind}" and bytes({name}) == {literal(content)}'
        case Shaped():
            return f'type({name}).__name__ == "{value.kind}"'
        case _:
            assert_never(value)


def is_problem(name: str, problem: Problem, *, breaks: int = 0, message: bool = False, attributes: bool = True) -> str:
    """Return the condition that `name`, a variable or an expression, holds the exception `problem`.

    `breaks` counts the exceptions that were set; `message` tells whether it depends on the message, and on what
    the exception came from; `attributes`, whether it depends on what the exception holds.
    """
    if problem.injected:
        return f"{name} is error{problem.injected}"
    known = problem.name == "CancelledError"
    parts = [f"isinstance({name}, asyncio.CancelledError)" if known else f'kind({name}) == "{problem.name}"']
    parts += [f"{name} is not error{number}" for number in range(1, breaks + 1)]
    if attributes:
        parts += _attributes(name, problem)
    if message:
        parts.append(f"str({name}) == {literal(problem.message)}")
        if problem.name == "ValueError":
            parts.append(_came_from(name, problem.context))
    return " and ".join(parts)


def _attributes(name: str, problem: Problem) -> list[str]:
    held = (("partial", problem.partial), ("expected", problem.expected), ("consumed", problem.consumed))
    return [
        equals(f'getattr({name}, "{attribute}", None)', content)
        for attribute, content in held
        if content is not None or attribute in ATTRIBUTES.get(problem.name, ())
    ]


ATTRIBUTES = {"IncompleteReadError": ("partial", "expected"), "LimitOverrunError": ("consumed",)}


def _came_from(name: str, context: str | None) -> str:
    if context is None:
        return f"{name}.__context__ is None"
    if context.startswith("cause: "):
        return f"{name}.__cause__ is not None"
    return f'kind({name}.__context__) == "{context}"'
