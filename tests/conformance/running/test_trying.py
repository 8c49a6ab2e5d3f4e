"""A broken adapter told from a broken implementation."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import pytest

import faulty
from commandline import streamgauge
from streamgauge.conformance.adapters import CAPABILITIES, OF_READERS, Adapter, AdapterFault
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.running.trying import TRIALS, Outcome, Step, smoke, status, verify
from streamgauge.conformance.target import InProcess
from textbook import TextbookReader

PYTHON = (3, 13)


def made(reader: Any, loop: Any, *limit: Any) -> Any:
    return reader(*limit, loop=loop)


class Whole:
    """A sound adapter of a right reader."""

    name = "whole"
    capabilities = frozenset(OF_READERS)
    errors: Mapping[str, type[BaseException]] = {
        "IncompleteReadError": asyncio.IncompleteReadError,
        "LimitOverrunError": asyncio.LimitOverrunError,
    }

    def reader(self, loop: asyncio.AbstractEventLoop, *limit: Any) -> Any:
        return made(TextbookReader, loop, *limit)


def steps_of(adapter: Adapter) -> dict[str, Step]:
    return {step.name: step for step in smoke(InProcess(adapter), PYTHON)}


def adapter_making(*made: Any) -> Adapter:
    """A sound adapter, but for what it makes: exceptions are raised, the last one again and again."""
    left = list(made)

    class Making(Whole):
        def reader(self, loop: asyncio.AbstractEventLoop, *limit: Any) -> Any:
            this = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(this, BaseException):
                raise this
            return this

    return Making()


def test_every_capability_of_a_sound_adapter_is_tried() -> None:
    steps = steps_of(Whole())
    assert steps.keys() == {"reader", "kinds", *OF_READERS}
    assert {step.outcome for step in steps.values()} == {Outcome.OK}
    assert status(tuple(steps.values())) == 0


def test_there_is_a_trial_for_every_capability_of_a_reader() -> None:
    assert TRIALS.keys() == set(OF_READERS)


@pytest.mark.parametrize("target", ["asyncio", "reference"])
def test_what_ships_holds(target: str) -> None:
    assert status(smoke(InProcess(resolve(target)), sys.version_info[:2])) == 0


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (None, "reader(loop) returned None instead of a reader"),
        (ValueError("no"), "reader(loop) at once raised ValueError: no, and made no reader"),
        (AdapterFault("it is not plugged in"), "it is not plugged in"),
    ],
)
def test_a_reader_that_cannot_be_had_is_the_adapters_fault_and_ends_it(made: Any, said: str) -> None:
    steps = smoke(InProcess(adapter_making(made)), PYTHON)
    assert steps == (Step("reader", Outcome.ADAPTER, said),)
    assert status(steps) == 4


def test_a_coroutine_instead_of_a_reader_is_the_adapters_fault() -> None:
    async def connect() -> None: ...

    (step,) = smoke(InProcess(adapter_making(connect())), PYTHON)
    assert step == Step("reader", Outcome.ADAPTER, "reader(loop) returned an awaitable instead of a reader")


def test_a_future_instead_of_a_reader_is_the_adapters_fault() -> None:
    loop = asyncio.new_event_loop()
    (step,) = smoke(InProcess(adapter_making(loop.create_future())), PYTHON)
    loop.close()
    assert step.outcome is Outcome.ADAPTER


def test_a_declared_method_that_is_missing_is_the_adapters_fault_and_the_rest_is_tried() -> None:
    class NoReadline(TextbookReader):
        readline: Any = None

    class Claims(Whole):
        def reader(self, loop: asyncio.AbstractEventLoop, *limit: Any) -> Any:
            return made(NoReadline, loop, *limit)

    steps = steps_of(Claims())
    wrong = [step for step in steps.values() if step.outcome is not Outcome.OK]
    assert [step.name for step in wrong] == ["readline"]
    assert wrong[0].outcome is Outcome.ADAPTER
    assert wrong[0].sentence.startswith("is declared, but the reader has no such method: ")


def test_what_needs_a_method_that_is_missing_is_not_tried() -> None:
    class Blind(Whole):
        capabilities = frozenset({"read", "at_eof", "limit"})

    steps = steps_of(Blind())
    assert steps["read"] == Step("read", Outcome.NOT_TRIED, "to show it takes feed_data")
    assert steps["at_eof"].outcome is Outcome.OK
    assert steps["limit"].outcome is Outcome.OK


def test_a_limit_that_the_adapter_does_not_take_is_its_fault() -> None:
    class NoLimit(Whole):
        def reader(self, loop: asyncio.AbstractEventLoop, *limit: Any) -> Any:
            if limit:
                raise TypeError("no limit here")
            return TextbookReader(loop=loop)

    steps = steps_of(NoLimit())
    assert steps["limit"] == Step("limit", Outcome.ADAPTER, "reader(loop, 4) at once raised TypeError: no limit here")
    assert steps["read"].outcome is Outcome.OK


def test_a_reader_that_cannot_be_made_twice_is_the_adapters_fault() -> None:
    steps = steps_of(adapter_making(made(TextbookReader, object()), OSError("taken")))
    assert steps["read"].sentence == "reader(loop), the second time, at once raised OSError: taken"


def test_an_adapter_that_says_later_that_it_does_not_hold_is_believed() -> None:
    steps = steps_of(adapter_making(made(TextbookReader, object()), AdapterFault("gone")))
    assert steps["read"] == Step("read", Outcome.ADAPTER, "gone")


@pytest.mark.parametrize(
    ("reader", "capability", "clause"),
    [
        (faulty.ReadGivesBytearray, "read", "reader.result.bytes"),
        (faulty.EndWakesNobody, "feed_eof", "reader.end.wakes"),
        (faulty.ReadIsGenerator, "kinds", "reader.methods.kinds"),
    ],
)
def test_what_the_reader_does_wrong_is_the_implementations_fault(reader: Any, capability: str, clause: str) -> None:
    steps = smoke(InProcess(resolve(reader)), PYTHON)
    wrong = {step.name: step for step in steps if step.outcome is Outcome.IMPLEMENTATION}
    assert wrong[capability].sentence.endswith(f"[{clause}]")
    assert "; allowed: " in wrong[capability].sentence
    assert status(steps) == 1


def test_a_call_that_still_waits_is_told() -> None:
    steps = {step.name: step for step in smoke(InProcess(resolve(faulty.EndWakesNobody)), PYTHON)}
    assert "call 1 still waits, nothing is left to run; allowed: returns b''" in steps["feed_eof"].sentence


def test_error_classes_that_cannot_be_made_are_the_implementations_fault() -> None:
    class StubbornError(Exception):
        def __init__(self) -> None: ...

    class Errors(Whole):
        errors: Mapping[str, type[BaseException]] = {**Whole.errors, "IncompleteReadError": StubbornError}

    assert steps_of(Errors())["IncompleteReadError"].outcome is Outcome.IMPLEMENTATION


def test_a_broken_adapter_goes_before_a_broken_implementation() -> None:
    steps = (Step("a", Outcome.IMPLEMENTATION, ""), Step("b", Outcome.ADAPTER, ""), Step("c", Outcome.OK, ""))
    assert status(steps) == 4
    assert status(steps[:1]) == 1
    assert status(steps[2:]) == 0


@pytest.mark.slow
def test_a_reader_that_never_yields_is_the_implementations_fault() -> None:
    class Busy(TextbookReader):
        async def read(self, n: int = -1) -> bytes:
            while True:
                pass

    class One(Whole):
        capabilities = frozenset({"read", "feed_data"})

        def reader(self, loop: asyncio.AbstractEventLoop, *limit: Any) -> Any:
            return made(Busy, loop, *limit)

    assert "never came to rest" in steps_of(One())["read"].sentence


@pytest.mark.parametrize("reader", [faulty.ConstructorRaises, faulty.ConstructorExits])
def test_a_constructor_that_raises_is_the_implementations_fault_where_nothing_stands_before_it(reader: Any) -> None:
    steps = smoke(InProcess(resolve(reader)), PYTHON)
    assert [step.outcome for step in steps] == [Outcome.IMPLEMENTATION]
    assert status(steps) == 1


def test_an_adapter_that_holds_is_verified_in_silence() -> None:
    verify(InProcess(Whole()))
    verify(InProcess(resolve(faulty.EndWakesNobody)))
    verify(InProcess(resolve(faulty.ConstructorRaises)))


@pytest.mark.parametrize("nonsense", [None, 5, ValueError("no")])
def test_an_adapter_that_does_not_hold_is_refused(nonsense: Any) -> None:
    with pytest.raises(AdapterFault):
        verify(InProcess(adapter_making(nonsense)))


# Connections.


class Layer(Whole):
    """A sound adapter of the streams of asyncio."""

    name = "layer"
    capabilities = CAPABILITIES

    async def connect(self, loop: asyncio.AbstractEventLoop, host: str, port: int, **options: Any) -> Any:
        return await asyncio.open_connection(host, port, **options)

    async def serve(self, loop: asyncio.AbstractEventLoop, callback: Any, host: str, port: int, **options: Any) -> Any:
        return await asyncio.start_server(callback, host, port, **options)


def test_a_round_is_tried_over_the_network_and_one_with_a_server() -> None:
    steps = steps_of(Layer())
    assert {step.outcome for step in steps.values()} == {Outcome.OK}
    assert steps.keys() == {"reader", "kinds", *frozenset(OF_READERS), "connection", "start_server"}
    assert steps["connection"].sentence == (
        "open a connection, write(b'ab'), call 1: drain(), close(), call 2: wait_closed(): returned None"
    )
    assert steps["start_server"].sentence.startswith("start_server(a function), a peer connects, write(b'ab'), ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "connect(…) gave nothing instead of a reader and a writer"),
        ((1, None), "connect(…) gave a tuple instead of a reader and a writer"),
        (AdapterFault("it is not plugged in"), "it is not plugged in"),
        (OSError("no"), "connect(…) at once raised OSError: no, and made no connection"),
    ],
)
def test_a_connection_that_cannot_be_had_is_the_adapters_fault(given: Any, said: str) -> None:
    class Broken(Layer):
        async def connect(self, loop: asyncio.AbstractEventLoop, host: str, port: int, **options: Any) -> Any:
            if isinstance(given, BaseException):
                raise given
            return given

    steps = steps_of(Broken())
    assert steps["connection"] == Step("connection", Outcome.ADAPTER, said)
    assert steps["start_server"].outcome is Outcome.OK


def test_a_server_that_cannot_be_had_is_the_adapters_fault() -> None:
    class Broken(Layer):
        async def serve(self, loop: asyncio.AbstractEventLoop, *arguments: Any, **options: Any) -> Any:
            raise AdapterFault("no servers here")

    class Deaf(Layer):
        async def serve(self, loop: asyncio.AbstractEventLoop, callback: Any, *arguments: Any, **options: Any) -> Any:
            return await asyncio.start_server(lambda reader, writer: None, *arguments, **options)

    assert steps_of(Broken())["start_server"] == Step("start_server", Outcome.ADAPTER, "no servers here")
    said = "serve(…) gave nothing instead of a reader and a writer"
    assert steps_of(Deaf())["start_server"] == Step("start_server", Outcome.ADAPTER, said)


def test_what_names_cannot_connect_is_the_implementations_fault() -> None:
    class Shut:
        StreamReader = asyncio.StreamReader

        @staticmethod
        async def open_connection(*arguments: Any, **options: Any) -> Any:
            raise OSError("no")

    wrong = steps_of(resolve(Shut))["connection"]
    assert wrong.outcome is Outcome.IMPLEMENTATION
    assert wrong.sentence.startswith("connect(…) at once raised OSError")


def test_a_declared_method_that_the_writer_lacks_is_the_adapters_fault_and_the_rest_is_tried() -> None:
    class Half:
        def __init__(self, writer: Any) -> None:
            self.write, self.close, self.transport = writer.write, writer.close, writer.transport

    class Claims(Layer):
        capabilities = frozenset(OF_READERS) | {"connection", "write", "drain", "close"}

        async def connect(self, loop: asyncio.AbstractEventLoop, host: str, port: int, **options: Any) -> Any:
            reader, writer = await asyncio.open_connection(host, port, **options)
            return reader, Half(writer)

    steps = steps_of(Claims())
    assert steps["drain"].outcome is Outcome.ADAPTER
    assert steps["drain"].sentence.startswith("is declared, but the writer has no such name: ")
    assert steps["connection"].outcome is Outcome.OK
    assert "start_server" not in steps


def test_what_the_writer_does_wrong_is_the_implementations_fault() -> None:
    class Forgetful(Layer):
        async def connect(self, loop: asyncio.AbstractEventLoop, host: str, port: int, **options: Any) -> Any:
            reader, writer = await asyncio.open_connection(host, port, **options)
            writer.close = lambda: None  # type: ignore[method-assign]  # that is the fault
            return reader, writer

    wrong = steps_of(Forgetful())["connection"]
    assert wrong.outcome is Outcome.IMPLEMENTATION
    assert wrong.sentence.endswith("[writer.close.flushes]")


# The command.


def test_smoke_shows_capabilities_and_a_line_for_each() -> None:
    ran = streamgauge("smoke", "textbook:TextbookReader", "--python", "3.13")
    lines = ran.out.splitlines()
    assert lines[0] == "textbook:TextbookReader"
    assert lines[1].startswith("  declares  read, readline, readexactly, readuntil, __anext__, at_eof, feed_data")
    assert any(line.startswith("  lacks     connection, write, writelines") for line in lines)
    assert "ok  readline             feed_data(b'ab\\nc'), call 1: readline(): returned b'ab\\n'" in lines
    assert lines[-1] == "the adapter holds, and the implementation does what little was asked; `check` asks more"
    assert (ran.status, ran.err) == (0, "")


def test_smoke_aligns_its_columns() -> None:
    ran = streamgauge("smoke", "faulty:EndWakesNobody")
    table = ran.out.split("\n\n")[1].splitlines()
    assert len({line.index("(") for line in table if line.split()[-1].startswith("kinds")}) <= 1
    names = {line[len("implementation at fault  ") :].split()[0] for line in table}
    assert names == {"reader", "kinds", *OF_READERS}
    assert ran.out.endswith("\nthe adapter holds; the implementation is at fault\n")
    assert ran.status == 1


def test_smoke_says_that_the_adapter_is_at_fault(write: Any) -> None:
    write(
        "mine.py",
        "class Mine:\n"
        "    name, capabilities, errors = 'mine', frozenset({'read'}), {}\n"
        "    def reader(self, loop, *limit): return None\n"
        "streamgauge_adapter = Mine()\n",
    )
    ran = streamgauge("smoke", "mine")
    assert ran.status == 4
    assert "adapter at fault  reader  reader(loop) returned None instead of a reader\n" in ran.out
    assert ran.out.endswith("\nthe adapter is at fault, and nothing can be said about the implementation\n")


def test_smoke_of_nothing_is_wrong_use() -> None:
    ran = streamgauge("smoke", "nowhere_at_all")
    assert ran.sentence.startswith("there is no module nowhere_at_all")
    assert (ran.status, ran.out) == (3, "")


def test_smoke_of_half_an_adapter_is_the_adapters_fault(write: Any) -> None:
    write(
        "half.py", "class half:\n    capabilities = frozenset({'raed'})\n    name, errors, reader = 'half', {}, print"
    )
    ran = streamgauge("smoke", "half:half")
    said = "the adapter is at fault: the capabilities of half:half hold 'raed', which is none: did you mean read?"
    assert ran.sentence == said
    assert ran.status == 4
