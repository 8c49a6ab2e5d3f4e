"""Programs that show a failure without streamgauge: written for every faulty implementation, and run.

Each program is run in a forked child, with what it imports loaded already; a handful in processes of their own.
"""

import ast
import builtins
import inspect
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import faulty
from failing import HANG, corpus_failure, failed, failure_of, failures, found, hang
from programs import forked
from streamgauge.conformance.explaining import brief, importing, script, stage
from streamgauge.conformance.explaining.importing import NotGiven, on_reference, origin
from streamgauge.conformance.explaining.script import program
from streamgauge.conformance.results import ClauseResult
from streamgauge.conformance.scenarios import corpus
from streamgauge.spec.alphabet import (
    Ask,
    Call,
    Cancel,
    Do,
    End,
    Open,
    Overran,
    Settle,
)
from streamgauge.spec.clauses import by_id
from streamgauge.spec.verdicts import Wanted

TESTS = Path(faulty.__file__).parents[1]
S = Settle()
CHUNKS = 12
CORPUS = corpus.load()


def written(one: ClauseResult, target: str, where: importing.Origin | None = None) -> str:
    assert one.failure is not None
    return script.script(one.failure, one.clause, target, where)


# Every faulty implementation.


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_program_of_every_fault_shows_it_and_clears_the_reference(chunk: int) -> None:
    wrong: list[str] = []
    for fault in faulty.FAULTY[chunk::CHUNKS]:
        name = fault.reader.__name__
        one, where = found(fault), origin(f"faulty:{name}")
        on_it = forked(written(one, f"faulty:{name}", where))
        on_other = forked(written(one, f"faulty:{name}", on_reference(where)))
        if (on_it[0], on_other[0]) != (1, 0):
            wrong.append(f"{name}: {on_it} {on_other}")
    assert wrong == []


def test_every_fault_has_a_name_of_its_own() -> None:
    names = Counter(fault.reader.__name__ for fault in (*faulty.FAULTY,))
    several = {name for name, count in names.items() if count > 1}
    assert {
        name for name in several if len({fault.reader for fault in faulty.FAULTY if fault.reader.__name__ == name}) > 1
    } == set()


# Every kind of target.

END_FORGOTTEN = ("reader.end.wakes", (Call(1, "read"), S, End(), S))
TWICE = ("writer.write.order", (Open(), Do("write", (b"ab",)), S))
POISONED = (
    "writer.wait-closed.cancel-harmless",
    (Open(), Call(1, "wait_closed"), Call(2, "wait_closed"), S, Cancel(1), S),
)
TARGETS = {
    "a-class": ("faulty:EndWakesNobody", END_FORGOTTEN),
    "an-adapter-class": ("adapted:OfReaders", END_FORGOTTEN),
    "an-adapter": ("adapted:made", END_FORGOTTEN),
    "an-adapter-kept-in-a-namespace": ("adapted:Holder", END_FORGOTTEN),
    "an-adapter-of-connections": ("adapted:OfLayers", TWICE),
    "a-class-of-writers": ("adapted:WritesTwice", TWICE),
    "a-module": ("asyncio.streams", POISONED),
    "asyncio": ("asyncio", POISONED),
}


@pytest.mark.parametrize(("target", "shown"), TARGETS.values(), ids=TARGETS)
def test_a_program_is_given_for_every_kind_of_target(target: str, shown: tuple[str, tuple[Any, ...]]) -> None:
    one = failure_of(target, shown[0], *shown[1])
    assert one.failure is not None
    text = program(one.failure, one.clause, target)
    assert forked(text)[0] == 1


