"""The transport of the memory world reports what is asked of it, and refuses as it was told to."""

from __future__ import annotations

import pytest

from streamgauge.conformance.worlds.memory import Transport

Told = list[tuple[str, int]]


def transport(pausing: str, told: Told) -> Transport:
    return Transport(7, pausing, lambda doing, number: told.append((doing, number)))


def test_pausing_and_resuming_is_reported_with_the_number() -> None:
    told: Told = []
    made = transport("works", told)
    assert made.is_reading()
    made.pause_reading()
    assert not made.is_reading()
    made.resume_reading()
    assert made.is_reading()
    assert told == [("paused", 7), ("resumed", 7)]


@pytest.mark.parametrize(("pausing", "error"), [("unsupported", NotImplementedError), ("fails", RuntimeError)])
def test_a_transport_that_refuses_to_pause_was_asked_all_the_same(pausing: str, error: type[Exception]) -> None:
    told: Told = []
    made = transport(pausing, told)
    with pytest.raises(error):
        made.pause_reading()
    assert made.is_reading()
    assert told == [("paused", 7)]


def test_there_is_no_socket_behind_it() -> None:
    made = transport("works", [])
    assert made.get_extra_info("socket", "none") == "none"
    assert not made.is_closing()
    made.close()
    made.abort()
