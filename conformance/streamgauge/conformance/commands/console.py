"""Writing to people: what was asked for goes to standard output, all else to standard error, one sentence each."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from streamgauge.conformance.adapters.telling import printable

WIDTH: Final = 100


def show(text: str) -> None:
    """Write `text` and a line end to standard output."""
    with listened_to():
        sys.stdout.write(printable(text if text.endswith("\n") else f"{text}\n"))


def entry(name: str, text: str, width: int = WIDTH) -> Iterable[str]:
    """Return a text as lines of at most `width` characters, beside its name."""
    return textwrap.wrap(text, width, initial_indent=f"  {name:<10}", subsequent_indent=" " * 12)


def complain(sentence: str) -> None:
    """Write `streamgauge: sentence` to standard error, on one line."""
    sys.stderr.write(f"streamgauge: {printable(' '.join(sentence.split()))}\n")
    sys.stderr.flush()


@contextmanager
def listened_to() -> Iterator[None]:
    """Write to standard output inside; if nobody reads it any more, that is the reader's right, and said to nobody."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered would fail again when the interpreter ends, so it goes nowhere.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
