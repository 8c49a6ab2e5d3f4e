"""Whether an implementation keeps the rules: scenarios, worlds, the driver, the judge, and what they found.

The way of the data: `scenarios` are plain data; `driver` plays one on an adapter (`adapters`) in a world (`world`)
and returns a trace; `judge` folds the model of `streamgauge.spec` over it. `exploring` does so for a unit of work,
`runner` for all of them, `tally` and `results` put together what came of it, `reports` and `explain` tell people
and machines, `cli` is the command.
"""

from streamgauge.conformance.adapters import Adapter, AdapterFault
from streamgauge.conformance.adapters.resolve import TargetError
from streamgauge.conformance.results import ClauseResult, Failure, Results, Verdict
from streamgauge.conformance.runner import Progress, check
from streamgauge.conformance.selection import SelectionError

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
