"""The distribution holds the whole of the three source roots, and the installed package finds its data."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import entry_points, version
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE_ROOTS = ("spec", "reference", "conformance")
TARGETS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
INCLUDED = [name.removeprefix("/") for name in TARGETS["sdist"]["include"]]


def shipped(source_root: str) -> dict[str, Path]:
    """The files of a source root, data included, by the name they have once installed."""
    root = ROOT / source_root
    paths = [path.relative_to(root) for path in (root / "streamgauge").rglob("*") if path.is_file()]
    ours = (path for path in paths if not any(part[0] == "." or part == "__pycache__" for part in path.parts))
    return {path.as_posix(): root / path for path in ours}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel and an sdist of this tree."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return folder


def test_the_installed_version_is_that_of_the_tree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert version("streamgauge") == project["version"]


def test_the_console_script_leads_to_the_command_line() -> None:
    (script,) = entry_points(group="console_scripts", name="streamgauge")
    assert callable(script.load())


@pytest.mark.parametrize("source_root", SOURCE_ROOTS)
def test_a_source_root_holds_one_typed_package_of_the_namespace(source_root: str) -> None:
    namespace = f"streamgauge/{source_root}/"
    names = shipped(source_root)
    assert [name for name in names if not name.startswith(namespace)] == []
    assert {f"{namespace}__init__.py", f"{namespace}py.typed"} <= names.keys()


@pytest.mark.parametrize("source_root", SOURCE_ROOTS)
def test_the_installed_package_finds_its_data(source_root: str) -> None:
    for name, path in shipped(source_root).items():
        if path.suffix != ".py":
            _, package, *rest = name.split("/")
            assert files(f"streamgauge.{package}").joinpath(*rest).read_bytes() == path.read_bytes(), name


@pytest.mark.slow
def test_the_wheel_holds_the_source_roots_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == {name for root in SOURCE_ROOTS for name in shipped(root)}


@pytest.mark.slow
def test_the_sdist_holds_what_the_wheel_and_the_tests_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {f"{root}/{name}" for root in SOURCE_ROOTS for name in shipped(root)}
    tests = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.*") if path.is_file()}
    tests = {name for name in tests if "__pycache__" not in name and "/." not in name}
    assert needed | tests | {".ci/run", "README.md", "LICENSE", "pyproject.toml", "docs/failing-check.svg"} <= names
    assert {name.partition("/")[0] for name in names} - {"", ".gitignore", "PKG-INFO"} == set(INCLUDED)


def test_the_sdist_takes_what_is_there_and_names_no_more() -> None:
    assert {name for name in INCLUDED if not (ROOT / name).exists()} == set()
