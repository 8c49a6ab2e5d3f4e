"""What is done to a connection as lines of Python, without streamgauge.

`reader` and `writer` are those of the first end, `transport` is its transport; those of the second are `reader2` and
so on. `error1` is the first exception that ended a connection or was set.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import assert_never

from streamgauge.conformance.explaining import as_python
from streamgauge.conformance.explaining.as_python import AGAIN_IN_USE, literal
from streamgauge.spec.alphabet import (
    UNSET,
    Accept,
    Advance,
    Argument,
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
    Handler,
    Hold,
    Lose,
    OneEnd,
    Open,
    Options,
    Release,
    Serve,
    Settle,
    Shaped,
    Unclog,
    Unset,
)

ADDRESS = '"192.0.2.1", 7'
OF_THE_WRITER = ("drain", "wait_closed")
UNKNOWN = 'writer.get_extra_info("no such name"'
QUESTIONS = {
    "is_closing": "writer.is_closing()",
    "can_write_eof": "writer.can_write_eof()",
    "extra_info": 'writer.get_extra_info("peername") == ("192.0.2.1", 7)',
    "extra_info_default": f'({UNKNOWN}), {UNKNOWN}, 1), writer.get_extra_info("peername", 1) == 1) == (None, 1, False)',
    "transport": "writer.transport is transport",
    "writer_methods": "all(map(inspect.isawaitable, (writer.drain(), writer.wait_closed())))",
}
CONCLUSIONS = {
    "returns": "ended.set_result(None)",
    "raises": 'ended.set_exception(RuntimeError("the handler failed"))',
    "cancelled": "tasks[0].cancel()",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How things are written: for which target, with which limit, and what the transport has to do for itself.

    `arrives`: it keeps back what comes while it is paused; `queues`: it queues what the peer does not take.
    """

    target: str
    limit: Argument | Unset
    arrives: bool = False
    queues: bool = False
    careful: bool = False

    def options(self, options: Options = ()) -> str:
        """Return the arguments by name."""
        given = [] if self.limit is UNSET else [("limit", self.limit)]
        return ", ".join(f"{name}={literal(value)}" for name, value in (*given, *options))

    def connect(self, options: Options = ()) -> str:
        """Return the call that gives a connection."""
        given = self.options(options)
        if self.target == "asyncio":
            return f"asyncio.open_connection({ADDRESS}{', ' * bool(given)}{given})"
        return f"connect({given})"

    def serve(self, step: Serve) -> str:
        """Return the call that gives a server."""
        given = self.options(step.options)
        where = "asyncio" if self.target == "asyncio" else "target"
        return f"{where}.start_server({CALLED[step.handler]}, {ADDRESS}{', ' * bool(given)}{given})"


CALLED: dict[Handler, str] = {
    "plain": "handler",
    "plain-raises": "handler",
    "future": "handler",
    "coroutine": "handler",
    "partial": "functools.partial(handler)",
    "object": "Handler()",
    "lambda": "lambda *given: handler(*given)",
}
NOTES = ('seen.append("handler")', "handled.extend(given)")


def handler(kind: Handler) -> list[str]:
    """Return the lines that define a handler of that kind."""
    match kind:
        case "plain":
            return _function("def handler(*given):", *NOTES)
        case "plain-raises":
            return _function("def handler(*given):", *NOTES, 'raise RuntimeError("the handler failed")')
        case "future":
            return _function("def handler(*given):", *NOTES, "return asyncio.get_running_loop().create_future()")
        case "object":
            inside = (f"    {line}" for line in _coroutine("async def __call__(self, *given):"))
            return [ENDED, "", "class Handler:", *inside, ""]
        case "coroutine" | "partial" | "lambda":
            return [ENDED, *_coroutine("async def handler(*given):")]
        case _:
            assert_never(kind)


ENDED = "ended = asyncio.get_running_loop().create_future()"


def _coroutine(heading: str) -> list[str]:
    return _function(heading, *NOTES, "tasks.append(asyncio.current_task())", "await ended")


def _function(heading: str, *body: str) -> list[str]:
    return ["", heading, *(f"    {line}" for line in body), ""]


# -------------------------------------------------------------------- steps


