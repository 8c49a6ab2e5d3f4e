"""What is noted of an exception, however it behaves."""

import pytest

from streamgauge.conformance.playing.observing import facts
from streamgauge.spec.alphabet import Problem


@pytest.mark.parametrize("trouble", [SystemExit(0), OSError()], ids=["exits", "fails"])
def test_an_exception_that_cannot_say_what_it_is_about_is_noted_all_the_same(trouble: BaseException) -> None:
    class Mute(ValueError):
        def __str__(self) -> str:
            raise trouble

    noted = Problem(*facts(Mute(), (), []))
    assert (noted.name, noted.message) == ("ValueError", "(no message: str() of the exception raised)")
