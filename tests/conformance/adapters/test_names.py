"""The adapter over names: what it takes a namespace, a module or a class to declare, and how it makes readers."""

import asyncio
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

import streamgauge.reference
from streamgauge.conformance.adapters import (
    CAPABILITIES,
    ERRORS,
    OF_READERS,
    PLAIN_METHODS,
    READ_METHODS,
    WRITE_METHODS,
    Adapter,
    AdapterFault,
)
from streamgauge.conformance.adapters.checking import sound
from streamgauge.conformance.adapters.names import Names, has_names, looks_like_reader, looks_like_writer
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import (
    UNSET,
    Answered,
    Call,
    Dial,
    Dialled,
    Do,
    Event,
    Feed,
    Open,
    Paused,
    Raised,
    Returned,
    Serve,
    Settle,
    Stimulus,
    Wrote,
)
from streamgauge.spec.connection import HOST, PORT
from textbook import TextbookReader


class Lines:
    """A reader that can do one thing, and takes nothing."""

    async def readline(self) -> bytes:
        return b""


class TooLongError(Exception):
    """An error under the name that asyncio gives it."""


LimitOverrunError = TooLongError


def test_whole_streams_declare_everything() -> None:
    adapter = Names(asyncio, "it")
    assert adapter.capabilities == CAPABILITIES
    assert isinstance(adapter, Adapter)
    assert sound(adapter, "it") is adapter


@pytest.mark.parametrize("home", [streamgauge.reference, streamgauge.reference.StreamReader])
def test_whole_readers_declare_all_there_is_of_readers(home: Any) -> None:
    adapter = Names(home, "it")
    assert adapter.capabilities >= {*OF_READERS}
    assert sound(adapter, "it") is adapter


def test_of_readers_alone_no_connection_is_declared() -> None:
    assert Names(TextbookReader, "it").capabilities == {*OF_READERS}
    assert Names(SimpleNamespace(StreamReader=TextbookReader, StreamWriter=None), "it").capabilities == {*OF_READERS}


class Writing:
    """A writer that can do little."""

    def write(self, data: bytes) -> None: ...

    async def drain(self) -> None: ...


@pytest.mark.parametrize("target", [Writing, SimpleNamespace(StreamWriter=Writing)])
def test_a_writer_alone_makes_connections_and_declares_what_it_has(target: Any) -> None:
    assert Names(target, "it").capabilities == {"connection", "write", "drain", *ERRORS}


def test_a_writer_and_a_protocol_declare_both() -> None:
    declared = Names(SimpleNamespace(StreamWriter=Writing, StreamReaderProtocol=object), "it").capabilities
    assert declared == {"connection", "StreamReaderProtocol", "write", "drain", *ERRORS}


def test_a_protocol_alone_declares_no_writer() -> None:
    declared = Names(SimpleNamespace(StreamReaderProtocol=object), "it").capabilities
    assert declared == {"connection", "StreamReaderProtocol", *ERRORS}


@pytest.mark.parametrize("helper", ["open_connection", "start_server"])
def test_what_a_helper_returns_is_expected_to_be_all_there(helper: str) -> None:
    declared = Names(SimpleNamespace(**{helper: len}), "it").capabilities
    reading = {*READ_METHODS, "at_eof", "limit", "separators"}
    made = {"connection"} if helper == "open_connection" else set()  # a server alone makes none
    assert declared == {*made, helper, "StreamReaderProtocol", *WRITE_METHODS, *reading, *ERRORS}


def test_what_a_helper_returns_is_of_the_classes_beside_it() -> None:
    target = SimpleNamespace(open_connection=len, StreamReader=Lines, StreamWriter=Writing)
    declared = Names(target, "it").capabilities
    assert declared == {
        *("connection", "open_connection", "StreamReaderProtocol", "readline", "write", "drain"),
        *ERRORS,
    }


def test_what_is_not_there_is_not_declared() -> None:
    declared = Names(Lines, "lines").capabilities
    assert declared & {*READ_METHODS, *PLAIN_METHODS} == {"readline"}
    assert not declared & {"limit", "separators"}


def test_a_namespace_gives_its_reader_and_its_errors() -> None:
    adapter = Names(SimpleNamespace(StreamReader=Lines, LimitOverrunError=TooLongError), "it")
    assert adapter.errors["LimitOverrunError"] is TooLongError
    assert adapter.errors["IncompleteReadError"] is asyncio.IncompleteReadError


class Beside:
    """A namespace with a reader, beside which the errors stand."""

    StreamReader = Lines


def test_a_namespace_has_the_errors_of_its_module_if_it_holds_none() -> None:
    assert Names(Beside, "it").errors["LimitOverrunError"] is TooLongError
    assert Names(Beside(), "it").errors["LimitOverrunError"] is TooLongError


def test_a_class_has_the_errors_of_its_module() -> None:
    errors = Names(streamgauge.reference.StreamReader, "it").errors
    module = streamgauge.reference.reader
    assert errors == {name: getattr(module, name, getattr(asyncio, name)) for name in ERRORS}