@pytest.mark.parametrize("package", ["", "shop."])
def test_a_module_may_be_an_adapter(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"{package}adapting{len(package)}"
    file = tmp_path / f"{name.replace('.', '/')}.py"
    file.parent.mkdir(exist_ok=True)
    parts = "name, capabilities, errors, reader"
    file.write_text(f"from adapted import made\n{parts} = made.name, made.capabilities, made.errors, made.reader\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    one = failure_of(name, *_spread(END_FORGOTTEN))
    assert one.failure is not None
    text = program(one.failure, one.clause, name)
    assert f"    import {name} as target\n" in text
    assert forked(text)[0] == 1


def test_a_program_for_aiohttp_goes_through_its_adapter() -> None:
    wrong = next(failures("aiohttp", *CORPUS))
    assert wrong.failure is not None
    text = program(wrong.failure, wrong.clause, "aiohttp")
    assert "    target = target()\n" in text
    assert "It needs streamgauge" in text
    assert forked(text)[0] == 1


# What is written.


def test_a_short_scenario_is_a_short_main() -> None:
    main = written(hang(), "asyncio").partition("async def main():\n")[2].partition("\n\n\n")[0]
    assert [line.strip() for line in main.splitlines()] == [
        "reader = StreamReader(limit=4)",
        "call1 = asyncio.create_task(call(1, reader.readexactly, 3))",
        "await look()",
        'reader.feed_data(b"ab")',
        'reader.set_exception(mine(ConnectionResetError("set on purpose")))',
        'await look(fault="nothing", right="call 1 raised the very ConnectionResetError that was set")',
    ]


def test_a_program_takes_no_more_than_it_uses_and_never_streamgauge() -> None:
    text = written(hang(), "asyncio")
    defined = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert "Network" not in defined
    assert "expire" not in defined
    assert "streamgauge" not in text


def test_every_name_in_a_program_is_there() -> None:
    shown = [found(fault) for fault in faulty.FAULTY[::9]]
    for fault, one in zip(faulty.FAULTY[::9], shown, strict=True):
        tree = ast.parse(written(one, f"faulty:{fault.reader.__name__}"))
        nodes = [*ast.walk(tree)]
        bound = {name.id for name in nodes if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
        bound |= {one.arg for one in nodes if isinstance(one, ast.arg)} | {*dir(builtins)}
        bound |= {one.name for one in nodes if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
        bound |= {one.asname or one.name for one in nodes if isinstance(one, ast.alias)}
        bound |= {one.name for one in nodes if isinstance(one, ast.ExceptHandler | ast.MatchAs) and one.name}
        assert {one.id for one in nodes if isinstance(one, ast.Name)} <= bound


def test_what_is_taken_stands_in_its_file_as_it_is() -> None:
    taken = [node for node in ast.parse(written(hang(), "asyncio")).body if isinstance(node, ast.FunctionDef)]
    assert taken
    there = {ast.dump(node) for one in (stage, brief) for node in ast.parse(inspect.getsource(one)).body}
    assert {ast.dump(node) for node in taken} <= there


def test_the_errors_of_a_target_are_known_by_their_documented_names() -> None:
    one = failure_of("faulty:IncompleteNotEof", "errors.incomplete.kind", Ask("IncompleteReadError.kind"))
    text = written(one, "faulty:IncompleteNotEof")
    assert "    errors.update(IncompleteReadError=IncompleteReadError)\n" in text
    assert "errors.update" not in written(hang(), "asyncio")


def test_the_sentence_of_the_clause_cannot_end_the_docstring() -> None:
    one = hang()
    text = written(ClauseResult(failed(one.clause).clause, one.verdict, 1, one.failure), "asyncio")
    assert (ast.get_docstring(ast.parse(text)) or "").startswith(f"{HANG} on asyncio: exits with 1 if the fault shows")


# What is not given, and how programs end.


def test_a_failure_that_contradicts_itself_has_no_program() -> None:
    one = hang().failure
    assert one is not None
    with pytest.raises(NotGiven, match="contradicts itself: its trace does not follow the steps of its scenario"):
        script.script(replace(one, trace=(one.trace[0], Ask("network"), *one.trace[1:])), hang().clause, "asyncio")


def test_a_fault_that_is_not_there_is_not_given_away() -> None:
    one = failure_of("faulty:EndWakesNobody", *_spread(END_FORGOTTEN))
    assert one.failure is not None
    with pytest.raises(NotGiven, match="does not show the fault on asyncio: it is not seen again there"):
        program(one.failure, one.clause, "asyncio")


def test_what_the_reference_does_as_well_is_not_given_away(monkeypatch: pytest.MonkeyPatch) -> None:
    one = failure_of("faulty:EndWakesNobody", *_spread(END_FORGOTTEN))
    assert one.failure is not None
    monkeypatch.setattr(script, "on_reference", lambda where: where)
    with pytest.raises(NotGiven, match="shows the fault on the reference as well"):
        program(one.failure, one.clause, "faulty:EndWakesNobody")


def _spread(shown: tuple[str, tuple[Any, ...]]) -> tuple[Any, ...]:
    return (shown[0], *shown[1])


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        (
            "from asyncio import StreamReader",
            "from nowhere import StreamReader",
            "ModuleNotFoundError: No module named",
        ),
        ("from asyncio import StreamReader", "raise SystemExit(1)", "SystemExit: 1"),
        ("StreamReader(limit=4)", "StreamReader(limits=4)", "TypeError: "),
        ("reader.feed_data", "reader.feed", "AttributeError: 'StreamReader' object has no attribute 'feed'"),
    ],
)
def test_anything_unexpected_ends_with_2_and_one_sentence(wrong: str, right: str, sentence: str) -> None:
    status, said = forked(written(hang(), "asyncio").replace(wrong, right))
    assert status == 2
    assert f"this was not expected: {sentence}" in said
    assert "Traceback" not in said


# What a target does at the look that was mended by half, and what the program says of it.
HALVES = {
    "the-fault": ("pass", 1),
    "mended": ("super(StreamReader, self).feed_eof()", 0),
    "wrong-in-another-way": ("self.set_exception(ValueError())", 2),
}


@pytest.mark.parametrize(("end", "status"), HALVES.values(), ids=HALVES)
def test_only_what_is_owed_ends_with_0(end: str, status: int) -> None:
    one = failure_of("faulty:EndWakesNobody", *_spread(END_FORGOTTEN))
    text = written(one, "faulty:EndWakesNobody")
    half = f"    class Half(StreamReader):\n        def feed_eof(self):\n            {end}\n\n"
    assert forked(text.replace("    reader = StreamReader(", f"{half}    reader = Half("))[0] == status


def test_another_way_to_the_look_ends_with_2() -> None:
    text = written(hang(), "asyncio").replace(
        "    await look()\n", "    seen.append(\"call 1 returned b''\")\n    await look()\n", 1
    )
    status, said = forked(text)
    assert (status, said) == (2, "seen: [\"call 1 returned b''\"]\n")


def test_a_target_that_never_comes_back_ends_with_2() -> None:
    text = (
        written(hang(), "asyncio")
        .replace("StreamReader(limit=4)", "next(one for one in iter(int, 1) if one)")
        .replace("Timer(30,", "Timer(0.1,")
    )
    assert forked(text)[0] == 2


def test_a_program_that_another_process_runs_shows_the_same() -> None:
    path = os.pathsep.join([str(TESTS), *filter(None, sys.path)])
    one = failure_of("faulty:EndWakesNobody", *_spread(END_FORGOTTEN))
    done = subprocess.run(
        [sys.executable, "-"],
        input=written(one, "faulty:EndWakesNobody"),
        text=True,
        env={"PYTHONPATH": path},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")


RESTLESS = """\
    def again():
        asyncio.get_running_loop().call_soon(again)
    again()
"""


def test_a_loop_that_never_rests_is_asked_whether_it_does() -> None:
    overran = failed(by_id()[HANG], observed=Overran("turns"), kind="restless", owed=(Wanted("rest", "turns"),))
    text = written(overran, "asyncio")
    assert forked(text)[0] == 0
    restless = text.replace("    reader = StreamReader(limit=4)", RESTLESS + "    reader = StreamReader(limit=4)")
    assert forked(restless) == (1, "seen: []\n")


def test_code_that_never_comes_back_is_ended_from_outside() -> None:
    overran = failed(by_id()[HANG], observed=Overran("steps"), kind="restless", owed=(Wanted("rest", "steps"),))
    text = written(overran, "asyncio")
    assert forked(text)[0] == 0
    for_ever = text.replace("guard.start()", "guard.start(); next(one for one in iter(int, 1) if one)")
    assert forked(for_ever.replace("Timer(3,", "Timer(0.1,")) == (1, "seen: []\n")
    exhausted = text.replace("guard.cancel()", 'guard.cancel(); seen.append("call 1 raised MemoryError")')
    assert forked(exhausted) == (1, "seen: []\n")


def test_a_call_that_is_cancelled_before_it_begins_is_seen_to_end() -> None:
    one = corpus_failure("faulty:AlwaysEmpty", "reader.cancel.keeps-data")
    text = written(one, "faulty:AlwaysEmpty")
    assert "call1.add_done_callback(" in text
    assert forked(text)[0] == 1


def test_an_error_of_a_class_of_its_own_is_known_by_the_nearest_that_everybody_knows() -> None:
    shown = failures("aiohttp", *(one for one in CORPUS if one.clause == "reader.readuntil.overrun-found"))
    one = next(one for one in shown if one.clause.id == "reader.readuntil.overrun-found")
    assert one.failure is not None
    assert forked(written(one, "aiohttp"))[0] == 2
    assert forked(program(one.failure, one.clause, "aiohttp"))[0] == 1
