"""The file that results go to: known to be writable before the work begins, and as it was until the work is done."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from streamgauge.conformance.commands.guard import WrongUse


@contextmanager
def output(file: str) -> Iterator[Callable[[str], None]]:
    """Give a function that replaces what is in `file` by a text; if it is never called, nothing has changed.

    Raises `WrongUse` if the file cannot be written.
    """
    if not file:
        raise WrongUse("the name of the file that results go to is empty")
    is_new = not Path(file).exists()
    try:
        # Appending changes nothing, and finds out.
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    except OSError as problem:
        raise WrongUse(f"cannot write {file}: {problem.strerror}") from problem
    written = False

    def write(text: str) -> None:
        nonlocal written
        written = True
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                os.truncate(handle, 0)
            left = memoryview(text.encode("utf-8"))
            while left:
                left = left[os.write(handle, left) :]
        except OSError as problem:
            raise WrongUse(f"cannot write {file}: {problem.strerror}") from problem

    try:
        yield write
    finally:
        os.close(handle)
        if is_new and not written:
            Path(file).unlink(missing_ok=True)
