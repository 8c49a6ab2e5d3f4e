"""What programs stand on, run here: `main` of many programs on the stage itself, and how a program ends."""

import asyncio
import functools
import gc
import inspect
import os
import threading
import warnings
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from textwrap import indent
from typing import Any

import pytest

import faulty
from failing import found
from streamgauge.conformance.adapters.names import NAMES
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.explaining import brief, importing, narrate, stage, wiring, words
from streamgauge.conformance.playing import end, handlers, observing
from streamgauge.conformance.target import InProcess
from streamgauge.conformance.worlds import loop as loops
from streamgauge.conformance.worlds import wire
from streamgauge.spec.alphabet import Problem

# A program leaves calls that wait for ever, and its loop, to `os._exit`.
pytestmark = pytest.mark.filterwarnings("ignore")
ERRORS = {**stage.errors}


class Exited(Exception):
    """What `os._exit` would have done."""


def leave(status: int) -> None:
    raise Exited(int(status))


def clear() -> None:
    """Nothing is seen yet, and nothing was made."""
    for kept in (stage.seen, stage.given, wiring.wires, wiring.pairs, wiring.listeners):
        kept.clear()
    wiring.hosts[:] = [1]
    stage.errors.update(ERRORS)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is seen yet, and whoever leaves is caught."""
    gc.collect()
    monkeypatch.setattr(os, "_exit", leave)
    clear()
    yield
    clear()


def shows(fault: faulty.Fault, where: importing.Origin) -> bool:
    """Whether `main` shows the fault, run on the stage in this process; it knows nothing better than 0 or 1."""
    gc.collect()  # calls that were left behind say now that they ended
    clear()
    one = found(fault).failure
    assert one is not None
    right = InProcess(resolve("reference")).play(one.scenario)
    lines = "\n".join(narrate.main(one, where.manner, right))
    everything = {
        **vars(asyncio),
        **vars(end),
        **vars(handlers),
        **vars(observing),
        **vars(wire),
        **vars(loops),
        **vars(wiring),
    }
    everything |= {**vars(stage), "functools": functools, "threading": threading, "asyncio": asyncio}
    used = frozenset((*NAMES, "errors"))
    exec(
        f"async def main():\n{indent(chr(10).join([*where.imports(used), lines]), '    ')}", everything
    )  # what is tested
    loop = asyncio.new_event_loop()
    status = 1
    try:
        loop.run_until_complete(everything["main"]())
    except Exited as left:
        status = left.args[0]
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loop.close()
    assert status in (0, 1)
    return status == 1


@pytest.mark.parametrize("fault", [*faulty.FAULTY][::5], ids=lambda fault: fault.reader.__name__)
def test_main_shows_the_fault_on_the_stage_and_clears_the_reference(fault: faulty.Fault) -> None:
    where = importing.origin(f"faulty:{fault.reader.__name__}")
    assert shows(fault, where)
    assert not shows(fault, importing.on_reference(where))


async def comes(value: Any) -> Any:
    if isinstance(value, BaseException):
        raise value
    return value


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine comes to on a plain loop, or the status with which it leaves."""
    try:
        return asyncio.run(coroutine)
    except Exited as left:
        return left.args[0]


# How a program ends.


@pytest.mark.parametrize(("main", "status"), [(True, 1), (ValueError("odd"), 2), (SystemExit(1), 2)])
def test_a_program_ends_with_1_only_if_main_comes_to_its_end(
    main: Any, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        threading, "Timer", lambda *_: type("Guard", (), dict.fromkeys(("start", "cancel"), lambda self: None))()
    )
    with pytest.raises(Exited) as left:
        stage.run(functools.partial(comes, main))
    assert left.value.args == (status,)
    said = capsys.readouterr().err
    assert said == (f"this was not expected: {type(main).__name__}: {main}\n" if status == 2 else "")


FAULT, RIGHT = "call 1 returned b''", "call 1 raised ValueError"


