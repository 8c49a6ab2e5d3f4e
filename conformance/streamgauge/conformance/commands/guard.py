"""From whatever went wrong to one sentence and an exit status.

What a person can mend ends in a sentence that says how: wrong use, or a broken adapter. Everything else is a fault
of streamgauge itself, which says so; its traceback is shown only on demand.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable

from streamgauge.conformance.adapters import AdapterFault
from streamgauge.conformance.adapters.resolve import TargetError
from streamgauge.conformance.adapters.telling import told
from streamgauge.conformance.commands.console import complain
from streamgauge.conformance.results import Status
from streamgauge.conformance.running.selection import SelectionError
from streamgauge.conformance.target import Stopped


class WrongUse(Exception):  # it is nobody's error but the user's
    """The command cannot be carried out as it was given; the message is one sentence that says what to do."""


def guarded(command: Callable[[], int], *, debug: bool) -> int:
    """Carry out `command` and return its exit status, or that of what went wrong, which is said on standard error."""
    try:
        return command()
    except (KeyboardInterrupt, Stopped):
        complain("interrupted")
        return Status.INCONCLUSIVE
    except (WrongUse, TargetError, SelectionError) as wrong:
        sentence, status = str(wrong), Status.WRONG_USE
        caught: BaseException = wrong
    except AdapterFault as fault:
        sentence, status = f"the adapter is at fault: {fault}", Status.SUITE_FAULT
        caught = fault
    except Exception as fault:  # whatever it is, it is said, and the status shows it
        hint = "" if debug else "; --debug shows the traceback"
        sentence = f"streamgauge itself is at fault: {told(fault)}; please report this{hint}"
        status, caught = Status.SUITE_FAULT, fault
    except BaseException as end:  # a target may not choose the status
        sentence = f"the implementation, or what it calls, ended the run with {told(end)}"
        status, caught = Status.SUITE_FAULT, end
    if debug:
        traceback.print_exception(caught)
    complain(sentence)
    return status
