"""Whether an implementation keeps the rules: scenarios, worlds, targets, the judge, and what they found.

The way of the data: `scenarios` are plain data; a `target` plays one, which an implementation does through its adapter
(`adapters`) in one of the `worlds` (`playing` says how), and returns a trace; `judge` folds the model of
`streamgauge.spec` over it. `running` does so for all of them, `results` holds what came of it, `explaining` and
`reports` tell people and machines, and `cli` is the command.

What is exported here is loaded when it is first asked for, so that `streamgauge --help` loads none of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streamgauge.conformance.adapters import Adapter, AdapterFault
    from streamgauge.conformance.adapters.resolve import TargetError
    from streamgauge.conformance.results import ClauseResult, Failure, Results, Verdict
    from streamgauge.conformance.running.runner import Progress, check
    from streamgauge.conformance.running.selection import SelectionError

__all__ = [
    "Adapter",
    "AdapterFault",
    "ClauseResult",
    "Failure",
    "Progress",
    "Results",
    "SelectionError",
    "TargetError",
    "Verdict",
    "check",
]

_HOMES = {
    **dict.fromkeys(("Adapter", "AdapterFault"), "adapters"),
    "TargetError": "adapters.resolve",
    **dict.fromkeys(("ClauseResult", "Failure", "Results", "Verdict"), "results"),
    **dict.fromkeys(("Progress", "check"), "running.runner"),
    "SelectionError": "running.selection",
}


def __getattr__(name: str) -> Any:
    """Load what is exported. Raises `AttributeError` for any other name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
