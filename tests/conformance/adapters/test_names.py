"""The adapter over names: what it takes a namespace, a module or a class to declare, and how it makes readers."""

import asyncio
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

import streamgauge.reference
from streamgauge.conformance.adapters import CAPABILITIES, ERRORS, PLAIN_METHODS, READ_METHODS, Adapter, AdapterFault
from streamgauge.conformance.adapters.names import Names, looks_like_reader
from streamgauge.conformance.adapters.soundness import sound
from textbook import TextbookReader


class Lines:
    """A reader that can do one thing, and takes nothing."""

    async def readline(self) -> bytes:
        return b""


class TooLongError(Exception):
    """An error under the name that asyncio gives it."""


@pytest.mark.parametrize("home", [asyncio, streamgauge.reference])
def test_whole_streams_declare_everything(home: Any) -> None:
    adapter = Names(home, "it")
    assert adapter.capabilities == CAPABILITIES
    assert isinstance(adapter, Adapter)
    assert sound(adapter, "it") is adapter


def test_what_is_not_there_is_not_declared() -> None:
    declared = Names(Lines, "lines").capabilities
    assert declared & {*READ_METHODS, *PLAIN_METHODS} == {"readline"}
    assert not declared & {"limit", "separators"}


def test_a_namespace_gives_its_reader_and_its_errors() -> None:
    adapter = Names(SimpleNamespace(StreamReader=Lines, LimitOverrunError=TooLongError), "it")
    assert adapter.errors["LimitOverrunError"] is TooLongError
    assert adapter.errors["IncompleteReadError"] is asyncio.IncompleteReadError


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
