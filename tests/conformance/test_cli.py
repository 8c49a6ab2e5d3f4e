"""The command line itself: help, wrong use, faults, and what is loaded when."""

import importlib
import io
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from commandline import streamgauge
from streamgauge.conformance import cli
from streamgauge.conformance.adapters import AdapterFault
from streamgauge.conformance.adapters.resolve import TargetError
from streamgauge.conformance.commands import clauses, guard, smoke
from streamgauge.conformance.commands.console import show
from streamgauge.conformance.running.selection import SelectionError
from streamgauge.conformance.target import Interrupted

VERBS = ("check", "clauses", "replay", "smoke")
LOADED = """
import sys
from streamgauge.conformance.cli import main
status = main(sys.argv[1:])
heavy = ("hypothesis", "rich", "jsonschema", "streamgauge.spec", "streamgauge.reference")
found = [name for name in heavy if name in sys.modules]
sys.exit(f"loaded: {found}" if found else status)
"""


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Carry out a command in a process of its own."""
    command = [sys.executable, "-m", "streamgauge.conformance", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)


# Help.


@pytest.mark.parametrize("arguments", [["--help"], *([verb, "--help"] for verb in VERBS), ["--version"], ["check"]])
def test_help_and_wrong_use_load_nothing_of_the_suite(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=False)
    assert "loaded" not in done.stderr
    assert done.returncode == (3 if arguments == ["check"] else 0)


def test_help_names_the_commands_and_shows_examples() -> None:
    ran = streamgauge("--help")
    for verb in VERBS:
        assert f"\n  {verb} " in ran.out
        assert f"  streamgauge {verb} " in ran.out
    assert "  3  wrong use, or nothing selected" in ran.out
    assert (ran.status, ran.err) == (0, "")


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_command_shows_examples_or_statuses(verb: str) -> None:
    ran = streamgauge(verb, "-h")
    assert ran.out.startswith(f"Usage: streamgauge {verb} ")
    assert "Examples:" in ran.out or "Exit statuses:" in ran.out
    assert ran.status == 0


def test_the_version_is_that_of_the_distribution() -> None:
    ran = streamgauge("--version")
    assert ran.out.startswith("streamgauge 0.")
    assert ran.status == 0


def test_nothing_asked_for_is_wrong_use_and_shows_the_help() -> None:
    ran = streamgauge()
    assert (ran.status, ran.out) == (3, "")
    assert ran.err == streamgauge("--help").out


def test_python_m_is_the_command() -> None:
    done = process("clauses", "flw")
    assert done.returncode == 3
    assert done.stderr == "streamgauge: no clause or chapter is called 'flw': did you mean flow?\n"


def test_importing_what_python_m_runs_runs_nothing() -> None:
    # Workers that are spawned import it.
    assert importlib.import_module("streamgauge.conformance.__main__").main is cli.main


# Wrong use.


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "no such command 'chek'"),
        (["check"], "missing argument 'TARGET'"),
        (["smoke", "asyncio", "more"], "got unexpected extra argument (more)"),
        (["check", "asyncio", "--efort", "quick"], "no such option"),
        (["check", "asyncio", "--effort", "much"], "invalid value for '--effort': 'much' is not one of"),
        (["check", "asyncio", "--effort"], "option '--effort' requires an argument"),
        (["check", "asyncio", "--seed", "-1"], "invalid value for '--seed': '-1' is not a whole number from 0"),
        (["check", "asyncio", "--seed", "x"], "invalid value for '--seed': 'x' is not a whole number from 0"),
        (["check", "asyncio", "--jobs", "0"], "invalid value for '--jobs': '0' is not a whole number from 1 to 1,024"),
        (
            ["check", "asyncio", "--jobs", "1000000000"],
            "invalid value for '--jobs': '1000000000' is not a whole number",
        ),
        (["check", "asyncio", "--jobs", "9" * 5000], "invalid value for '--jobs': '999"),
        *(
            (
                ["check", "asyncio", "--python", wrong],
                f"invalid value for '--python': '{wrong}' is not a version from 3.8",
            )
            for wrong in ("3", "3.7", "3.16", "4.0", "three", "3.12.1", "-3.12", "", "\uff13.\uff11\uff11")
        ),
        *(
            (["check", "asyncio", "--shard", wrong], f"invalid value for '--shard': '{wrong}' is not K/N")
            for wrong in ("1", "0/4", "5/4", "1/0", "a/b", "1/4/4", "-1/4", "\u0661/\u0664")
        ),
        *(
            (["check", "asyncio", "--details", wrong], f"invalid value for '--details': '{wrong}' is neither a number")
            for wrong in ("some", "-1", "1.5", "", "\uff13")
        ),
    ],
)
def test_wrong_use_is_one_sentence_with_a_hint_and_its_own_status(arguments: list[str], said: str) -> None:
    ran = streamgauge(*arguments)
    assert ran.sentence.lower().startswith(said.lower())
    assert ran.sentence.endswith(" --help)")
    assert (ran.status, ran.out) == (3, "")


@pytest.mark.parametrize(("verb", "option"), [("check", "--effort"), ("smoke", "--python"), ("replay", "--on")])
def test_an_option_without_its_argument_points_to_the_help_of_its_command(
    monkeypatch: pytest.MonkeyPatch, verb: str, option: str
) -> None:
    said = f"option '{option}' requires an argument (see streamgauge {verb} --help)"
    assert streamgauge(verb, "asyncio", option).sentence.lower() == said
    monkeypatch.setattr("sys.argv", ["streamgauge", verb, "asyncio", option])
    err = io.StringIO()
    with redirect_stderr(err):
        assert cli.main() == 3
    assert err.getvalue() == f"streamgauge: {said}\n"


def test_the_statuses_are_told_in_the_same_words_in_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    told = [line.split(maxsplit=1) for line in cli.STATUSES.splitlines() if line.startswith("  ")]
    assert len(told) == 5
    for status, words in told:
        assert f"\n| {status} | {words} |\n" in readme


@pytest.mark.parametrize(("text", "read"), [("3.8", (3, 8)), ("3.15", (3, 15)), ("3.10", (3, 10))])
def test_a_version_is_read(monkeypatch: pytest.MonkeyPatch, text: str, read: tuple[int, int]) -> None:
    seen: list[Any] = []

    def run(target: str, python: object) -> int:
        seen.append((target, python))
        return 0

    monkeypatch.setattr(smoke, "run", run)
    assert streamgauge("smoke", "asyncio", "--python", text).status == 0
    assert streamgauge("smoke", "asyncio").status == 0
    assert seen == [("asyncio", read), ("asyncio", None)]


# Faults.


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes `clauses` fail."""

    def fail(error: BaseException) -> None:
        def run(names: object, *, as_json: bool) -> int:
            raise error

        monkeypatch.setattr(clauses, "run", run)

    return fail


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (guard.WrongUse("that cannot be"), 3, "that cannot be"),
        (TargetError("there is no such thing"), 3, "there is no such thing"),
        (SelectionError("no such clause"), 3, "no such clause"),
        (AdapterFault("it is loose"), 4, "the adapter is at fault: it is loose"),
        (
            SystemExit(0),
            4,
            "the implementation, or what it calls, ended the run with SystemExit: 0 (tests/conformance/",
        ),
        (GeneratorExit(), 4, "the implementation, or what it calls, ended the run with GeneratorExit (tests/conform"),
        (KeyboardInterrupt(), 2, "interrupted"),
        (Interrupted(), 2, "interrupted"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_a_status(
    failing: Callable[[BaseException], None], error: BaseException, status: int, said: str
) -> None:
    failing(error)
    ran = streamgauge("clauses")
    assert (ran.status, ran.out) == (status, "")
    assert ran.sentence == said or (said.endswith(("/", "m")) and ran.sentence.startswith(said))


def test_what_nobody_thought_of_is_the_fault_of_streamgauge(failing: Callable[[BaseException], None]) -> None:
    failing(KeyError("reader"))
    ran = streamgauge("clauses")
    assert ran.status == 4
    assert ran.sentence.startswith("streamgauge itself is at fault: KeyError: 'reader' (")
    assert "test_cli.py:" in ran.sentence
    assert ran.sentence.endswith("); please report this; --debug shows the traceback")


@pytest.mark.parametrize("by", ["option", "environment"])
def test_the_traceback_is_shown_on_demand(
    failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    failing(ZeroDivisionError())
    if by == "environment":
        monkeypatch.setenv("STREAMGAUGE_DEBUG", "1")
    ran = streamgauge("clauses", *(["--debug"] if by == "option" else []))
    assert ran.status == 4
    assert ran.err.startswith("Traceback (most recent call last):\n")
    assert ran.err.splitlines()[-2] == "ZeroDivisionError"
    assert ran.err.splitlines()[-1].endswith("; please report this")


def test_the_traceback_of_a_target_is_shown_on_demand(write: Callable[[str, str], None]) -> None:
    write("mystreams.py", "1 / 0")
    assert "Traceback" not in streamgauge("smoke", "mystreams").err
    assert "ZeroDivisionError: division by zero\n" in streamgauge("smoke", "mystreams", "--debug").err


def test_a_sentence_stays_on_one_line(failing: Callable[[BaseException], None]) -> None:
    failing(guard.WrongUse("one\n  two"))
    assert streamgauge("clauses").sentence == "one two"


def test_what_cannot_be_seen_is_escaped_wherever_it_is_shown(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(guard.WrongUse("a\0b\x1b[31mc\x9b\U000e0001 \u00e4"))
    assert streamgauge("clauses").sentence == "a\\u0000b\\u001b[31mc\\u009b\\udb40\\udc01 \u00e4"
    show("a\0b\x1b\nc")
    assert capsys.readouterr().out == "a\\u0000b\\u001b\nc\n"


def test_ctrl_c_while_options_are_read_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_carry_out", interrupted)
    ran = streamgauge("clauses")
    assert (ran.status, ran.out) == (2, "")
    assert "Traceback" not in ran.err


# The shell.


def test_a_reader_that_leaves_is_told_nothing() -> None:
    command = shlex.join([sys.executable, "-m", "streamgauge.conformance", "clauses", "--json"])
    line = f"{command} | head -c 10; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("0\n")
    assert done.stderr == ""


def test_a_terminal_of_few_letters_is_no_reason_to_fail() -> None:
    done = process("clauses", "reader.end.wakes", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.stdout.startswith("reader.end.wakes \\xb7 MUST \\xb7 documented\n")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_time_line_is_drawn_with_the_letters_there_are() -> None:
    done = process(
        "replay", "reader.end.wakes/read", "--on", "reference", env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert "\\u" not in done.stdout
    assert " |" in done.stdout


@pytest.mark.slow
def test_there_are_no_colours_where_nobody_wants_them() -> None:
    for verb in (["clauses"], ["smoke", "reference"], ["replay", "reader.end.wakes/read", "--on", "reference"]):
        assert "\x1b" not in process(*verb, env={**os.environ, "FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout


def test_main_takes_the_arguments_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["streamgauge", "clauses", "zzz"])
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        assert cli.main() == 3
    assert err.getvalue().startswith("streamgauge: no clause or chapter is called 'zzz'")
