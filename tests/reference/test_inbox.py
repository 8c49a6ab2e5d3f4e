"""The inbox, asked by hand: no event loop here."""

import asyncio
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamgauge.reference.inbox import Inbox
from streamgauge.reference.reader import as_chunk
from streamgauge.reference.separators import as_separators

Ask = Callable[[Inbox], bytes | None]


class Recorder:
    """A source that notes what it is asked, and may refuse to pause."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.refusal = refusal

    def pause_reading(self) -> None:
        self.asked.append("pause")
        if self.refusal is not None:
            raise self.refusal

    def resume_reading(self) -> None:
        self.asked.append("resume")


def inbox_of(*chunks: Iterable[int], limit: float = 64, ended: bool = False) -> Inbox:
    inbox = Inbox(limit)
    inbox.unopened.extend(map(as_chunk, chunks))
    if ended:
        inbox.end()
    return inbox


def from_source(*chunks: bytes, limit: float = 4) -> tuple[Inbox, Recorder]:
    """An inbox that a source has fed, pausing as it is told."""
    inbox, source = Inbox(limit), Recorder()
    inbox.source = source
    for chunk in chunks:
        inbox.take_in(chunk)
        inbox.throttle()
    return inbox, source


def rest(inbox: Inbox) -> bytes:
    inbox.end()
    data = inbox.to_end([])
    assert data is not None
    return data


# What comes in


def test_what_is_fed_is_counted_and_comes_out_in_order() -> None:
    inbox = inbox_of(b"ab", b"c", b"def")
    assert inbox.size == 6
    assert [inbox.exactly(1), inbox.exactly(3), inbox.exactly(2)] == [b"a", b"bcd", b"ef"]
    assert inbox.size == 0


def test_a_buffer_that_its_owner_changes_later_was_copied() -> None:
    buffer = bytearray(b"abc")
    chunks = as_chunk(buffer), as_chunk(memoryview(buffer))
    buffer[:] = b"xyz"
    assert chunks == (b"abc", b"abc")


@pytest.mark.parametrize(
    "take",
    [Inbox.line, lambda i: i.until((b"b",)), lambda i: i.exactly(2), lambda i: i.some(2), lambda i: i.to_end([])],
    ids=["line", "until", "exactly", "some", "to_end"],
)
def test_what_comes_out_is_exactly_bytes_whatever_was_fed(take: Ask) -> None:
    for n in (2, 3):
        inbox = inbox_of(bytearray(b"ab\n")[:n], ended=True)
        assert type(take(inbox)) is bytes


def test_numbers_in_a_list_are_taken_as_bytes() -> None:
    assert as_chunk([97, 98]) == b"ab"


@pytest.mark.parametrize("data", ["text", 5, [256], object()])
def test_what_is_no_bytes_is_refused(data: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        as_chunk(data)  # type: ignore[arg-type]  # wrong on purpose


# What each read is owed


@pytest.mark.parametrize(
    "ask",
    [Inbox.line, lambda i: i.until((b"x",)), lambda i: i.exactly(3), lambda i: i.some(3), lambda i: i.to_end([])],
    ids=["line", "until", "exactly", "some", "to_end"],
)
def test_nothing_is_owed_before_anything_came(ask: Ask) -> None:
    assert ask(Inbox(64)) is None


@pytest.mark.parametrize(
    "ask",
    [Inbox.line, lambda i: i.until((b"\n",)), lambda i: i.exactly(0), lambda i: i.some(0), lambda i: i.to_end([])],
    ids=["line", "until", "exactly", "some", "to_end"],
)
def test_the_stored_exception_comes_before_data_and_the_end(ask: Ask) -> None:
    inbox = inbox_of(b"a\n", ended=True)
    broken = ConnectionResetError()
    inbox.fail(broken)
    with pytest.raises(ConnectionResetError) as caught:
        ask(inbox)
    assert caught.value is broken
    inbox.fail(None)
    assert rest(inbox) == b"a\n"


@pytest.mark.parametrize("broken", [asyncio.IncompleteReadError(b"part", 9), asyncio.LimitOverrunError("far", 0)])
def test_a_stored_exception_that_looks_like_a_lines_own_is_still_raised(broken: Exception) -> None:
    inbox = inbox_of(b"line\n")
    inbox.fail(broken)
    with pytest.raises(type(broken)) as caught:
        inbox.line()
    assert caught.value is broken


def test_a_negative_count_is_refused_before_the_stored_exception() -> None:
    inbox = Inbox(64)
    inbox.fail(ConnectionResetError())
    with pytest.raises(ValueError, match="less than zero"):
        inbox.exactly(-1)


@pytest.mark.parametrize("n", [1.0, 2.5, 99.0, None, "1", b"1"])
@pytest.mark.parametrize("ask", [Inbox.exactly, Inbox.some])
@pytest.mark.parametrize("chunks", [[], [b"abc"], [b"a", b"bc"]])
def test_a_count_that_is_no_integer_takes_nothing(
    ask: Callable[[Inbox, object], bytes], n: object, chunks: list[bytes]
) -> None:
    inbox = inbox_of(*chunks)
    with pytest.raises(TypeError):
        ask(inbox, n)
    assert rest(inbox) == b"".join(chunks)


def test_true_and_false_count_as_one_and_zero() -> None:
    inbox = inbox_of(b"ab")
    assert [inbox.exactly(False), inbox.some(False), inbox.exactly(True), inbox.some(True)] == [b"", b"", b"a", b"b"]


def test_some_gives_what_there_is_across_chunks_and_never_more_than_asked() -> None:
    inbox = inbox_of(b"ab", b"cd", b"ef")
    assert [inbox.some(3), inbox.some(0), inbox.some(10**30), inbox.some(1)] == [b"abc", b"", b"def", None]
    inbox.end()
    assert [inbox.some(1), inbox.some(1), inbox.some(0)] == [b"", b"", b""]


def test_exactly_waits_for_the_last_byte_and_takes_nothing_before() -> None:
    inbox = inbox_of(b"ab", b"c")
    assert inbox.exactly(4) is None
    assert inbox.size == 3
    inbox.take_in(b"de")
    assert inbox.exactly(4) == b"abcd"
    assert rest(inbox) == b"e"


def test_exactly_what_is_left_at_the_end_is_no_error_and_more_is() -> None:
    inbox = inbox_of(b"ab", b"cd", ended=True)
    assert inbox.exactly(2) == b"ab"
    with pytest.raises(asyncio.IncompleteReadError) as caught:
        inbox.exactly(3)
    assert (caught.value.partial, caught.value.expected) == (b"cd", 3)
    assert inbox.size == 0
    with pytest.raises(asyncio.IncompleteReadError) as caught:
        inbox.exactly(1)
    assert caught.value.partial == b""
    assert inbox.exactly(0) == b""


def test_to_end_collects_while_it_waits_and_can_put_back() -> None:
    inbox = inbox_of(b"ab", b"c")
    collected: list[bytes] = []
    assert inbox.to_end(collected) is None
    assert inbox.size == 0
    inbox.take_in(b"de")
    inbox.put_back(collected)
    assert inbox.size == 5
    assert inbox.exactly(5) == b"abcde"


def test_what_was_put_back_is_searched_again() -> None:
    inbox = Inbox(64)
    inbox.take_in(b"x\n")
    collected: list[bytes] = []
    inbox.to_end(collected)
    inbox.take_in(b"y")
    assert inbox.line() is None
    inbox.put_back(collected)
    assert inbox.line() == b"x\n"


# Lines and separators


def test_lines_end_at_lf_alone_and_the_last_may_be_partial() -> None:
    inbox = inbox_of(b"a\r", b"b\n\n", b"c", ended=True)
    assert [inbox.line(), inbox.line(), inbox.line(), inbox.line()] == [b"a\rb\n", b"\n", b"c", b""]


def test_a_line_of_exactly_the_limit_passes() -> None:
    assert inbox_of(b"abcd\n", limit=4).line() == b"abcd\n"
    assert inbox_of(b"ab", b"cd\n", limit=4).line() == b"abcd\n"


@pytest.mark.parametrize("chunks", [[b"abcde\nrest"], [b"abc", b"de\nrest"], [b"abcde", b"\nrest"]])
def test_a_long_line_whose_newline_is_here_is_dropped_alone(chunks: list[bytes]) -> None:
    inbox = inbox_of(*chunks, limit=4)
    with pytest.raises(ValueError, match="Separator is found, but chunk is longer than limit") as caught:
        inbox.line()
    assert type(caught.value) is ValueError
    assert caught.value.__cause__ is None
    assert isinstance(caught.value.__context__, asyncio.LimitOverrunError)
    assert rest(inbox) == b"rest"


def test_a_long_line_whose_newline_is_not_here_takes_everything_along() -> None:
    inbox = inbox_of(b"abc", b"de", limit=4)
    with pytest.raises(ValueError, match="Separator is not found, and chunk exceed the limit"):
        inbox.line()
    assert inbox.size == 0
    inbox.take_in(b"tail\n")
    assert inbox.line() == b"tail\n"


def test_an_overrun_keeps_the_data_repeats_itself_and_says_what_can_be_read() -> None:
    inbox = inbox_of(b"abc", b"def\r", limit=4)
    for _ in range(2):
        with pytest.raises(asyncio.LimitOverrunError) as caught:
            inbox.until((b"\r\n",))
        assert caught.value.consumed == 6
    inbox.take_in(b"\n.")
    with pytest.raises(asyncio.LimitOverrunError) as caught:
        inbox.until((b"\r\n",))
    assert caught.value.consumed == 6
    assert [inbox.exactly(6), inbox.until((b"\r\n",)), inbox.exactly(1)] == [b"abcdef", b"\r\n", b"."]


def test_the_beginning_of_a_separator_does_not_count_for_the_limit() -> None:
    inbox = inbox_of(b"abcd\r", limit=4)
    assert inbox.until((b"\r\n",)) is None
    inbox.take_in(b"\n")
    assert inbox.until((b"\r\n",)) == b"abcd\r\n"


def test_without_a_match_the_longest_separator_decides_about_the_limit() -> None:
    separators = as_separators((b"$", b"=" * 13))
    inbox = inbox_of(b"x" * 15, limit=3)
    assert inbox.until(separators) is None
    inbox.take_in(b"x")
    with pytest.raises(asyncio.LimitOverrunError) as caught:
        inbox.until(separators)
    assert caught.value.consumed == 4


def test_the_end_without_a_separator_gives_everything_as_partial() -> None:
    inbox = inbox_of(b"ab", b"c\r", ended=True)
    with pytest.raises(asyncio.IncompleteReadError) as caught:
        inbox.until((b"\r\n",))
    assert (caught.value.partial, caught.value.expected) == (b"abc\r", None)
    assert inbox.size == 0


def test_a_separator_in_the_last_chunk_before_the_end_is_honoured() -> None:
    inbox = inbox_of(b"ab")
    assert inbox.until((b"--",)) is None
    inbox.take_in(b"--")
    inbox.end()
    assert inbox.until((b"--",)) == b"ab--"


@pytest.mark.parametrize("separators", [(b"b", b"abc"), (b"abc", b"b")])
def test_of_several_separators_the_one_that_ends_first_wins(separators: tuple[bytes, ...]) -> None:
    assert inbox_of(b"xabc").until(as_separators(separators)) == b"xab"


def test_of_separators_that_end_together_the_shortest_counts_for_the_limit() -> None:
    inbox = inbox_of(b"a\r\n", limit=1)
    with pytest.raises(asyncio.LimitOverrunError) as caught:
        inbox.until(as_separators((b"\r\n", b"\n")))
    assert caught.value.consumed == 2
    assert inbox.until((b"\r\n",)) == b"a\r\n"


def test_a_longer_separator_within_the_limit_does_not_rescue_a_shorter_one_beyond() -> None:
    with pytest.raises(asyncio.LimitOverrunError) as caught:
        inbox_of(b"xabcd", limit=1).until(as_separators((b"bc", b"abcd")))
    assert caught.value.consumed == 2


def test_another_separator_finds_what_the_first_search_passed_over() -> None:
    inbox = inbox_of(b"a;b", b"c")
    assert inbox.until((b"\n",)) is None
    assert inbox.until((b";",)) == b"a;"
    assert inbox.line() is None
    inbox.take_in(b"\n")
    assert inbox.line() == b"bc\n"


def test_a_search_does_not_go_on_where_bytes_were_taken_from_under_it() -> None:
    inbox = inbox_of(b"--", b"a")
    assert inbox.until((b"--a-",)) is None
    assert inbox.exactly(3) == b"--a"
    inbox.take_in(b"-")
    assert inbox.until((b"--a-",)) is None
    assert inbox.size == 1


def test_a_search_that_was_forgotten_does_not_come_back_with_a_new_head() -> None:
    inbox = inbox_of(b"ab")
    assert inbox.line() is None  # remembered from the beginning of the head
    inbox.take_in(b"c\n")
    assert inbox.exactly(2) == b"ab"
    assert inbox.line() == b"c\n"
    inbox.take_in(b"d\n")
    assert inbox.line() == b"d\n"


def test_a_search_that_was_forgotten_does_not_come_back_with_the_next_chunk() -> None:
    inbox = inbox_of(b"ab")
    assert inbox.line() is None  # remembered from the beginning of the head
    assert [inbox.exactly(2), inbox.some(1)] == [b"ab", None]
    inbox.take_in(b"c\n")
    assert inbox.line() == b"c\n"


@pytest.mark.parametrize(
    ("ask", "chunks"),
    [
        (Inbox.line, [b"ab", b"c", b"d\ne"]),
        (lambda i: i.until((b"--",)), [b"a+", b"b", b"-"]),
        (lambda i: i.until((b"-", b"=")), [b"a"]),
        (lambda i: i.exactly(4), [b"a", b"bc", b"d"]),
        (lambda i: i.exactly(20), [b"a", b"bcdefghi"]),  # The source pauses: the one who waits has to invite it.
        (Inbox.line, [b"a", b"bcdef"]),  # too long
        (lambda i: i.some(9), [b"a"]),
        (lambda i: i.to_end([]), [b"a"]),
    ],
)
def test_it_says_which_chunk_may_be_worth_asking_again(ask: Ask, chunks: list[bytes]) -> None:
    inbox = Inbox(limit=4)
    assert ask(inbox) is None
    assert [inbox.take_in(chunk) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]


def test_after_a_question_that_was_not_for_whoever_waits_anything_may_do() -> None:
    inbox = Inbox(64)
    assert inbox.exactly(9) is None
    inbox.anything_may_do()
    assert inbox.take_in(b"a")


def test_bytes_like_separators_are_taken_and_sorted_by_length() -> None:
    assert as_separators(bytearray(b"ab")) == (b"ab",)
    assert as_separators((memoryview(b"abc"), b"d", b"d")) == (b"d", b"d", b"abc")


@pytest.mark.parametrize("separator", ["a", [b"a"], 1, None, ("a",), (1,), (b"a", None)])
def test_what_is_no_separator_is_a_type_error(separator: bytes) -> None:
    with pytest.raises(TypeError):
        as_separators(separator)


@pytest.mark.parametrize("separator", [b"", (), (b"",), (b"a", b"")])
def test_an_empty_separator_is_a_value_error(separator: bytes) -> None:
    with pytest.raises(ValueError, match="Separator should"):
        as_separators(separator)


@given(st.data())
def test_a_match_does_not_depend_on_chunks_nor_on_the_order_of_separators(data: st.DataObject) -> None:
    letters = st.text("ab", min_size=1, max_size=4).map(str.encode)
    separators = data.draw(st.lists(letters, min_size=1, max_size=3))
    chunks = data.draw(st.lists(letters, max_size=8))
    whole = b"".join(chunks)
    ends = [end for end in range(len(whole) + 1) if whole[:end].endswith(tuple(separators))]
    inbox = Inbox(10**6)
    answers = []
    for chunk in chunks:
        answers.append(inbox.until(as_separators(tuple(separators))))
        inbox.take_in(chunk)
    answers.append(inbox.until(as_separators(tuple(reversed(separators)))))
    found = [answer for answer in answers if answer is not None]
    assert found[:1] == ([whole[: ends[0]]] if ends else [])
    assert b"".join(found) + rest(inbox) == whole


# How hard the source may push


def test_the_source_is_paused_above_twice_the_limit_and_only_once() -> None:
    _, source = from_source(b"12345678")
    assert source.asked == []
    _, source = from_source(b"12345678", b"9", b"10")
    assert source.asked == ["pause"]


@pytest.mark.parametrize("take", [Inbox.exactly, Inbox.some])
def test_a_read_that_leaves_the_limit_resumes_and_one_that_leaves_more_does_not(
    take: Callable[[Inbox, int], bytes],
) -> None:
    inbox, source = from_source(b"123456789")
    take(inbox, 4)
    assert source.asked == ["pause"]
    take(inbox, 1)
    assert source.asked == ["pause", "resume"]
    take(inbox, 4)
    assert source.asked == ["pause", "resume"]


def test_reading_a_line_resumes_too() -> None:
    inbox, source = from_source(b"ab\ncd\nefg")
    assert [inbox.line(), source.asked[1:], inbox.until((b"\n",)), source.asked[1:]] == [
        b"ab\n",
        [],
        b"cd\n",
        ["resume"],
    ]


def test_an_overrun_does_not_resume_but_a_dropped_line_does() -> None:
    inbox, source = from_source(b"abcdefghi")
    with pytest.raises(asyncio.LimitOverrunError):
        inbox.until((b"\n",))
    assert source.asked == ["pause"]
    with pytest.raises(ValueError, match="limit"):
        inbox.line()
    assert source.asked == ["pause", "resume"]


def test_a_read_cut_short_by_the_end_leaves_the_source_paused() -> None:
    inbox, source = from_source(b"123456789")
    inbox.end()
    with pytest.raises(asyncio.IncompleteReadError):
        inbox.exactly(10)
    assert [inbox.some(0), inbox.exactly(0)] == [b"", b""]
    assert source.asked == ["pause"]


def test_inviting_resumes_a_paused_source_however_much_is_there() -> None:
    inbox, source = from_source(b"123456789")
    inbox.invite()
    inbox.invite()
    assert source.asked == ["pause", "resume"]


def test_a_source_that_cannot_pause_is_asked_once() -> None:
    inbox = inbox_of(b"123456789", limit=4)
    inbox.source = source = Recorder(NotImplementedError())
    inbox.throttle()
    inbox.throttle()
    assert source.asked == ["pause"]
    assert inbox.source is None


def test_a_source_that_fails_to_pause_is_not_taken_for_paused() -> None:
    inbox = inbox_of(b"123456789", limit=4)
    inbox.source = source = Recorder(OSError("no"))
    for _ in range(2):
        with pytest.raises(OSError, match="no"):
            inbox.throttle()
    assert source.asked == ["pause", "pause"]
    assert not inbox.paused


# What is missing


def test_who_took_the_last_byte_is_missing_as_many() -> None:
    inbox = inbox_of(b"abcd")
    assert inbox.exactly(2) == b"ab"
    assert inbox.missing == 0  # as two more are there
    assert inbox.exactly(2) == b"cd"
    assert inbox.missing == 2
    inbox.take_in(b"ef")
    assert inbox.missing == 0
    assert inbox.some(9) == b"ef"
    assert inbox.missing == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda inbox: inbox.take_in(b"x"),
        lambda inbox: inbox.end(),
        lambda inbox: inbox.fail(ConnectionResetError()),
        lambda inbox: inbox.fail(None),
        lambda inbox: inbox.put_back([b"x"]),
        lambda inbox: inbox.line(),
        lambda inbox: inbox.until([b"x"]),
        lambda inbox: inbox.exactly(7),
    ],
    ids=["bytes", "end", "exception", "no exception", "put back", "line", "until", "exactly more"],
)
def test_nothing_is_known_to_be_missing_once_it_is_worth_asking(change: Callable[[Inbox], object]) -> None:
    inbox = inbox_of(b"ab")
    assert inbox.some(2) == b"ab"
    assert inbox.missing == 1
    change(inbox)
    assert inbox.missing == 0


@pytest.mark.parametrize("take", [lambda inbox: inbox.some(9), lambda inbox: inbox.exactly(2)], ids=["some", "exactly"])
def test_at_the_end_nothing_is_missing(take: Callable[[Inbox], object]) -> None:
    inbox = inbox_of(b"ab", ended=True)
    assert take(inbox) == b"ab"
    assert inbox.missing == 0
    assert inbox.to_end([]) == b""
    assert inbox.missing == 0
