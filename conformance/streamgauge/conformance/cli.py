"""The command line: `streamgauge check`, `clauses`, `smoke` and `replay`.

Here are only the options, so that `--help` loads nothing of the suite; `commands` does the work, and is loaded when
there is some. Exit statuses say what happened, never how often: 0 conforms, 1 departs, 2 inconclusive or
interrupted, 3 wrong use or nothing selected, 4 streamgauge or an adapter is at fault.
"""

from __future__ import annotations

import atexit
import gc
import io
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import click

Version = tuple[int, int]
OLDEST, NEWEST = (3, 8), (3, 15)
WRONG_USE: Final = 3
INTERRUPTED: Final = 2

STATUSES: Final = """\b
Exit statuses:
  0  conforms
  1  departs from a clause that counts
  2  inconclusive, or interrupted
  3  wrong use, or nothing selected
  4  streamgauge itself or an adapter is at fault
"""
MOST_JOBS: Final = 1024
TARGETS: Final = """TARGET is asyncio, reference, aiohttp, package.module or package.module:object, found from the
current folder first: a module, class or namespace with (some of) the names of asyncio.streams, or an adapter, which
a module may also keep as streamgauge_adapter."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line (default: that of the process) and return the exit status."""
    if arguments is None:
        # What a judge remembers is not looked through for garbage when the process ends: that takes a second.
        atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal of few letters is no reason to fail
    try:
        status = app.main(arguments, prog_name="streamgauge", standalone_mode=False)
    except click.ClickException as wrong:
        from streamgauge.conformance.commands import console  # noqa: PLC0415  # not for --help

        context = getattr(wrong, "ctx", None)
        path = context.command_path if context is not None else _command(arguments)
        message = wrong.format_message().rstrip().removesuffix(".")
        console.complain(f"{message[:1].lower()}{message[1:]} (see {path} --help)")
        return WRONG_USE
    except click.Abort:
        return INTERRUPTED
    return status if isinstance(status, int) else 0


def _command(arguments: Sequence[str] | None) -> str:
    """Return the command that was typed, for whoever complains without knowing it: click does so of some options."""
    typed = next(iter(sys.argv[1:] if arguments is None else arguments), "")
    return f"streamgauge {typed}" if typed in app.commands else "streamgauge"


# --------------------------------------------------------------- options


def _python(context: click.Context, option: click.Parameter, text: str | None) -> Version | None:
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,3})\.([0-9]{1,3})", text)
    version = (int(match[1]), int(match[2])) if match else (0, 0)
    if not OLDEST <= version <= NEWEST:
        raise click.BadParameter(f"{text!r} is not a version from 3.8 to 3.15, such as 3.13")
    return version


def _shard(context: click.Context, option: click.Parameter, text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise click.BadParameter(f"{text!r} is not K/N with K from 1 to N, such as 2/4")
    return int(match[1]), int(match[2])


def _details(context: click.Context, option: click.Parameter, text: str) -> int | None:
    """Return how many failures to show in full, None for all of them."""
    if re.fullmatch("all|[0-9]{1,9}", text) is None:
        raise click.BadParameter(f"{text!r} is neither a number nor all")
    return None if text == "all" else int(text)


def _whole(least: int, most: int | None = None) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """Return what reads a whole number, as people write one."""
    range_of = f"from {least}" if most is None else f"from {least} to {most:,}"

    def read(context: click.Context, option: click.Parameter, text: str | None) -> int | None:
        if text is None:
            return None
        number = int(text) if re.fullmatch("[0-9]{1,18}", text) else -1
        if number < least or (most is not None and number > most):
            raise click.BadParameter(f"{text!r} is not a whole number {range_of}")
        return number

    return read


def _carry_out(debug: bool, command: Callable[[], int]) -> int:
    from streamgauge.conformance.commands import guard  # noqa: PLC0415  # not for --help

    return guard.guarded(command, debug=debug)


target = click.argument("target")
debugging = click.option(
    "--debug", is_flag=True, envvar="STREAMGAUGE_DEBUG", help="Show the traceback of a fault (or STREAMGAUGE_DEBUG=1)."
)
python_rules = click.option(
    "--python", metavar="X.Y", callback=_python, help="Whose rules apply, 3.8 to 3.15.  [default: the running version]"
)
as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON instead of text.")


# -------------------------------------------------------------- commands


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
    epilog=f"""\b
Examples:
  streamgauge check asyncio
  streamgauge check mypackage.streams --output results.jsonl
  streamgauge check mypackage.streams:Reader --only reader.readuntil --details all
  streamgauge smoke mypackage.streams
  streamgauge clauses reader.readuntil.limit
  streamgauge replay results.jsonl --on mypackage.streams

{STATUSES}""",
)
@click.version_option(package_name="streamgauge", message="%(prog)s %(version)s")
@click.pass_context
def app(context: click.Context) -> int:
    """Check byte streams against the specification of asyncio's."""
    if context.invoked_subcommand is not None:
        return 0
    click.echo(context.get_help(), err=True)
    return WRONG_USE