@pytest.mark.parametrize(
    ("seen", "way", "status"),
    [
        ([], {}, None),
        (["a"], {}, 2),
        (["a"], {"way": ["a"]}, None),
        (["b"], {"way": ["a"]}, 2),
        (["a", "b"], {"way": ["a"]}, 2),
        ([FAULT, "b"], {"fault": FAULT, "right": RIGHT}, None),
        ([RIGHT + ", consumed 3"], {"fault": FAULT, "right": RIGHT}, 0),
        (["b", RIGHT], {"fault": FAULT, "right": ("c", RIGHT)}, 0),
        ([], {"fault": FAULT, "right": RIGHT}, 2),
        ([], {"fault": FAULT, "right": "nothing"}, 0),
        (["a", FAULT], {"way": ["a"], "fault": FAULT, "right": RIGHT}, None),
        (["b", FAULT], {"way": ["a"], "fault": FAULT, "right": RIGHT}, 2),
        (["a"], {"way": ["a"], "fault": "nothing", "right": RIGHT}, None),
    ],
)
def test_a_look_goes_on_at_the_fault_and_ends_at_what_is_right(
    seen: list[str], way: dict[str, Any], status: int | None
) -> None:
    stage.seen.extend(seen)
    assert run(stage.look(*way.pop("way", ()), **way)) == status
    assert (stage.seen == []) is (status is None or not seen)


def test_what_a_look_prints_is_plain_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    stage.seen.append("returned b'a'…b'b'")
    run(stage.look(fault="ü", right="é"))
    assert capsys.readouterr().out == "seen: [\"returned b'a'\\u2026b'b'\"]\nright: '\\xe9'\n"


# What is seen.


@pytest.mark.parametrize("form", [stage, brief])
def test_a_call_is_seen_to_end(form: Any) -> None:
    async def calls() -> None:
        await form.call(1, comes, b"ab")
        await form.call(2, comes, ValueError("no"))
        await form.call(3, comes, asyncio.IncompleteReadError(b"a", 2))

    asyncio.run(calls())
    assert stage.seen == [
        "call 1 returned b'ab'",
        "call 2 raised ValueError",
        "call 3 raised IncompleteReadError, partial b'a', expected 2",
    ]


def test_whether_a_call_lets_others_run_is_seen() -> None:
    async def calls() -> list[Any]:
        return [await stage.promptly(comes, 1), await stage.promptly(asyncio.sleep, 0, 2)]

    assert asyncio.run(calls()) == [1, 2]
    assert stage.seen == ["at once", "not at once"]


def test_a_short_form_says_the_same_as_the_whole() -> None:
    raised = (ValueError("else"), asyncio.IncompleteReadError(b"a", None), asyncio.LimitOverrunError("", 3))
    assert [brief.described(one) for one in raised] == [stage.described(one) for one in raised]
    assert [brief.said(one) for one in (b"ab", None, True, 7)] == [stage.said(one) for one in (b"ab", None, True, 7)]


def test_every_difference_of_a_value_is_said() -> None:
    different: list[Any] = [
        b"a",
        bytearray(b"a"),
        memoryview(b"a"),
        b"x" * 70,
        b"x" * 71,
        (b"a",),
        (b"a", 1),
        None,
        True,
        1,
        "a",
    ]
    different += [object(), ValueError("a")]
    assert len({stage.said(one) for one in different}) == len(different)


def test_an_exception_is_known_again_and_has_a_name_that_everybody_knows() -> None:
    odd = type("Odd", (ValueError,), {})("a")
    assert stage.described(odd) == "ValueError"
    assert stage.described(type("Own", (asyncio.LimitOverrunError,), {})("a", 3)) == "LimitOverrunError, consumed 3"
    stage.mine(KeyError("first"))
    assert stage.mine(odd) is odd
    assert stage.described(odd) == "the very ValueError that was set (number 2)"


def test_the_words_of_the_stage_are_those_of_time_lines() -> None:
    values = [b"ab", b"x" * 70, (b"a",), None, True, 7, bytearray(b"ab"), object()]
    assert [stage.said(one) for one in values] == [words.value(observing.plain(one)) for one in values]


