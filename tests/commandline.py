"""The command line as a test types it: `streamgauge(...)` carries out a command in this process."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest import mock

from streamgauge.conformance.cli import main


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind: its exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line on standard error, without the name of the program in front."""
        assert self.err.startswith("streamgauge: "), self.err
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err.removeprefix("streamgauge: ").rstrip("\n")


def streamgauge(*arguments: str, typed: str = "") -> Ran:
    """Carry out `streamgauge arguments`, with `typed` on standard input."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), standard_input(typed):
        status = main(arguments)
    return Ran(status, out.getvalue(), err.getvalue())


@contextmanager
def standard_input(text: str) -> Iterator[None]:
    """Put `text` where standard input is read."""
    with mock.patch.object(sys, "stdin", io.StringIO(text)):
        yield
