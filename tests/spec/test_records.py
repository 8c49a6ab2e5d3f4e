"""Records that cannot change."""

from streamgauge.spec.alphabet import Call, Feed
from streamgauge.spec.records import one, replace


def test_one_object_is_kept_of_all_that_are_equal() -> None:
    assert one(Feed(b"kept")) is one(Feed(b"kept"))


def test_what_is_equal_and_not_the_same_is_kept_apart() -> None:
    numbers = [one(Call(1, "read", (count,))).args[0] for count in (1, True)]
    assert [type(number) for number in numbers] == [int, bool]


def test_a_changed_copy_is_a_record_of_the_same_kind() -> None:
    record = Feed(b"ab")
    assert replace(record, times=3) == Feed(b"ab", times=3)
    assert record == Feed(b"ab")
