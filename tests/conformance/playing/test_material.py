"""From plain data to the objects that an implementation is given."""

from __future__ import annotations

from typing import Any

import pytest

from streamgauge.conformance.playing.material import argument, known_error, lent, material, use_again
from streamgauge.spec.alphabet import Shaped


@pytest.mark.parametrize(
    ("value", "made"),
    [
        (Shaped("bytearray", b"a"), bytearray(b"a")),
        (Shaped("memoryview", b"a"), memoryview(b"a")),
        (Shaped("list", (b"a", 1)), [b"a", 1]),
        (Shaped("float", "1.5"), 1.5),
        (Shaped("bool", "True"), True),
        ((b"a", Shaped("bytearray", b"b")), (b"a", bytearray(b"b"))),
        (None, None),
    ],
)
def test_an_argument_becomes_an_object_of_its_type(value: Any, made: Any) -> None:
    assert argument(value) == made
    assert type(argument(value)) is type(made)


def test_an_argument_of_no_known_type_is_some_object() -> None:
    assert type(argument(Shaped("object", "Thing"))) is object


@pytest.mark.parametrize(
    ("form", "made"), [("str", "ab"), ("none", None), ("zero", 0), ("list", [97, 98]), ("bytes", b"ab")]
)
def test_what_is_fed_has_the_type_that_was_asked_for(form: Any, made: Any) -> None:
    assert material(b"ab", form) == made


def test_only_built_in_exceptions_are_set() -> None:
    assert known_error("OSError") is OSError
    with pytest.raises(ValueError, match="no built-in exception 'print'"):
        known_error("print")


@pytest.mark.parametrize(
    ("value", "given"),
    [
        (b"a", b"a"),
        ("a", "a"),
        (Shaped("bytearray", b"a"), bytearray(b"a")),
        (Shaped("memoryview", b"a"), memoryview(b"a")),
        (Shaped("list", (b"a", Shaped("bytearray", b"b"))), [b"a", bytearray(b"b")]),
        (Shaped("float", "1.5"), 1.5),
    ],
)
def test_a_writer_is_lent_an_object_of_the_type(value: Any, given: Any) -> None:
    made = lent(value, [])
    assert made == given
    assert type(made) is type(given)


@pytest.mark.parametrize(("kind", "elements"), [("generator", [b"a", b"b"]), ("exhausted", [])])
def test_an_iterator_can_be_lent_and_yields_once(kind: str, elements: list[bytes]) -> None:
    made = lent(Shaped(kind, (b"a", b"b")), [])
    assert list(made) == elements
    assert list(made) == []


def test_what_its_owner_may_change_later_is_kept_and_changed() -> None:
    buffers: list[bytearray | memoryview] = []
    made = lent(Shaped("list", (Shaped("bytearray", b"ab"), b"c", Shaped("memoryview", b"d"))), buffers)
    assert [bytes(one) for one in buffers] == [b"ab", b"d"]
    for buffer in buffers:
        use_again(buffer)
    assert [bytes(one) for one in made] == [b"\xff\xff\xff", b"c", b"\xff"]


def test_a_buffer_that_somebody_holds_cannot_be_used_again() -> None:
    buffer = bytearray(b"a")
    with memoryview(buffer), pytest.raises(BufferError):
        use_again(buffer)
