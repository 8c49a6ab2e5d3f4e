"""How programs import what they are run on: whatever it is called, and whatever it does when it is imported."""

import ast
import builtins
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from failing import failure_of
from programs import forked
from streamgauge.conformance.explaining.importing import NotGiven, origin
from streamgauge.conformance.explaining.script import program, script
from streamgauge.conformance.results import ClauseResult
from streamgauge.spec.alphabet import Call, End, Feed, Settle

READER = """\
import asyncio
class Reader(asyncio.StreamReader):
    async def readexactly(self, n):
        try:
            return await super().readexactly(n)
        except asyncio.IncompleteReadError as cut:
            return cut.partial
"""
NAMED = f"{READER}globals().update({{'None': Reader, 'class': Reader, 'ü': Reader}})\n"
NESTED = f"{READER}class Outer:\n    Inner = Reader\nsetattr(Outer, 'async', Reader)\n"
RUNS = "import asyncio\nasyncio.run(asyncio.sleep(0))\n"
SETS = "import asyncio\nasyncio.set_event_loop(loop := asyncio.new_event_loop())\n"
SETS += "loop.run_until_complete(asyncio.sleep(0))\n"
ERRORS = """\
import asyncio
class IncompleteReadError(asyncio.IncompleteReadError): pass
class Reader(asyncio.StreamReader):
    async def readexactly(self, n):
        try:
            return await super().readexactly(n)
        except asyncio.IncompleteReadError as cut:
            raise IncompleteReadError(cut.partial, None) from None
class Space:
    StreamReader = Reader
class Whole(Space):
    IncompleteReadError = IncompleteReadError
"""
STREAMS = READER.replace("class Reader", "class StreamReader")
TARGETS = {
    "a-module-with-a-keyword": ("async", STREAMS),
    "a-package-with-a-keyword": ("shelf.async.streams", STREAMS),
    "a-class-in-one": ("shelf.lambda:Reader", READER),
    "a-soft-keyword": ("match:Reader", READER),
    "none": ("named_oddly:None", NAMED),
    "a-keyword": ("named_oddly:class", NAMED),
    "no-ascii": ("named_oddly:ü", NAMED),
    "inside": ("nested_oddly:Outer.Inner", NESTED),
    "a-keyword-inside": ("nested_oddly:Outer.async", NESTED),
    "runs-a-loop": ("runs_a_loop:Reader", RUNS + READER),
    "sets-a-loop": ("sets_a_loop:Reader", SETS + READER),
    "errors-beside-a-class": ("errs_itself:Reader", ERRORS),
    "errors-beside-a-namespace": ("errs_itself:Space", ERRORS),
    "errors-in-a-namespace": ("errs_itself:Whole", ERRORS),
    "errors-in-a-module": (
        "errs_as_module",
        ERRORS.replace("class Reader", "class StreamReader").replace("= Reader", "= 0"),
    ),
}


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """What makes a module of this name and text, for one test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def write(name: str, text: str) -> None:
        file = tmp_path / f"{name.replace('.', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return write


def cut_short(target: str) -> ClauseResult:
    """The failure of a reader that gives less than exactly what was asked for."""
    return failure_of(
        target, "reader.readexactly.eof", Feed(b"ab"), Call(1, "readexactly", (3,)), Settle(), End(), Settle()
    )


@pytest.mark.parametrize(("target", "text"), TARGETS.values(), ids=TARGETS)
def test_a_program_is_given_whatever_a_target_is_called(
    target: str, text: str, module: Callable[[str, str], None]
) -> None:
    module(target.partition(":")[0], text)
    one = cut_short(target)
    assert one.failure is not None
    shown = program(one.failure, one.clause, target)
    assert forked(shown)[0] == 1
    ast.parse(shown)


def test_no_name_of_a_program_is_hidden_by_that_of_its_target(module: Callable[[str, str], None]) -> None:
    module("reading_short", READER)
    module("clashing", "def __getattr__(name):\n    import reading_short\n    return reading_short.Reader\n")
    one = cut_short("clashing:Reader")
    assert one.failure is not None
    nodes = [*ast.walk(ast.parse(script(one.failure, one.clause, "clashing:Reader")))]
    used = {node.id for node in nodes if isinstance(node, ast.Name)} - {*dir(builtins)}
    assert {"look", "call", "main", "reader", "seen", "asyncio"} <= used
    for name in used:
        assert forked(script(one.failure, one.clause, f"clashing:{name}"))[0] == 1, name


FAILING = {
    "missing": ("", "ModuleNotFoundError: No module named 'leaves_later'"),
    "broken": ("raise OSError('no disk')\n", "OSError: no disk"),
    "leaving": ("raise SystemExit(1)\n", "SystemExit: 1"),
}


@pytest.mark.parametrize(("text", "sentence"), FAILING.values(), ids=FAILING)
def test_a_module_that_cannot_be_imported_ends_a_program_with_2_and_one_sentence(
    text: str, sentence: str, module: Callable[[str, str], None], tmp_path: Path
) -> None:
    module("leaves_later", READER)
    one = cut_short("leaves_later:Reader")
    assert one.failure is not None
    shown = script(one.failure, one.clause, "leaves_later:Reader")
    del sys.modules["leaves_later"]
    file = tmp_path / "leaves_later.py"
    file.write_text(text) if text else file.unlink()
    assert forked(f"import sys\nsys.dont_write_bytecode = True\n{shown}") == (2, f"this was not expected: {sentence}\n")


@pytest.mark.parametrize("target", ["nowhere:Reader", "leaves_at_once", "asyncio:Nothing"])
def test_a_target_that_cannot_be_imported_has_no_program(target: str, module: Callable[[str, str], None]) -> None:
    module("leaves_at_once", "raise SystemExit(1)\n")
    with pytest.raises(NotGiven, match=f"and {target} cannot be imported: "):
        origin(target)
