"""What the README shows is run: its files are written, its commands and programs carried out, its output compared.

Its one idea: a comment above a fence says what the fence is. `<!-- file: name -->` is a file of the folder in which all
the rest happens; `<!-- run -->` is a Python program, or a console whose lines after `$ ` are commands; what a program
prints stands in a fence of its own, `<!-- prints -->`. In output `…` stands for anything, and alone on a line for any
number of lines. A command must exit with 0, unless `$ echo $?` after it shows something else.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from streamgauge.conformance.running.exploring import SAMPLES
from streamgauge.conformance.scenarios.exhaustive import BOUNDS
from streamgauge.spec.clauses import load

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FENCE = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]+) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\]\((?!https?:)(?P<path>[^)#]+)")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fence of the README: what the comment above it says, its language, its text and the line it begins at."""

    mark: str
    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """A fence that is run, and what it has to print if that stands in a fence of its own."""

    fence: Fence
    prints: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it is typed, and what it must print."""

    typed: str
    prints: str


def fences(text: str) -> list[Fence]:
    found = []
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        found.append(Fence(match["mark"] or "", match["language"], match["text"], line))
    return found


def examples(text: str) -> Iterator[Example]:
    known = fences(text)
    for fence, after in zip(known, [*known[1:], None], strict=True):
        if fence.mark == "run":
            yield Example(fence, after.text if after is not None and after.mark == "prints" else "")


def commands(console: str) -> Iterator[Command]:
    """The commands of a console, each with the output below it."""
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        typed, _, output = part.partition("\n")
        yield Command(typed, output)


def agrees(printed: str, shown: str) -> bool:
    """Whether all that is shown was printed, in its order, and anything else only where `…` stands."""
    blocks: list[list[str]] = [[]]
    for line in shown.splitlines():
        if line == "…":
            blocks.append([])
        else:
            blocks[-1].append(line)
    lines = printed.splitlines()
    first, *rest = blocks
    if not rest:
        return same(lines, first)
    *inner, last = rest
    if not same(lines[: len(first)], first) or not same(lines[len(lines) - len(last) :], last):
        return False
    place, end = len(first), len(lines) - len(last)
    for block in inner:
        places = range(place, end - len(block) + 1)
        found = next((at for at in places if same(lines[at : at + len(block)], block)), None)
        if found is None:
            return False
        place = found + len(block)
    return place <= end


def same(lines: list[str], shown: list[str]) -> bool:
    def fits(line: str, pattern: str) -> bool:
        return re.fullmatch(".*".join(map(re.escape, pattern.split("…"))), line) is not None

    return len(lines) == len(shown) and all(map(fits, lines, shown))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the README shows."""
    made = tmp_path_factory.mktemp("readme")
    for fence in fences(README):
        kind, _, name = fence.mark.partition(": ")
        if kind == "file":
            (made / name).write_text(fence.text, "utf-8")
    return made


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)


def run_console(console: str, folder: Path) -> None:
    status, typed = 0, ""
    for command in commands(console):
        if command.typed == "echo $?":
            assert f"{status}\n" == command.prints, f"the status of {typed}"
            status = 0
            continue
        assert status == 0, f"the status of {typed}"
        program, *arguments = shlex.split(command.typed)
        assert program == "streamgauge", f"a console of the README shows no {program}"
        done = run(["-m", "streamgauge.conformance", *arguments], folder)
        assert agrees(done.stdout, command.prints), f"$ {command.typed}\n{done.stdout}{done.stderr}"
        status, typed = done.returncode, command.typed
    assert status == 0, f"the status of {typed}"


def run_program(example: Example, folder: Path) -> None:
    (folder / "example.py").write_text(example.fence.text, "utf-8")
    done = run(["example.py"], folder)
    assert done.returncode == 0, done.stderr
    assert agrees(done.stdout, example.prints), done.stdout


EXAMPLES = list(examples(README))


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=[f"line {example.fence.line}" for example in EXAMPLES])
def test_an_example_does_what_the_readme_shows(example: Example, folder: Path) -> None:
    if example.fence.language == "console":
        run_console(example.fence.text, folder)
    else:
        assert example.fence.language == "python"
        run_program(example, folder)


def test_every_mark_is_one_that_means_something() -> None:
    kinds = {fence.mark.partition(": ")[0] for fence in fences(README)} - {""}
    assert kinds == {"ci", "file", "run", "prints"}
    assert [fence.line for fence in fences(README) if fence.language == "console" and fence.mark != "run"] == []


def test_what_is_printed_belongs_to_a_program() -> None:
    known = fences(README)
    before = [first for first, second in pairwise(known) if second.mark == "prints"]
    assert [(fence.mark, fence.language) for fence in before] == [("run", "python")] * len(before)


def test_there_is_one_fence_for_the_gate_and_it_runs_the_tests() -> None:
    (fence,) = [one for one in fences(README) if one.mark == "ci: test"]
    assert README.count("<!-- ci: test -->") == 1
    assert fence.text == 'python -m pip install -e ".[test]" && pytest\n'


def test_what_the_readme_links_to_exists() -> None:
    linked = {match["path"] for match in LINK.finditer(README)}
    assert {path for path in linked if not (ROOT / path).exists()} == set()


def test_the_numbers_in_the_readme_are_those_of_the_code() -> None:
    table = README.partition("### Bounds")[2].partition("###")[0]
    rows = [re.findall(r"\| ([\d,]+)", row) for row in table.splitlines() if row.startswith("| ")]
    shown = [[int(cell.replace(",", "")) for cell in row] for row in rows if row]
    efforts = ("quick", "normal", "deep")
    of_readers = (("contents",), ("cancel", "time-out", "flow"), ("break",), ("overlap", "all"))
    of_connections = (("write", "lose"), ("drain",), ("close",), ("serve",), ("exchange",))
    for row, alike in zip(shown[:-1], of_readers + of_connections, strict=True):
        assert all(row == [BOUNDS[effort][kind] for effort in efforts] for kind in alike)
    assert shown[-1] == [batches * examples for batches, examples in (SAMPLES[effort] for effort in efforts)]
    assert f" {len(load())} clauses" in README


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a\nb\n", "a\nb\n"),
        ("a … c\n", "a b c\n"),
        ("a …\n", "a \n"),
        ("…\nc\n", "c\n"),
        ("…\nc\n", "a\nb\nc\n"),
        ("a\n…\n", "a\nb\n\nc\n"),
        ("(.*)\n", "(.*)\n"),
        ("a\n…\nb\n…\n", "a\nx\nb\n"),
        ("…\na\nc\n…\nd\n", "a\nb\na\nc\nd\n"),
    ],
)
def test_output_agrees(shown: str, printed: str) -> None:
    assert agrees(printed, shown)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [("", "a\n"), ("a\n", "a\nb\n"), ("a …\n", "b\n"), ("…\nc\n", "a\nb\n"), (".\n", "a\n"), ("a\n…\na\n", "a\n")],
)
def test_output_differs(shown: str, printed: str) -> None:
    assert not agrees(printed, shown)


def test_a_console_is_read_as_commands_and_what_they_print() -> None:
    console = "$ first\none\n\ntwo\n$ echo $?\n1\n"
    assert list(commands(console)) == [Command("first", "one\n\ntwo\n"), Command("echo $?", "1\n")]
