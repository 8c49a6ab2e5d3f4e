"""The driver plays a scenario on an adapter in a world, and returns the trace.

It knows how to do things to an implementation, and nothing of what ought to come of it.
"""

from __future__ import annotations

import asyncio

from streamgauge.conformance.adapters import Adapter
from streamgauge.conformance.playing.by_hand import ByHand
from streamgauge.conformance.playing.calls import Calls, Interrupted, OutOfBudget, Stopped
from streamgauge.conformance.playing.ends import Ends
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.conformance.world.loop import Restless, new_loop
from streamgauge.spec.alphabet import Event, Overran

__all__ = ["Driver", "Interrupted", "OutOfBudget", "Stopped", "Trace"]


class Driver:
    """Plays scenarios on one adapter, one after the other, on one loop. Raises `AdapterFault` if it breaks."""

    def __init__(self, adapter: Adapter) -> None:
        self._loop = new_loop()
        self._calls = Calls(self._loop, tuple(adapter.errors.items()))
        self._by_hand = ByHand(adapter, self._calls)
        self._ends = Ends(adapter, self._calls)

    def play(self, scenario: Scenario) -> Trace:
        """Return what was done and observed, from construction to the last step."""
        before = asyncio._get_running_loop()  # noqa: SLF001  # meant for those who make event loops
        asyncio._set_running_loop(self._loop)  # noqa: SLF001  # as above
        trace: list[Event] = []
        hand = self._ends if scenario.world == "network" else self._by_hand
        try:
            if hand is self._ends:
                self._ends.play(scenario, trace)
            elif self._by_hand.make(scenario.limit, trace):
                doing = self._by_hand.doing
                for step in scenario.steps:
                    trace.append(step)
                    doing[type(step)](step)
        except OutOfBudget as stopped:
            trace.append(Overran(stopped.budget))
        except MemoryError:
            trace.append(Overran("memory"))
        except Restless:
            trace.append(Overran("turns"))
        finally:
            played = tuple(trace)
            # What comes while cleaning up, or later from a call that would not end, is no observation.
            hand.leave()
            self._calls.clean()
            asyncio._set_running_loop(before)  # noqa: SLF001  # as above
        return played
