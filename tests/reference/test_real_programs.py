"""The test suites of real programs, which know nothing of the reference, run on it.

Each suite runs twice, on asyncio's streams and on the reference, and whatever passes there has to pass here. The
programs come from the package index, at the versions below, or, unpacked, from the folder that the environment
variable STREAMGAUGE_PROGRAMS names; what they need is installed into a fresh environment in either case. Left out
unless asked for: `pytest -m programs -s tests/reference/test_real_programs.py`.

Not run: `aiosmtpd/qa`, which looks at packaging and at its own tests, and uses no streams. Nothing else is left out.
"""

import os
import subprocess
import sys
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import streamgauge.reference

pytestmark = [pytest.mark.programs, pytest.mark.slow]

PLUGIN_FOLDER = Path(__file__).parent
REFERENCE_ROOT = Path(streamgauge.reference.__path__[0]).parent.parent
MOST_SECONDS = 900  # for a suite that hangs; none takes a tenth of it


@dataclass(frozen=True, slots=True)
class Program:
    """A source distribution with tests, where its code and they lie in it, and what they need."""

    name: str
    version: str
    code: str
    tests: str
    fewest: int  # so many of its tests pass on asyncio's streams: fewer means that they were not found
    needs: tuple[str, ...]
    options: tuple[str, ...] = ()


PROGRAMS = (
    Program(
        "aioftp",
        "0.28.3",
        code="src",
        tests="tests",
        fewest=390,  # twice as many where there is IPv6
        needs=("pytest", "pytest-asyncio", "pytest-mock", "siosocks", "trustme", "async_timeout"),
        options=("--import-mode=importlib",),
    ),
    Program(
        "aiosmtpd",
        "1.4.6",
        code=".",
        tests="aiosmtpd/tests",
        fewest=500,
        # Its tests import pkg_resources, which later versions of setuptools have no more.
        needs=("pytest", "pytest-asyncio", "pytest-mock", "atpublic", "attrs", "setuptools<81"),
        options=("-o", "asyncio_default_fixture_loop_scope=function"),  # or pytest-asyncio warns that it is unset
    ),
)


def unpacked(program: Program, folder: Path, python: Path) -> Path:
    """The folder of the program's source distribution."""
    release = f"{program.name}-{program.version}"
    if at_hand := os.environ.get("STREAMGAUGE_PROGRAMS"):
        return Path(at_hand) / release
    download = ["-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(folder)]
    subprocess.run([str(python), *download, f"{program.name}=={program.version}"], check=True)
    with tarfile.open(folder / f"{release}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / release


def passed(program: Program, source: Path, python: Path, report: Path, *plugins: str) -> tuple[set[str], str]:
    """The tests that passed, and what was printed."""
    command = [
        str(python),
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *plugins,
        "-o",
        "addopts=",
        *program.options,
    ]
    paths = (source / program.code, PLUGIN_FOLDER, REFERENCE_ROOT)
    run = subprocess.run(
        [*command, f"--junit-xml={report}", program.tests],
        cwd=source,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    cases = ET.parse(report).iter("testcase")
    return {f"{case.get('classname')}.{case.get('name')}" for case in cases if not len(case)}, run.stdout


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_what_passes_on_asyncio_passes_on_the_reference(program: Program, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *program.needs], check=True)
    source = unpacked(program, tmp_path, python)
    theirs, _ = passed(program, source, python, tmp_path / "asyncio.xml")
    ours, printed = passed(program, source, python, tmp_path / "reference.xml", "-p", "on_the_reference")
    print(  # noqa: T201 - the figures are what this is run for
        f"\n  {program.name} {program.version}: {len(theirs)} tests pass on asyncio, {len(ours)} on the reference"
    )
    assert len(theirs) >= program.fewest
    assert theirs - ours == set(), printed[-10_000:]
