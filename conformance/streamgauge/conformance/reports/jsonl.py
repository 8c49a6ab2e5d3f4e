"""Results as JSON lines, the contract with machines: a header, a line a clause, bound and fault, and a footer.

The same results are the same bytes: nothing in them tells when, where, how fast or by how many processes they were
made. A file without its footer is not a report that ends early, it is none: `read` refuses it, and whatever else
is not as `write` makes it, by file and line. `lines` says what one holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, TextIO

from streamgauge.conformance.reports.lines import FORMAT, KINDS, LINES, Report
from streamgauge.conformance.results import Results
from streamgauge.conformance.scenarios.forms import Json, loads
from streamgauge.conformance.scenarios.script import ScriptError

MOST_SHOWN = 160


class ReportError(ValueError):
    """A file that is not a whole results file of this format; the message starts with `file:line:`."""


# ------------------------------------------------------------------ writing


def write(results: Results, stream: TextIO, *, strict: bool = False) -> None:
    """Write the results to `stream`, line by line; `strict` is what the exit status in the footer depends on."""
    stream.writelines(json.dumps(line, ensure_ascii=True) + "\n" for line in lines(results, strict=strict))


def lines(results: Results, *, strict: bool = False) -> Iterator[Json]:
    """Yield the lines of the file as JSON objects."""
    report = Report(results, suite_version(), strict, results.status(strict=strict))
    yield LINES["header"].write(report)
    yield from map(LINES["clause"].write, results.clauses)
    yield from map(LINES["bound"].write, results.bounds)
    yield from map(LINES["fault"].write, results.faults)
    yield LINES["footer"].write(report)


def suite_version() -> str:
    """Return the version of streamgauge, or `unknown` if it runs without having been installed."""
    try:
        return metadata.version("streamgauge")
    except metadata.PackageNotFoundError:
        return "unknown"


# ------------------------------------------------------------------ reading


def read(path: Path | str) -> Report:
    """Return what the file holds. Raises `ReportError`, and `OSError` if the file cannot be read."""
    path = Path(path)
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ReportError(f"{path}:1: this is no results file: it is not text in UTF-8") from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Report:
    """Return what the text holds; `file` is what complaints call it. Raises `ReportError`."""
    if not text:
        raise ReportError(f"{file}:1: the file is empty")
    before, seen = "", set[Any]()
    read: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    number = 0
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        try:
            form = _object(line)
            _check_place(before, form)
            read[form["kind"]].append(LINES[form["kind"]].read(form))
            if form["kind"] == "clause" and form["clause"] in seen:
                raise ScriptError(f"{form['clause']} stands there twice")
            seen.add(form.get("clause"))
        except ScriptError as problem:
            raise ReportError(f"{file}:{number}: {_short(str(problem))}") from None
        before = form["kind"]
    if before != "footer":
        raise ReportError(f"{file}:{number}: the file ends without its footer: whoever wrote it did not finish")
    return _report(read, f"{file}:{number}")


def _short(message: str) -> str:
    return message if len(message) <= MOST_SHOWN else f"{message[: MOST_SHOWN // 2]} … {message[-MOST_SHOWN // 2 :]}"


def _object(line: str) -> Json:
    form = loads(line)
    if not isinstance(form, dict):
        raise ScriptError("a line is a JSON object")
    return form


def _check_place(before: str, form: Json) -> None:
    """Raise `ScriptError` unless the kind of the line is known, and may follow that of the line before."""
    kind = form.get("kind")
    if kind == "header" and form.get("format") != FORMAT:
        raise ScriptError(f"this is format {form.get('format')!r}, and streamgauge reads format {FORMAT} here")
    if kind not in KINDS:
        raise ScriptError(f"the kind of a line is one of {', '.join(KINDS)}, not {kind!r}")
    if not before and kind != "header":
        raise ScriptError(f"a results file begins with its header, not with a {kind}")
    if before == "footer":
        raise ScriptError("nothing comes after the footer")
    if before and (KINDS.index(kind) < KINDS.index(before) or kind == "header"):
        raise ScriptError(f"a {kind} cannot come after a {before}")


def _report(read: dict[str, list[Any]], last: str) -> Report:
    """Return the report of all lines. Raises `ReportError` if some were lost or changed later."""
    (header,), (footer,) = read["header"], read["footer"]
    results = Results(
        **header["results"],
        **footer["results"],
        clauses=tuple(read["clause"]),
        bounds=tuple(read["bound"]),
        faults=tuple(read["fault"]),
    )
    report = Report(results, header["suite"], footer["strict"], footer["status"])
    if footer["verdicts"] != report.verdicts():
        raise ReportError(f"{last}: the verdicts do not add up: clauses were lost, or changed")
    if report.status != results.status(strict=report.strict):
        raise ReportError(f"{last}: the exit status does not follow from the clauses, which were lost, or changed")
    return report
