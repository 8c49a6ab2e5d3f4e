"""`streamgauge check`: a whole run, its report for people, and its results for machines."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TextIO

from rich.console import Console

from streamgauge.conformance.commands.console import complain, listened_to, show
from streamgauge.conformance.commands.output import output
from streamgauge.conformance.reports import jsonl, progress, terminal, verdict
from streamgauge.conformance.results import Results, Status
from streamgauge.conformance.running.runner import Effort, Progress, check
from streamgauge.conformance.running.selection import selected
from streamgauge.spec.alphabet import Version

STANDARD_OUTPUT = "-"


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line; `details` counts failures shown in full, None for all."""

    target: str
    effort: Effort = "normal"
    python: Version | None = None
    seed: int = 0
    jobs: int | None = None
    shard: tuple[int, int] = (1, 1)
    only: tuple[str, ...] = ()
    strict: bool = False
    output: str | None = None
    details: int | None = 5
    quiet: bool = False


def run(options: Options) -> int:
    """Judge the target, show and write what was found.

    Raises `WrongUse`, `TargetError`, `SelectionError` or `AdapterFault`.
    """
    selected(options.only)
    if options.output in (None, STANDARD_OUTPUT):
        results = _checked(options)
        if options.output is not None:
            show(_lines(results, options))
        _report(results, options)
    else:
        with output(str(options.output)) as write:
            results = _checked(options)
            _report(results, options)
            write(_lines(results, options))
    return results.status(strict=options.strict)


def _checked(options: Options) -> Results:
    with _progress(options) as on_progress:
        results = check(
            options.target,
            effort=options.effort,
            python=options.python,
            seed=options.seed,
            jobs=options.jobs,
            shard=options.shard,
            only=options.only,
            on_progress=on_progress,
        )
    # An adapter may call itself what it likes; the commands in the reports need the name that finds it.
    return replace(results, target=options.target)


@contextmanager
def _progress(options: Options) -> Iterator[Callable[[Progress], None] | None]:
    if options.quiet or not sys.stderr.isatty():
        yield None
        return
    with progress.shown(Console(stderr=True), options.target) as on_progress:
        yield on_progress


def _lines(results: Results, options: Options) -> str:
    text = io.StringIO()
    jsonl.write(results, text, strict=options.strict)
    return text.getvalue()


def _report(results: Results, options: Options) -> None:
    """Show the report, on standard error if standard output is for the results."""
    status = results.status(strict=options.strict)
    if options.quiet:
        if status in (Status.WRONG_USE, Status.SUITE_FAULT):
            complain("; ".join((verdict.sentence(results, strict=options.strict), *results.faults)))
        return
    file = None if options.output == STANDARD_OUTPUT else options.output
    stream = sys.stderr if options.output == STANDARD_OUTPUT else sys.stdout
    console = _console(stream)
    # Captured, because what becomes of a reader who has left is not for rich to say.
    with console.capture() as captured:
        terminal.report(results, console, strict=options.strict, details=options.details, file=file)
    with listened_to():
        stream.write(captured.get())


def _console(stream: TextIO) -> Console:
    """Return a console that shows the same on everything that is no terminal, however wide."""
    if stream.isatty():
        return Console(file=stream)
    return Console(file=stream, width=terminal.WIDTH, color_system=None, force_terminal=False)