@pytest.mark.parametrize(
    "error", [asyncio.IncompleteReadError(b"a", None), asyncio.LimitOverrunError("", 3), OSError()]
)
def test_the_stage_describes_exceptions_as_time_lines_do(error: BaseException) -> None:
    said = Problem(*observing.facts(error, tuple(stage.errors.items()), []))
    assert stage.described(error) == words.problem(replace(said, message=""))


# What is done, and asked.


def test_a_plain_call_is_seen_to_raise_and_a_call_of_a_writer_to_return() -> None:
    assert stage.attempt(int, "7") == 7
    stage.attempt(int, "a")
    stage.do(list.append, [], 1)
    stage.do(int, "7")
    stage.answer(len, "ab")
    stage.answer(len, 1)
    assert stage.seen == ["at once raised ValueError", "returned 7", "answered 2", "at once raised TypeError"]


def test_a_time_out_is_up_when_it_is_said_to_be() -> None:
    async def waits() -> None:
        timer = asyncio.timeout(None)
        task = asyncio.create_task(stage.call(1, stage.within, timer, asyncio.Event().wait))
        await asyncio.sleep(0)
        stage.expire(timer)
        await task
        stage.expire(timer)  # it is over

    asyncio.run(waits())
    assert stage.seen == ["call 1 raised TimeoutError"]


def test_the_form_of_an_exception_is_seen_before_it() -> None:
    async def raises(error: BaseException, form: Any) -> None:
        await stage.call(1, stage.formed, form, comes, error)

    caused, after = ValueError("b"), ValueError("read() called")
    caused.__cause__, after.__context__ = KeyError("k"), IndexError("i")
    for one, form in ((after, functools.partial(stage.names, "read")), (after, stage.origin), (caused, stage.origin)):
        asyncio.run(raises(one, form))
    assert stage.seen[::2] == ["names read: True", "came of IndexError", "came of cause: KeyError"]
    assert stage.names("read", ValueError("readline() called")) == "names read: False"


def test_a_buffer_is_used_again_by_its_owner() -> None:
    chunk, view = bytearray(b"ab"), memoryview(bytearray(b"ab"))
    stage.use_again(chunk)
    stage.use_again(view)
    assert (bytes(chunk), bytes(view)) == (b"\xff\xff\xff", b"\xff\xff")


class Reader:
    """One that answers oddly."""

    def __init__(self, **answers: Any) -> None:
        for name, value in answers.items():
            setattr(self, name, lambda *args, value=value: value)


def test_what_a_reader_answers_is_said() -> None:
    error = stage.mine(KeyError())
    assert [stage.at_eof(Reader(at_eof=one)) for one in (True, 1)] == [True, "an object (int)"]
    answers = [stage.stored(Reader(exception=one)) for one in (None, error, ValueError())]
    assert answers == [None, "the exception that was set", "an exception that was never set"]


def test_what_can_be_awaited_is_asked_of_the_methods_there_are() -> None:
    async def asks() -> list[Any]:
        loop = asyncio.get_running_loop()
        readers = (
            Reader(),
            Reader(read=b""),
            Reader(read=loop.create_future(), at_eof=comes(True)),
            Reader(at_eof=True),
        )
        return [stage.methods(one) for one in readers]

    assert asyncio.run(asks()) == [True, "read is not awaitable", "at_eof is not a plain call", True]


@pytest.mark.parametrize(("problem", "reads"), [(None, False), (NotImplementedError(), True)])
def test_a_transport_without_a_wire_sees_what_it_is_asked(problem: BaseException | None, reads: bool) -> None:
    transport = stage.Transport(2, problem)
    stage.attempt(transport.pause_reading)
    assert transport.is_reading() is reads
    transport.resume_reading()
    assert transport.is_reading()
    assert not transport.is_closing()
    asked = ["called pause_reading of transport 2", "called resume_reading of transport 2"]
    assert [one for one in stage.seen if "raised" not in one] == asked


def test_what_is_taken_reads_no_private_name_of_streamgauge() -> None:
    assert "streamgauge" not in inspect.getsource(stage)
