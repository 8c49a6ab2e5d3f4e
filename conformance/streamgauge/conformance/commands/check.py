"""`streamgauge check`: a whole run, its report for people, and its results for machines."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, TextIO

from rich.console import Console

from streamgauge.conformance.commands.console import complain, listened_to, show
from streamgauge.conformance.commands.output import output
from streamgauge.conformance.reports import jsonl, progress, terminal, verdict
from streamgauge.conformance.results import Results, Status
from streamgauge.conformance.running.runner import check
from streamgauge.conformance.running.selection import selected

STANDARD_OUTPUT = "-"


@dataclass(frozen=True, slots=True)
class Options:
    """How the results are to be shown; `details` counts failures shown in full, None for all."""

    strict: bool = False
    output: str | None = None
    details: int | None = 5
    quiet: bool = False


def run(target: str, options: Options, **judging: Any) -> int:
    """Judge the target, by the options of the runner's `check`, and show and write what was found.

    Raises `WrongUse`, `TargetError`, `SelectionError` or `AdapterFault`.
    """
    selected(judging.get("only", ()))
    if options.output in (None, STANDARD_OUTPUT):
        results = _checked(target, options, judging)
        if options.output is not None:
            show(_lines(results, options))
        _report(results, options)
    else:
        with output(str(options.output)) as write:
            results = _checked(target, options, judging)
            _report(results, options)
            write(_lines(results, options))
    return results.status(strict=options.strict)


def _checked(target: str, options: Options, judging: Mapping[str, Any]) -> Results:
    unseen = options.quiet or not sys.stderr.isatty()
    with nullcontext() if unseen else progress.shown(Console(stderr=True), target) as on_progress:
        results = check(target, on_progress=on_progress, **judging)
    # An adapter may call itself what it likes; the commands in the reports need the name that finds it.
    return replace(results, target=target)


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