def test_an_error_that_is_no_exception_is_passed_over() -> None:
    adapter = Names(SimpleNamespace(StreamReader=Lines, LimitOverrunError="no class"), "it")
    assert adapter.errors["LimitOverrunError"] is asyncio.LimitOverrunError


def test_there_has_to_be_something_to_drive() -> None:
    with pytest.raises(AdapterFault, match="empty has none of the names"):
        Names(SimpleNamespace(), "empty")


class Noting(TextbookReader):
    """Notes how it is made."""

    made: ClassVar[list[dict[str, Any]]] = []

    def __init__(self, **options: Any) -> None:
        self.made.append(options)


def test_a_reader_is_made_with_what_is_needed_and_no_more() -> None:
    loop: Any = object()
    Noting.made.clear()
    adapter = Names(Noting, "noting")
    adapter.reader(loop)
    adapter.reader(loop, 5)
    adapter.reader(loop, None)
    assert Noting.made == [{}, {"loop": loop, "limit": 5}, {"loop": loop, "limit": None}]


def test_a_constructor_without_a_loop_is_given_none() -> None:
    class Plain(Lines):
        def __init__(self, limit: int = 9) -> None:
            self.limit = limit

    adapter = Names(Plain, "plain")
    loop: Any = object()
    assert "limit" in adapter.capabilities
    assert adapter.reader(loop).limit == 9
    assert adapter.reader(loop, 5).limit == 5


def test_a_constructor_whose_parameters_cannot_be_seen_may_take_a_limit() -> None:
    class Hidden(Lines):
        __signature__ = "no signature"

    assert "limit" in Names(Hidden, "hidden").capabilities


@pytest.mark.parametrize(("thing", "is_one"), [(Lines, True), (Lines(), False), (int, False), (asyncio, False)])
def test_only_a_class_with_a_read_method_looks_like_a_reader(thing: object, is_one: bool) -> None:
    assert looks_like_reader(thing) is is_one


@pytest.mark.parametrize(("thing", "is_one"), [(Writing, True), (Writing(), False), (Lines, False), (asyncio, False)])
def test_only_a_class_that_drains_and_does_not_read_looks_like_a_writer(thing: object, is_one: bool) -> None:
    assert looks_like_writer(thing) is is_one


@pytest.mark.parametrize(
    ("thing", "has_some"),
    [(asyncio, True), (SimpleNamespace(start_server=len), True), (SimpleNamespace(StreamWriter=None), False)],
)
def test_a_name_that_stands_for_none_is_not_there(thing: object, has_some: bool) -> None:
    assert has_names(thing) is has_some


# How connections are made of the names there are.


def played(target: Any, *steps: Stimulus, limit: Any = UNSET) -> list[Event]:
    return list(InProcess(Names(target, "it")).play(Scenario("it", steps, limit)))


def test_what_is_missing_to_make_a_connection_comes_from_asyncio() -> None:
    class Loud(asyncio.StreamWriter):
        def write(self, data: Any) -> None:
            super().write(data.upper())

    steps = (Open(), Do("write", (b"a",)), Feed(b"b"), Call(1, "read", (1,)), Settle())
    trace = played(Loud, *steps)
    assert Wrote(b"A") in trace
    assert Returned(1, b"b", at_once=True) in trace


def test_a_class_of_readers_is_used_where_there_is_no_open_connection() -> None:
    class Loud(asyncio.StreamReader):
        def feed_data(self, data: Any) -> None:
            super().feed_data(data.upper())

    target = SimpleNamespace(StreamReader=Loud, StreamWriter=asyncio.StreamWriter)
    trace = played(target, Open(), Feed(b"abcdefghi"), Feed(b"b"), Call(1, "readline"), Settle(), limit=4)
    assert Paused() in trace
    raised = [event for event in trace if isinstance(event, Raised)]
    assert [one.problem.name for one in raised] == ["ValueError"]


def test_a_connection_by_hand_takes_the_options_of_the_loop() -> None:
    target = SimpleNamespace(StreamWriter=asyncio.StreamWriter)
    trace = played(target, Dial(1, (("local_addr", 5),)), Settle(), limit=9)
    assert Dialled((("host", HOST), ("local_addr", 5), ("port", PORT))) in trace
    assert Returned(1, ("reader", "writer")) in trace


def test_an_open_connection_is_given_the_limit_and_the_options() -> None:
    given: list[Any] = []

    async def open_connection(*args: Any, **options: Any) -> Any:
        given.append((args, options))
        return await asyncio.open_connection(*args, **options)

    target = SimpleNamespace(open_connection=open_connection, StreamWriter=None)
    played(target, Dial(1, (("flags", 3),)), Settle(), limit=9)
    played(target, Open())
    assert given == [((HOST, PORT), {"limit": 9, "flags": 3}), ((HOST, PORT), {})]


def test_a_server_is_started_by_start_server() -> None:
    given: list[Any] = []

    async def start_server(*args: Any, **options: Any) -> Any:
        given.append((args[1:], options))
        return await asyncio.start_server(*args, **options)

    trace = played(SimpleNamespace(start_server=start_server), Serve("plain", (("backlog", 3),)), limit=9)
    assert given == [((HOST, PORT), {"limit": 9, "backlog": 3})]
    assert trace[-1] == Answered("server", True)
