"""`streamgauge check`: what is shown, what is written where, and the exit status for whatever happens."""

import io
import json
import os
import pty
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commandline import Ran, streamgauge
from streamgauge.conformance.adapters import AdapterFault
from streamgauge.conformance.commands import check as command
from streamgauge.conformance.commands.check import Options
from streamgauge.conformance.commands.guard import WrongUse
from streamgauge.conformance.commands.output import output
from streamgauge.conformance.reports import jsonl
from streamgauge.conformance.results import Results
from streamgauge.conformance.running.runner import Progress, check

Write = Callable[[str, str], None]
TESTS = Path(__file__).parents[1]
CORPUS = ("--effort", "quick", "--jobs", "1", "--shard", "1/1000")  # the first unit of work is the corpus, alone
WRONG = "faulty:EndWakesNobody"
MANY = "faulty:AlwaysEmpty"
OPEN = "faulty:RefusesAfterException"


@pytest.fixture(scope="module")
def found() -> Results:
    """What a short run finds."""
    return check("reference", effort="quick", jobs=1, shard=(1, 1000))


@pytest.fixture
def finding(found: Results, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Lets a run find what a short one found, with changes, and gives the options that each run was called with."""

    def find(**changes: Any) -> list[dict[str, Any]]:
        called: list[dict[str, Any]] = []

        def run(target: str, **options: Any) -> Results:
            called.append({"target": target, **options})
            return replace(found, **changes)

        monkeypatch.setattr(command, "check", run)
        return called

    return find


def checked(target: str, *options: str) -> Ran:
    return streamgauge("check", target, *CORPUS, *options)


# What a run says.


def test_what_conforms_has_status_0_and_says_so_last() -> None:
    ran = checked("reference")
    assert ran.out.startswith("streamgauge on reference\n")
    assert " conforms: " in ran.out.splitlines()[-1]
    assert (ran.status, ran.err) == (0, "")


def test_what_departs_has_status_1_and_is_explained() -> None:
    ran = checked(WRONG)
    assert "reader.end.wakes" in ran.out
    assert " does not conform: " in ran.out.splitlines()[-1]
    assert (ran.status, ran.err) == (1, "")


@pytest.mark.slow
@pytest.mark.parametrize(("options", "said", "status"), [((), "conforms", 0), (("--strict",), "does not conform", 1)])
def test_what_no_page_says_counts_only_if_asked_for(
    write: Write, tmp_path: Path, options: tuple[str, ...], said: str, status: int
) -> None:
    write("empty", "")
    ran = checked(OPEN, *options, "--output", "results.jsonl")
    assert ran.out.splitlines()[-1].startswith(f"{OPEN} {said}: ")
    assert ran.status == jsonl.read(tmp_path / "results.jsonl").status == status


@pytest.mark.slow
def test_as_many_failures_as_asked_for_are_shown_in_full() -> None:
    shown = [checked(MANY, "--details", many).out.count("See it again:") for many in ("0", "1", "2", "all")]
    assert shown[:3] == [0, 1, 2]
    assert shown[3] == checked(MANY, "--details", "0").out.count("✗") > 2


@pytest.mark.slow
def test_quiet_says_nothing() -> None:
    assert checked(WRONG, "--quiet") == Ran(1, "", "")
    assert checked("reference", "--quiet") == Ran(0, "", "")


def test_clauses_can_be_chosen() -> None:
    ran = checked("reference", "--only", "errors", "--only", "reader.end.wakes", "--output", "-")
    ids = [line["clause"] for line in map(json.loads, ran.out.splitlines()) if line["kind"] == "clause"]
    assert {one.partition(".")[0] for one in ids} == {"errors", "reader"}
    assert [one for one in ids if one.startswith("reader")] == ["reader.end.wakes"]


def test_every_option_reaches_the_run(finding: Callable[..., list[dict[str, Any]]]) -> None:
    called = finding()
    streamgauge(
        *("check", "reference", "--effort", "deep", "--python", "3.9", "--seed", "7", "--jobs", "3"),
        *("--shard", "2/3", "--only", "flow", "--only", "errors"),
    )
    streamgauge("check", "reference")
    assert called == [
        {
            "target": "reference",
            "effort": "deep",
            "python": (3, 9),
            "seed": 7,
            "jobs": 3,
            "shard": (2, 3),
            "only": ("flow", "errors"),
            "on_progress": None,
        },
        {
            "target": "reference",
            "effort": "normal",
            "python": None,
            "seed": 0,
            "jobs": None,
            "shard": (1, 1),
            "only": (),
            "on_progress": None,
        },
    ]


def test_an_adapter_is_reported_under_the_name_that_finds_it(write: Write) -> None:
    write(
        "mine.py",
        "from textbook import TextbookReader\n"
        "class Mine:\n"
        "    name, capabilities, errors = 'a name', frozenset({'read', 'feed_data', 'feed_eof'}), {}\n"
        "    def reader(self, loop, *limit): return TextbookReader(*limit, loop=loop)\n"
        "streamgauge_adapter = Mine\n",
    )
    assert checked("mine").out.startswith("streamgauge on mine\n")


@pytest.mark.slow
def test_the_same_run_says_the_same_bytes_whatever_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    first = checked(WRONG)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert checked(WRONG) == first


# Results.


def test_the_results_replace_what_was_in_the_file(write: Write, tmp_path: Path) -> None:
    write("results.jsonl", "something longer from before\n" * 10_000)
    checked(WRONG, "--output", "results.jsonl")
    report = jsonl.read(tmp_path / "results.jsonl")
    assert (report.status, report.results.target) == (1, WRONG)


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--output", "results.jsonl")])
def test_the_commands_in_the_report_show_the_failures_again(write: Write, options: tuple[str, ...]) -> None:
    write("empty", "")
    out = checked(MANY, "--details", "3", *options).out
    commands = [line.strip() for line in out.splitlines() if line.strip().startswith("streamgauge replay ")]
    assert len(commands) == 6  # three failures, each to be seen again, and as a program
    for line in commands:
        ran = streamgauge(*shlex.split(line)[1:])
        assert (ran.status, ran.err) == (1, ""), line


def test_a_failure_in_the_file_can_be_replayed(write: Write) -> None:
    write("empty", "")
    checked(WRONG, "--output", "results.jsonl", "--python", "3.9")
    ran = streamgauge("replay", "results.jsonl", "--clause", "reader.end.wakes", "--on", WRONG)
    assert f" on {WRONG}, by the rules of Python 3.9\n" in ran.out
    assert "departs from reader.end.wakes" in ran.out
    assert ran.status == 1
    several = "faulty:IncompleteWithoutExpected"
    checked(several, "--output", "several.jsonl")
    assert "holds " in streamgauge("replay", "several.jsonl", "--on", several).sentence


def test_a_file_without_failures_has_nothing_to_replay(write: Write) -> None:
    write("empty", "")
    checked("reference", "--output", "results.jsonl")
    ran = streamgauge("replay", "results.jsonl", "--on", "reference")
    assert ran.sentence == "results.jsonl holds no failure, so there is nothing to replay"
    assert ran.status == 3


@pytest.mark.slow
def test_a_file_that_was_cut_off_is_not_replayed(write: Write, tmp_path: Path) -> None:
    write("empty", "")
    checked(WRONG, "--output", "results.jsonl")
    whole = (tmp_path / "results.jsonl").read_text("utf-8")
    for text in (whole.splitlines()[0], "\n".join(whole.splitlines()[:-1])):
        write("cut.jsonl", text)
        ran = streamgauge("replay", "cut.jsonl", "--clause", "reader.end.wakes", "--on", WRONG)
        assert ran.sentence.startswith("cut.jsonl is not a file of results: cut.jsonl:")
        assert ran.sentence.endswith("the file ends without its footer: whoever wrote it did not finish")
        assert ran.status == 3
    write("cut.jsonl", whole[:-20])
    assert "is not JSON, or is cut off" in streamgauge("replay", "cut.jsonl", "--on", WRONG).sentence


def test_standard_output_holds_nothing_but_results_if_they_go_there(write: Write, tmp_path: Path) -> None:
    write("empty", "")
    ran = checked(WRONG, "--output", "-")
    assert jsonl.parse(ran.out, "-").status == ran.status == 1
    assert ran.err.startswith(f"streamgauge on {WRONG}\n")
    assert "streamgauge replay '{" in ran.err  # of what went to a pipe nobody can say where it is
    checked(WRONG, "--output", "results.jsonl")
    assert (tmp_path / "results.jsonl").read_text("utf-8") == ran.out


def test_an_output_without_a_name_is_wrong_use(finding: Callable[..., list[dict[str, Any]]]) -> None:
    called = finding()
    ran = checked("reference", "--output", "")
    assert ran.sentence == "the name of the file that results go to is empty"
    assert (ran.status, called) == (3, [])


@pytest.mark.parametrize(("place", "said"), [(".", "Is a directory"), ("nowhere/results", "No such file or directory")])
def test_an_output_that_cannot_be_written_is_found_out_before_the_run(
    finding: Callable[..., list[dict[str, Any]]], write: Write, place: str, said: str
) -> None:
    called = finding()
    ran = checked("reference", "--output", place)
    assert ran.sentence == f"cannot write {place}: {said}"
    assert (ran.status, ran.out, called) == (3, "", [])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_disk_that_is_full_is_told_after_the_report() -> None:
    ran = checked("reference", "--output", "/dev/full")
    assert ran.sentence == "cannot write /dev/full: No space left on device"
    assert " conforms: " in ran.out
    assert ran.status == 3


def test_a_run_that_fails_leaves_the_file_as_it_was(
    monkeypatch: pytest.MonkeyPatch, write: Write, tmp_path: Path
) -> None:
    def fail(target: str, **options: Any) -> Results:
        raise AdapterFault("it came off")

    monkeypatch.setattr(command, "check", fail)
    write("old.jsonl", "old")
    for name in ("old.jsonl", "new.jsonl"):
        ran = checked("reference", "--output", name)
        assert ran.sentence == "the adapter is at fault: it came off"
        assert ran.status == 4
    assert (tmp_path / "old.jsonl").read_text("utf-8") == "old"
    assert not (tmp_path / "new.jsonl").exists()


def test_an_output_that_is_no_file_is_written_to() -> None:
    reading, writing = os.pipe()
    with output(f"/dev/fd/{writing}") as write_all:
        write_all("all of it")
    os.close(writing)
    assert os.read(reading, 100) == b"all of it"
    os.close(reading)


def test_a_file_that_takes_little_at_a_time_gets_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    with monkeypatch.context() as patched, output(str(tmp_path / "new")) as write_all:
        patched.setattr(os, "write", lambda handle, data: write(handle, data[:3]))
        write_all("all of it")
    assert (tmp_path / "new").read_text("utf-8") == "all of it"


def test_nothing_written_is_nothing_left(tmp_path: Path) -> None:
    with output(str(tmp_path / "new")):
        assert (tmp_path / "new").exists()
    assert not (tmp_path / "new").exists()
    with pytest.raises(WrongUse), output(str(tmp_path)):
        pytest.fail("a folder cannot be written")


# Whatever else happens.


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("reader.readuntl", "no clause or chapter is called 'reader.readuntl': did you mean reader.readuntil"),
        ("zzz", "no clause or chapter is called 'zzz'; `streamgauge clauses` lists them"),
    ],
)
def test_an_unknown_clause_is_wrong_use(wrong: str, said: str) -> None:
    ran = checked("reference", "--only", wrong)
    assert ran.sentence.startswith(said)
    assert (ran.status, ran.out) == (3, "")


@pytest.mark.parametrize(
    ("text", "said", "status"),
    [
        ("", "mine holds no stream: ", 3),
        ("1 / 0", "importing mine failed with ZeroDivisionError: division by zero (mine.py:1)", 3),
        ("import nowhere_at_all", "importing mine failed, because it needs the module 'nowhere_at_all'", 3),
        ("x = = 1", "importing mine failed with SyntaxError: invalid syntax (mine.py:1)", 3),
        ("class StreamReader:\n    def __init__(self, protocol): ...\n    async def read(self): ...",
         "a reader of mine cannot be made without arguments (missing a required argument: 'protocol'): write an ad", 3),
        ("class streamgauge_adapter:\n    name = 'half'", "the adapter is at fault: mine:streamgauge_adapter is ", 4),
    ],
)  # fmt: skip
def test_a_target_that_cannot_be_had(write: Write, text: str, said: str, status: int) -> None:
    write("mine.py", text)
    ran = checked("mine")
    assert ran.sentence.startswith(said)
    assert (ran.status, ran.out) == (status, "")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return None", "reader(loop) returned None instead of a reader"),
        ("raise OSError('unplugged')", "reader(loop) at once raised OSError: unplugged, and made no reader"),
        ("return 5", "read is declared, but the reader has no such method: builtins.int"),
    ],
)
def test_an_adapter_that_raises_or_gives_nonsense_is_at_fault(write: Write, body: str, said: str) -> None:
    write(
        "mine.py",
        "class streamgauge_adapter:\n"
        "    name, capabilities, errors = 'mine', frozenset({'read'}), {}\n"
        f"    def reader(self, loop, *limit): {body}\n",
    )
    ran = checked("mine")
    assert ran.sentence == f"the adapter is at fault: {said}"
    assert (ran.status, ran.out) == (4, "")


def test_a_constructor_that_raises_is_the_implementations_and_is_judged() -> None:
    assert checked("faulty:ConstructorRaises").status == 1


@pytest.mark.slow
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "command",
    [
        ("check", "exits", *CORPUS, "--quiet"),
        ("check", "exits", "--effort", "quick", "--jobs", "2", "--shard", "1/1000", "--quiet"),
        ("smoke", "exits"),
        ("replay", "reader.readexactly.eof/nothing", "--on", "exits"),
    ],
)
def test_an_implementation_that_exits_in_a_callback_is_judged_all_the_same(
    write: Write, command: tuple[str, ...]
) -> None:
    write(
        "exits.py",
        """
import asyncio, sys

class StreamReader(asyncio.StreamReader):
    async def readexactly(self, n):
        asyncio.get_running_loop().call_soon(sys.exit, 0)
        return b""
""",
    )
    assert streamgauge(*command).status == 1


def test_a_reader_that_never_yields_is_judged_in_bounded_time() -> None:
    ran = checked("faulty:NeverYields")
    assert "never came to rest" in ran.out
    assert ran.status == 1


def test_an_interrupted_run_is_shown_written_and_marked(
    finding: Callable[..., list[dict[str, Any]]], write: Write, tmp_path: Path
) -> None:
    finding(complete=False)
    write("empty", "")
    ran = streamgauge("check", "reference", "--output", "results.jsonl")
    assert ran.out.startswith("PARTIAL: ")
    assert ran.out.splitlines()[-1].startswith("PARTIAL: reference: inconclusive")
    assert (ran.status, ran.err) == (2, "")
    assert not jsonl.read(tmp_path / "results.jsonl").results.complete


INTERRUPTING = """
import os, signal
from textbook import TextbookReader

class Reader(TextbookReader):
    made = 0
    def __init__(self, limit=65536, loop=None):
        super().__init__(limit, loop)
        Reader.made += 1
        if Reader.made == 200:
            os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_found(write: Write, tmp_path: Path) -> None:
    write("mine.py", INTERRUPTING)
    done = subprocess.run(
        [sys.executable, "-m", "streamgauge.conformance", "check", "mine:Reader", "--jobs", "1", "--output", "r.jsonl"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), os.environ.get("PYTHONPATH", "")))},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert done.stderr == ""
    assert done.stdout.startswith("PARTIAL: ")
    report = jsonl.read(tmp_path / "r.jsonl")
    assert done.returncode == report.status == 2
    assert not report.results.complete
    assert report.results.scenarios > 100


