"""Programs that show a failure, run for tests in a forked child, with what they import loaded already."""

import gc
import os
import sys
import traceback
from contextlib import suppress


def forked(text: str) -> tuple[int, str]:
    """The exit status of the program in a child, and all that it printed."""
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        gc.disable()  # all that was there already would be looked at, and copied
        with suppress(BaseException):
            os.dup2(writes, 1)
            os.dup2(writes, 2)
            sys.stdout = sys.stderr = os.fdopen(1, "w", closefd=False)
            try:
                exec(compile(text, "<program>", "exec"), {"__name__": "__main__"})  # what is tested
            except BaseException:
                traceback.print_exc()
                sys.stdout.flush()
        os._exit(99)  # a program never comes back
    os.close(writes)
    with os.fdopen(reads, "rb") as output:
        said = output.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said