def lines(step: OneEnd, end: int, manner: Manner, number: int) -> list[str]:
    """Return the lines that do what a step asks for at that end; an exception of it is the `number`-th."""
    mark = "" if end == 1 else str(end)
    writer, wire = f"writer{mark}", f"transport{mark}"
    match step:
        case Open():
            return [f"reader{mark}, {writer} = await {manner.connect()}"]
        case Dial(op=op, options=options):
            return [f"call{op} = asyncio.ensure_future({manner.connect(options)})"]
        case Serve():
            return [*handler(step.handler), f"await {manner.serve(step)}"]
        case Accept():
            return [f"{wire} = accept()"]
        case Conclude(how=how):
            return [CONCLUSIONS[how]]
        case Do():
            return _done(step, writer)
        case Clog():
            return [f"{wire}.clogged = True"]
        case Unclog(count=count):
            return [f"{wire}.unclog({'' if count is None else count})"]
        case Hold() | Release():
            return _held(isinstance(step, Hold), wire, manner)
        case Lose(error=error):
            what = "None" if error is None else f'error{number} := {error}("set on purpose")'
            return [f"{wire}.lose({what})"]
        case Feed() | End():
            return _fed(step, wire, manner)
        case Call(method=method):
            stream = writer if method in OF_THE_WRITER else f"reader{mark}"
            return as_python.started(step, stream, careful=manner.careful)
        case Ask(question=question):
            return asked(question, mark)
        case Break() | Cancel() | Attach() | Advance() | Settle():
            return [_of_end(line, mark) for line in as_python.lines(step, number)]
        case _:
            assert_never(step)


def asked(question: str, mark: str) -> list[str]:
    """Return the lines that put a question to an end; the last is an expression."""
    if question in QUESTIONS:
        text = QUESTIONS[question].replace("writer.", f"writer{mark}.")
        return [text.replace("is transport", f"is transport{mark}")]
    return [_of_end(line, mark) for line in as_python.QUESTIONS.get(question, ())]


def _of_end(line: str, mark: str) -> str:
    return line.replace("reader.", f"reader{mark}.", 1)


def _held(holds: bool, wire: str, manner: Manner) -> list[str]:  # which of the two it is
    if manner.queues:
        return [f"{wire}.hold({holds})"]
    return [f"{wire}.protocol.{'pause' if holds else 'resume'}_writing()"]


def _fed(step: Feed | End, wire: str, manner: Manner) -> list[str]:
    if isinstance(step, End):
        return [f'{wire}.arrive(b"")'] if manner.arrives else [f"{wire}.protocol.eof_received() or {wire}.close()"]
    text = literal(step.data) if step.times == 1 else f"{literal(step.data)} * {step.times}"
    text = f"{step.form}({text})" if step.form in ("bytearray", "memoryview") else text
    return [f"{wire}.arrive({text})" if manner.arrives else f"{wire}.protocol.data_received({text})"]


def _done(step: Do, writer: str) -> list[str]:
    """Return the call of the writer, and what the owner of a buffer then does with it."""
    if step.method == "abort":
        return [f"{writer}.transport.abort()"]
    before, args, after = [], [], []
    for given in step.args:
        before_it, text, after_it = _lent(given)
        before += before_it
        args.append(text)
        after += after_it
    return [*before, f"{writer}.{step.method}({', '.join(args)})", *after]


def _lent(given: Argument) -> tuple[list[str], str, list[str]]:
    match given:
        case Shaped(kind="bytearray", content=bytes() as data):
            return [f"chunk = bytearray({literal(data)})"], "chunk", [AGAIN_IN_USE, "chunk.append(255)"]
        case Shaped(kind="memoryview", content=bytes() as data):
            return [f"chunk = bytearray({literal(data)})"], "memoryview(chunk)", [AGAIN_IN_USE]
        case Shaped(kind="list" | "generator" as kind, content=tuple() as items) if any(
            isinstance(one, Shaped) and one.kind in ("bytearray", "memoryview") for one in items
        ):
            before, args, after = map(list, zip(*map(_lent, items), strict=True))
            text = f"[{', '.join(map(str, args))}]"
            text = text if kind == "list" else f"iter({text})"
            return [*chain.from_iterable(before)], text, [*chain.from_iterable(after)]
        case _:
            return [], literal(given), []