@app.command(
    short_help="Judge an implementation.",
    help=f"Judge an implementation by all clauses that it can be held to.\n\n{TARGETS}",
    epilog=f"""\b
Examples:
  streamgauge check reference --effort quick
  streamgauge check mypackage.streams --python 3.13 --strict
  streamgauge check mypackage.streams --shard 1/4 --output part1.jsonl

{STATUSES}""",
)
@target
@click.option(
    "--effort",
    type=click.Choice(["quick", "normal", "deep"]),
    default="normal",
    show_default=True,
    help="How far to explore beyond the corpus.",
)
@python_rules
@click.option(
    "--seed", metavar="N", default="0", show_default=True, callback=_whole(0), help="Vary the sampled scenarios."
)
@click.option("--jobs", metavar="N", callback=_whole(1, MOST_JOBS), help="Worker processes.  [default: one a core]")
@click.option("--shard", metavar="K/N", default="1/1", callback=_shard, help="Do only the K-th of N parts of the work.")
@click.option("--only", multiple=True, metavar="CLAUSE-OR-CHAPTER", help="Judge these clauses only (repeatable).")
@click.option("--strict", is_flag=True, help="Let every failed clause count, not only documented MUSTs.")
@click.option("--output", metavar="FILE", help="Write the results to FILE as JSON lines; - is standard output.")
@click.option(
    "--details",
    metavar="N|all",
    default="5",
    show_default=True,
    callback=_details,
    help="How many failures to show in full.",
)
@click.option("--quiet", is_flag=True, help="Show nothing: the exit status tells.")
@debugging
def check(debug: bool, target: str, **options: Any) -> int:
    """Judge an implementation."""
    import streamgauge.conformance.commands.check as command  # noqa: PLC0415  # not for --help

    shown = command.Options(**{name: options.pop(name) for name in ("strict", "output", "details", "quiet")})
    return _carry_out(debug, lambda: command.run(target, shown, **options))


@app.command(
    help="List the clauses of the specification, or show one of them whole, with its scenarios.",
    epilog="""\b
Examples:
  streamgauge clauses
  streamgauge clauses flow reader.readuntil
  streamgauge clauses reader.readuntil.limit
""",
)
@click.argument("names", nargs=-1, metavar="[ID-OR-CHAPTER]...")
@as_json
@debugging
def clauses(debug: bool, names: tuple[str, ...], as_json: bool) -> int:
    """List the clauses."""
    from streamgauge.conformance.commands import clauses as command  # noqa: PLC0415  # not for --help

    return _carry_out(debug, lambda: command.run(names, as_json=as_json))


@app.command(
    short_help="Tell a broken adapter from a broken implementation.",
    help=f"Try each declared capability once: tells a broken adapter from a broken implementation.\n\n{TARGETS}",
    epilog=STATUSES,
)
@target
@python_rules
@debugging
def smoke(debug: bool, target: str, python: Version | None) -> int:
    """Tell a broken adapter from a broken implementation."""
    from streamgauge.conformance.commands import smoke as command  # noqa: PLC0415  # not for --help

    return _carry_out(debug, lambda: command.run(target, python))


@app.command(
    short_help="Play one scenario again and show what happens.",
    help="""Play one scenario again, and show what happens beside what the model knows.

    SCENARIO is a file with one scenario, or with one a line; a file of results, whose failure is replayed; the name
    of a scenario of the corpus; the id of a clause, for all of its scenarios; the JSON of a scenario itself; or -
    for standard input.""",
    epilog=f"""\b
Examples:
  streamgauge replay results.jsonl --clause reader.read.soon --on mypackage.streams
  streamgauge replay reader.limit.positive/zero --on asyncio
  streamgauge replay failing.json --on mypackage.streams --script > shows_it.py

{STATUSES}""",
)
@click.argument("scenario")
@click.option("--on", "target", required=True, metavar="TARGET", help="The implementation to play it on.")
@click.option("--clause", metavar="ID", help="Of several scenarios, those for this clause.")
@click.option("--name", metavar="NAME", help="Of several scenarios, the one of this name.")
@python_rules
@as_json
@click.option("--script", is_flag=True, help="Write a Python program that shows the departure without streamgauge.")
@debugging
def replay(debug: bool, **options: Any) -> int:
    """Play one scenario again."""
    from streamgauge.conformance.commands import replay as command  # noqa: PLC0415  # not for --help

    return _carry_out(debug, lambda: command.run(command.Options(**options)))
