"""The live progress."""

import io

from rich.console import Console

from streamgauge.conformance.reports.progress import shown, words
from streamgauge.conformance.running.runner import Progress

ERASED = "\x1b[1A\x1b[2K"  # up a line, and the line is empty
HALF = Progress(5, 10, 12345, 67, ("reader.read.soon",))
LITTLE = Progress(1, 2, 3, 4, ())


def test_an_advance_in_words() -> None:
    assert words(HALF) == "67 clauses exercised, 12,345 scenarios, 1 failed so far"
    assert words(LITTLE) == "4 clauses exercised, 3 scenarios"


def test_a_terminal_shows_the_last_advance() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=120, _environ={})
    with shown(console, "my[bold]:Reader") as show:
        show(LITTLE)
        show(HALF)
    assert "50%" in stream.getvalue()
    assert "67 clauses exercised, 12,345 scenarios, 1 failed so far" in stream.getvalue()
    assert "my[bold]:Reader" in stream.getvalue()


def test_nothing_of_it_stays_on_the_terminal() -> None:
    stream = io.StringIO()
    with shown(Console(file=stream, force_terminal=True, width=120, _environ={}), "asyncio") as show:
        show(HALF)
    assert stream.getvalue().endswith(ERASED)


def test_anything_else_is_spared_it() -> None:
    stream = io.StringIO()
    with shown(Console(file=stream), "asyncio") as show:
        show(HALF)
    assert stream.getvalue() == ""
