"""The target: whatever plays a scenario and returns its trace. Explorer, replay and smoke ask nothing else.

One in this process is an adapter, and a player of it in each world there is. One elsewhere is another class with the
same names; whoever only has `name`, `capabilities` and `play` will do.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import ModuleType
from typing import Any, Final, Protocol

from streamgauge.conformance.adapters import Adapter
from streamgauge.conformance.adapters.looking import Keeping, Look
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.playing import budget
from streamgauge.conformance.playing.calls import Interrupted, OutOfBudget, Stopped
from streamgauge.conformance.playing.player import Player
from streamgauge.conformance.scenarios.script import Scenario, Trace
from streamgauge.conformance.worlds.hand import ByHand
from streamgauge.conformance.worlds.network import Network
from streamgauge.conformance.worlds.world import World

__all__ = ["WORLDS", "InProcess", "Interrupted", "Look", "OutOfBudget", "Stopped", "Target", "Trace", "target_of"]

# By the names that scenarios have for them.
WORLDS: Final[Mapping[str, Callable[[], World]]] = {"memory": ByHand, "network": Network}


class Target(Protocol):
    """What is judged. `capabilities` are names out of those of the adapters."""

    @property
    def name(self) -> str:
        """What reports call it."""

    @property
    def capabilities(self) -> frozenset[str]:
        """What can be asked of it."""

    def play(self, scenario: Scenario) -> Trace:
        """Return what was done and observed. Raises `AdapterFault`, and `Interrupted` on Ctrl-C."""

    def look(self, scenario: Scenario) -> tuple[Trace, Look]:
        """Play a scenario, and say as well what was made in it. Raises likewise."""

    def at_work(self) -> AbstractContextManager[None]:
        """Many scenarios are played inside: what is to be set up for them is set up once."""


class InProcess:
    """The implementation behind an adapter, played in this process, each play within its budget."""

    def __init__(self, adapter: Adapter, worlds: Mapping[str, Callable[[], World]] = WORLDS) -> None:
        self.adapter = adapter
        self.name = adapter.name
        self.capabilities = frozenset(adapter.capabilities)
        self._worlds = worlds
        self._players: dict[str, Player] = {}
        self._watch: budget.Watch | None = None

    def play(self, scenario: Scenario) -> Trace:
        """Return the trace of the scenario, within a budget."""
        if self._watch is None:
            with self.at_work():
                return self.play(scenario)
        return budget.play(self.unwatched, scenario, self._watch)

    def look(self, scenario: Scenario) -> tuple[Trace, Look]:
        """Return the trace of the scenario, and what can be said of what was made in it."""
        keeping = Keeping(self.adapter)
        trace = InProcess(keeping, self._worlds).play(scenario)
        return trace, keeping.look(connected=scenario.world != "memory")

    def unwatched(self, scenario: Scenario) -> Trace:
        """Return the trace of the scenario, however long that takes."""
        world = scenario.world
        player = self._players.get(world)
        if player is None:
            player = self._players[world] = Player(self.adapter, self._worlds[world]())
        return player.play(scenario)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Watch over what is played inside, and let no warning disturb it."""
        with warnings.catch_warnings(), budget.watched() as watch:
            warnings.simplefilter("ignore")
            self._watch = watch
            try:
                yield
            finally:
                self._watch = None


class Playing:
    """A target that can do nothing but play: nobody can look at what it makes, and nothing is set up for it."""

    def __init__(self, target: Any) -> None:
        self.name: str = target.name
        self.capabilities: frozenset[str] = frozenset(target.capabilities)
        self.play: Callable[[Scenario], Trace] = target.play

    def look(self, scenario: Scenario) -> tuple[Trace, Look]:
        """Return the trace of the scenario; of what was made in it nothing can be said."""
        return self.play(scenario), Look(("unseen", "unseen"))

    def at_work(self) -> AbstractContextManager[None]:
        """Nothing is to be set up."""
        return nullcontext()


def target_of(what: Any) -> Target:
    """Return `what` if it plays scenarios itself, else the target behind the adapter of what it names or is.

    Raises `TargetError` and `AdapterFault`, as `resolve` does.
    """
    is_own = not isinstance(what, str | type | ModuleType) and not hasattr(what, "reader")
    if not (is_own and all(hasattr(what, name) for name in ("name", "capabilities", "play"))):
        return InProcess(resolve(what))
    target: Target = what if hasattr(what, "look") and hasattr(what, "at_work") else Playing(what)
    return target
