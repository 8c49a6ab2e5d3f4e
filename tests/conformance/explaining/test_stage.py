"""What programs stand on, run here: `main` of many programs on the stage itself, and how a program ends."""

import asyncio
import faulthandler
import functools
import gc
import inspect
import os
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import faulty
from failing import found
from streamgauge.conformance.explaining import brief, narrate, script, stage, wiring
from streamgauge.conformance.playing import observing

# A program leaves calls that wait for ever, and its loop, to `os._exit`.
pytestmark = pytest.mark.filterwarnings("ignore")
ERRORS = {**stage.errors}


class Exited(Exception):
    """What `os._exit` would have done."""


def leave(status: int) -> None:
    raise Exited(int(status))


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is seen yet, and whoever leaves is caught."""
    gc.collect()
    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(stage, "errors", {**stage.errors})
    for kept in (stage.seen, stage.given):
        kept.clear()
    yield
    for kept in (stage.seen, stage.given):
        kept.clear()


def shows(fault: faulty.Fault, where: script.Origin) -> bool:
    """Whether `main` shows the fault, run on the stage in this process."""
    gc.collect()  # calls that were left behind say now that they ended
    for kept in (stage.seen, stage.given):
        kept.clear()
    stage.errors.update(ERRORS)
    one = found(fault)
    assert one.failure is not None
    lines = narrate.main(one.failure, where.manner)
    everything = {
        **vars(observing),
        **vars(wiring),
        **vars(stage),
        "functools": functools,
        "faulthandler": faulthandler,
    }
    names = {name for line in lines for name in everything | {"StreamReader": 0, "StreamWriter": 0} if name in line}
    names |= {"StreamReader", "StreamWriter", "StreamReaderProtocol", "open_connection", "start_server"}
    text = "\n".join(["async def main():", *(f"    {line}" for line in [*where.imports(names), *lines])])
    exec(text, everything)  # what is tested
    loop = asyncio.new_event_loop()
    try:
        return bool(loop.run_until_complete(everything["main"]()))
    except Exited as left:
        return bool(left.args[0])
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loop.close()


@pytest.mark.parametrize("fault", [*faulty.FAULTY][::5], ids=lambda fault: fault.reader.__name__)
def test_main_shows_the_fault_on_the_stage_and_clears_the_reference(fault: faulty.Fault) -> None:
    where = script.origin(f"faulty:{fault.reader.__name__}")
    assert shows(fault, where)
    assert not shows(fault, script.on_reference(where))


async def _comes(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


@pytest.mark.parametrize(("comes", "status"), [(True, 1), (False, 0), (ValueError("odd"), 2)])
def test_a_program_ends_with_what_its_main_says(
    comes: Any, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(threading, "Timer", lambda *_: type("Guard", (), {"start": lambda self: None})())
    with pytest.raises(Exited) as left:
        stage.run(functools.partial(_comes, comes))
    assert left.value.args == (status,)
    assert ("odd" in capsys.readouterr().err) is (status == 2)


@pytest.mark.parametrize("form", [stage, brief])
def test_another_way_is_left_with_0(form: Any, capsys: pytest.CaptureFixture[str]) -> None:
    stage.seen.append("call 1 returned b''")
    asyncio.run(form.settle("call 1 returned b''"))
    with pytest.raises(Exited) as left:
        asyncio.run(form.settle("call 2 returned b''"))
    assert left.value.args == (0,)
    assert capsys.readouterr().out == "something else comes first here: nothing\n"


def test_a_short_form_says_the_same_as_the_whole() -> None:
    stage.mine(stage_error := ValueError("set"))
    raised = (stage_error, ValueError("else"), asyncio.IncompleteReadError(b"a", 2), asyncio.LimitOverrunError("", 3))
    assert [brief.described(one) for one in raised] == [stage.described(one) for one in raised]
    assert [brief.said(one) for one in (b"ab", None, True, 7)] == [stage.said(one) for one in (b"ab", None, True, 7)]


@pytest.mark.parametrize("form", [stage, brief])
def test_a_call_is_seen_to_end_at_once_or_later(form: Any) -> None:
    async def calls() -> None:
        form.start(1, _comes, b"ab")
        form.start(2, _comes, ValueError("no"))
        form.start(3, asyncio.sleep, 0, b"c")
        await stage.turns()

    asyncio.run(calls())
    assert sorted(stage.seen) == [
        "call 1 returned b'ab' at once", "call 2 raised ValueError at once", "call 3 returned b'c'"
    ]  # fmt: skip


def test_every_difference_of_a_value_is_said() -> None:
    class Odd(Exception):
        pass

    different = [b"a", bytearray(b"a"), memoryview(b"a"), b"x" * 70, b"x" * 71, (b"a", 1), None, True, 1, "a", object()]
    assert len({stage.said(one) for one in different}) == len(different)
    assert stage.named(Odd()) == "Exception"
    assert stage.named(type("Bare", (BaseException,), {})()) == "BaseException"


def test_a_loop_is_asked_whether_it_rests() -> None:
    async def asks() -> tuple[bool, bool]:
        before = stage.restless()
        asyncio.get_running_loop().call_soon(int)
        return before, stage.restless()

    assert asyncio.run(asks()) == (False, True)


def test_memory_that_did_not_suffice_is_noticed() -> None:
    assert not stage.exhausted()
    stage.attempt(wiring.raising, MemoryError())
    assert stage.exhausted()


def test_the_message_and_the_origin_of_an_exception_are_its_form() -> None:
    plain, caused, after = ValueError("a"), ValueError("b"), ValueError("c")
    caused.__cause__, after.__context__ = KeyError("k"), KeyError("k")
    assert list(map(stage.form, (plain, caused, after))) == [("a", "None"), ("b", "cause: KeyError"), ("c", "KeyError")]


def test_what_is_taken_reads_no_private_name_of_streamgauge() -> None:
    assert "streamgauge" not in inspect.getsource(stage)
