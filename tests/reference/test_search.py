"""Searches that go on as more comes: they find what one search of everything would, and look at no byte too often."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamgauge.reference.search import Search
from streamgauge.reference.separators import as_separators, earliest


def chunks_until_found(separators: Sequence[bytes], head: bytes, chunks: Sequence[bytes]) -> tuple[int, int] | None:
    """What a search finds that goes on after each chunk; `head` holds no separator."""
    search = Search(separators, head, 0)
    for count in range(len(chunks) + 1):
        found = search.go_on(chunks[:count])
        if found is not None:
            return found
    return None


@given(
    st.lists(st.text("ab", min_size=1, max_size=3).map(str.encode), min_size=1, max_size=3),
    st.lists(st.text("ab", min_size=1, max_size=4).map(str.encode), max_size=5),
)
def test_what_is_found_chunk_by_chunk_is_what_one_search_of_everything_finds(
    sought: list[bytes], chunks: list[bytes]
) -> None:
    separators = as_separators(tuple(sought))
    assert chunks_until_found(separators, b"", chunks) == earliest(separators, b"".join(chunks), 0)


def test_a_separator_may_begin_in_the_head_and_end_chunks_later() -> None:
    assert chunks_until_found((b"abc",), b"xxa", [b"b", b"cx"]) == (2, 5)


def test_what_lies_before_the_start_is_no_part_of_a_match() -> None:
    search = Search((b"ab",), b"aa", 2)
    assert search.barren == 0
    assert search.go_on([b"b"]) is None
    assert search.barren == 1


@pytest.mark.parametrize(("separator", "barren"), [(b"a", 7), (b"abc", 7)])
def test_every_byte_that_was_looked_at_counts_once(separator: bytes, barren: int) -> None:
    search = Search((separator,), b"xxx", 1)
    assert search.barren == 2
    assert search.go_on([b"xx", b"xx"]) is None
    assert search.go_on([b"xx", b"xx"]) is None
    assert search.go_on([b"xx", b"xx", b"x"]) is None
    assert search.barren == barren


def test_chunks_that_were_looked_at_are_not_looked_at_again() -> None:
    search = Search((b"ab",), b"", 0)
    chunks = [b"x" * 10]
    assert search.go_on(chunks) is None
    chunks[0] = b"ab"  # would be found if it was looked at again
    assert search.go_on([*chunks, b"xx"]) is None
    assert search.go_on([*chunks, b"xx", b"ab"]) == (12, 14)