def test_faults_of_the_suite_have_their_own_status(finding: Callable[..., list[dict[str, Any]]]) -> None:
    finding(faults=("KeyError: 'x', in a scenario",))
    ran = streamgauge("check", "reference")
    assert "KeyError: 'x', in a scenario" in ran.out
    assert ran.status == 4
    assert "KeyError: 'x', in a scenario" in streamgauge("check", "reference", "--quiet").sentence


def test_nothing_checked_is_wrong_use_and_said_even_if_quiet(finding: Callable[..., list[dict[str, Any]]]) -> None:
    finding(scenarios=0, clauses=())
    assert streamgauge("check", "reference").status == 3
    ran = streamgauge("check", "reference", "--quiet")
    assert ran.sentence == "reference: nothing was checked"
    assert ran.status == 3


def test_clauses_of_which_nothing_is_found_out_are_no_success() -> None:
    assert checked("reference", "--only", "flow.backpressure").status == 3


@pytest.mark.slow
def test_a_reader_of_the_report_who_leaves_does_not_change_the_status() -> None:
    command = shlex.join([sys.executable, "-m", "streamgauge.conformance", "check", WRONG, *CORPUS])
    line = f"{command} | true; echo ${{PIPESTATUS[0]}}"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), os.environ.get("PYTHONPATH", "")))}
    done = subprocess.run(["bash", "-c", line], env=env, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("1\n", "")


# Progress.


class Terminal(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_only(found: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def run(target: str, **options: Any) -> Results:
        given.append(options["on_progress"])
        if given[-1] is not None:
            given[-1](Progress(1, 2, 3, 4, ()))
        return found

    monkeypatch.setattr(command, "check", run)
    monkeypatch.setenv("TERM", "xterm")
    command.run("reference", Options(quiet=True))
    for stream in (io.StringIO(), Terminal()):
        monkeypatch.setattr(sys, "stderr", stream)
        command.run("reference", Options())
        command.run("reference", Options(quiet=True))
    assert [one is not None for one in given] == [False, False, False, True, False]


@pytest.mark.slow
def test_a_terminal_is_shown_colours_unless_it_wants_none() -> None:
    command = [sys.executable, "-m", "streamgauge.conformance", "check", "reference", *CORPUS]
    for colours in (True, False):
        parent, child = pty.openpty()
        inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "FORCE_COLOR")}
        env = {**inherited, "TERM": "xterm-256color", **({} if colours else {"NO_COLOR": "1"})}
        subprocess.run(command, stdout=child, stderr=subprocess.DEVNULL, env=env, check=True)
        os.close(child)
        shown = os.read(parent, 100_000)
        os.close(parent)
        assert b"streamgauge" in shown
        assert (b"\x1b[32m" in shown) is colours
