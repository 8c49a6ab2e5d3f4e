"""How far a run is, while it runs: a bar on a terminal, and nothing anywhere else.

A report is made of what was found and never of how fast, so this is the one place where time is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from streamgauge.conformance.running import runner


@contextmanager
def shown(console: Console, target: str) -> Iterator[Callable[[runner.Progress], None]]:
    """Give a function that shows each advance on `console`, until the block ends.

    `console` should write to stderr. On anything but a terminal, nothing is shown at all.
    """
    if not console.is_terminal:
        yield lambda _: None
        return
    bar = Progress(
        TextColumn("[bold]{task.description}", markup=True),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[said]}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task(target.replace("[", r"\["), total=None, said="")

        def show(advance: runner.Progress) -> None:
            bar.update(task, completed=advance.units_done, total=advance.units, said=words(advance))

        yield show


def words(advance: runner.Progress) -> str:
    """Return an advance in words."""
    failed = f", {len(advance.failed)} failed so far" if advance.failed else ""
    return f"{advance.clauses} clauses exercised, {advance.scenarios:,} scenarios{failed}"
