"""Scripts that show a failure without streamgauge, and what they do when they are run."""

import ast
import asyncio
import copy
import os
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import faulty
import streamgauge.conformance
import streamgauge.reference
import streamgauge.spec
from failing import HANG, HANGING, corpus_failure, failed, failure_of, failures, hang
from streamgauge.conformance.explaining.as_python import QUESTIONS, literal
from streamgauge.conformance.explaining.standalone import script
from streamgauge.conformance.results import ClauseResult
from streamgauge.conformance.scenarios import corpus
from streamgauge.spec.alphabet import (
    Answered,
    Ask,
    Attach,
    Call,
    Feed,
    Made,
    Overran,
    Paused,
    Problem,
    Raised,
    Returned,
    Settle,
    Shaped,
)
from streamgauge.spec.clauses import by_id
from streamgauge.spec.errors import ANSWERS

TESTS = Path(__file__).parent.parent.parent
ROOTS = [Path(part.__path__[0]).parent.parent for part in (streamgauge.spec, streamgauge.reference)]


def written(found: ClauseResult, target: str) -> str:
    assert found.failure is not None
    return script(found.failure, found.clause, target)


def run(text: str) -> tuple[int, str]:
    """The exit status of the script, and all that it printed."""
    path = os.pathsep.join(map(str, (TESTS, *ROOTS)))
    done = subprocess.run(
        [sys.executable, "-c", text],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def main_of(text: str) -> list[str]:
    """The lines of `main`."""
    _, _, body = text.partition("async def main():\n")
    return [line.removeprefix("    ") for line in body.partition("\n\n\n")[0].splitlines()]


# What is written.


def test_a_short_scenario_is_a_short_script() -> None:
    assert main_of(written(hang(), "asyncio")) == [
        "reader = StreamReader(limit=4)",
        "call1 = asyncio.ensure_future(reader.readexactly(3))",
        "await settle()",
        'reader.feed_data(b"ab")',
        'reader.set_exception(error1 := ConnectionResetError("set on purpose"))',
        "await settle()",
        "said, value = ending(call1)",
        'print("expected: raises the very ConnectionResetError that was set")',
        'print("got:      call 1", said)',
        'return said == "still waits"',
    ]


def test_a_script_imports_what_it_uses_and_never_streamgauge() -> None:
    text = written(hang(), "asyncio")
    imports = [node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == [
        "import asyncio",
        "import sys",
        "from asyncio import StreamReader",
    ]
    assert "streamgauge" not in text


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("asyncio", "from asyncio import StreamReader\n"),
        ("reference", "from streamgauge.reference import StreamReader\n"),
        ("my.streams", "from my.streams import StreamReader\n"),
        (
            "my.streams:Reader",
            'from my.streams import Reader as target\n\nStreamReader = getattr(target, "StreamReader"',
        ),
        ("my.streams:ns.Reader", 'StreamReader = getattr(target.Reader, "StreamReader", target.Reader)\n'),
        ("aiohttp", "from streamgauge.conformance.adapters.aiohttp import adapter\n"),
    ],
)
def test_the_target_is_imported_by_its_name(target: str, line: str) -> None:
    text = written(hang(), target)
    assert line in text
    ast.parse(text)


def test_the_sentence_of_the_clause_cannot_end_the_docstring() -> None:
    nasty = replace(by_id()[HANG], sentence='Nothing like """ or \\n in it.')
    text = script(hang().failure, nasty, "asyncio")  # type: ignore[arg-type]  # a hang is a failure
    assert ast.get_docstring(ast.parse(text)) == (
        f"{HANG} on asyncio: exits with 1 if the fault shows, with 0 if not.\n\nNothing like ''' or \\n in it."
    )


def test_a_call_whose_arguments_may_be_refused_is_made_in_its_task() -> None:
    steps = (Call(1, "read", (Shaped("float", "1.5"),)), Feed(b"abc"), Settle())
    one = failure_of("faulty:FloatTruncated", "reader.read.wrong-type", *steps)
    assert "call1 = asyncio.ensure_future(reader.read(1.5))" in main_of(written(one, "faulty:FloatTruncated"))
    trace = (Made(), *steps, Raised(1, Problem("TypeError"), at_once=True))
    other = failed(by_id()["reader.read.wrong-type"], trace=trace)
    assert "call1 = asyncio.ensure_future(call(reader.read, 1.5))" in main_of(written(other, "asyncio"))


def test_a_loop_that_never_rests_is_asked_whether_it_does() -> None:
    overran = failed(by_id()[HANG], observed=Overran("turns"))
    assert main_of(written(overran, "asyncio"))[-1] == "return restless"


def test_code_that_never_comes_back_is_ended_from_outside() -> None:
    overran = failed(by_id()[HANG], observed=Overran("steps"))
    lines = main_of(written(overran, "asyncio"))
    assert any(line.startswith("faulthandler.dump_traceback_later(3, exit=True)") for line in lines)
    assert lines[-1] == "return isinstance(value, MemoryError)"
    plain = failed(by_id()[HANG], trace=(Made(), Feed(b"a"), Overran("steps")))
    assert main_of(written(plain, "asyncio"))[-1] == "return False"


# What happens when it is run.

# One for each way in which a departure shows; the corpus has the scenarios.
SHOWN = [
    *("ZeroLimitIsDefault", "LimitAsserted", "DefaultOneLess", "ReadIsGenerator", "AtEofIsAwaitable"),
    *(
        "ReadGivesBytearray",
        "ReadexactlyGivesView",
        "LineIsSubclass",
        "ReadYieldsFirst",
        "ReprIsBytes",
        "ReaduntilYieldsFirst",
    ),
    *("EmptyChunkRefused", "FeedsAfterEnd", "BytearrayAsText", "TextValueError", "KeepsTheObject"),
    *("EndWakesNobody", "ExpectsTheMissing", "ConsumedOneShort", "ExceptionAsText", "RefusalIsNameless"),
    *("CancelDropsBytes", "SecondWaitsToo", "RefusesAndSwitches", "AcceptsAndIgnores", "UnfinishedStays"),
    *("IncompleteNotEof", "IncompletePickleFails", "LimitSwapped", "LateCancelOccupies", "HugeTakesThenRefuses"),
    *("RefusesZero", "OverrunIsFinal", "HugeMemoryError"),
]
FAULTS = {fault.reader.__name__: fault for fault in faulty.FAULTY}


def found(name: str) -> list[ClauseResult]:
    """What the corpus finds on the faulty reader: on the clause that it breaks, or on the first that shows it."""
    fault = FAULTS[name]
    all_there_are = list(failures(fault.reader, *corpus.load(), python=fault.needs_python or (3, 13)))
    return [one for one in all_there_are if one.clause.id == fault.blamed] or all_there_are[:1]


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOWN)
def test_a_script_shows_the_fault_and_does_not_blame_the_reference(name: str) -> None:
    (one,) = found(name)
    status, said = run(written(one, f"faulty:{name}"))
    assert (status, "Traceback" in said) == (1, False), said
    assert said.splitlines()[0].startswith("expected: ")
    assert said.splitlines()[1].startswith("got:      ")
    assert run(written(one, "reference"))[0] == 0


LIVE = sorted({one.clause for one in corpus.load() if one.clause and "CPython" in one.note and "seen to" in one.note})


@pytest.mark.slow
@pytest.mark.parametrize("clause", LIVE)
def test_a_script_shows_each_fault_that_asyncio_has_today(clause: str) -> None:
    one = corpus_failure("asyncio", clause)
    status, said = run(written(one, "asyncio"))
    assert (status, "Traceback" in said) == (1, False), said
    assert run(written(one, "reference"))[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["NeverQuiet", "NeverYields", "IgnoresCancellation", "ReadExits", "ReadInterrupts"])
def test_a_script_survives_a_hostile_reader_and_shows_it(name: str) -> None:
    observed: Any
    steps: Any = (Feed(b"ab"), Call(1, "read", (2,)), Settle())
    match name:
        case "NeverQuiet":
            observed = Overran("turns")
        case "NeverYields":
            observed = Overran("steps")
        case "ReadExits" | "ReadInterrupts":
            observed = Raised(1, Problem("SystemExit" if name == "ReadExits" else "KeyboardInterrupt"), at_once=True)
        case _:
            one = corpus_failure(f"faulty:{name}", "reader.cancel.ends")
            assert run(written(one, f"faulty:{name}"))[0] == 1
            return
    one = failed(by_id()["reader.read.soon"], trace=(Made(), *steps, observed))
    assert run(written(one, f"faulty:{name}"))[0] == 1
    assert run(written(one, "reference"))[0] == 0


@pytest.mark.slow
def test_a_reader_that_goes_another_way_is_not_blamed() -> None:
    steps = (Attach(), Attach(), Feed(b"a" * 9))
    one = failed(by_id()["flow.transport.second"], trace=(Made(), *steps, Paused(1)))
    status, said = run(written(one, "reference"))
    assert status == 0
    assert said == "this reader refuses what was accepted where the fault was found: it cannot show here\n"


def test_every_scenario_of_the_corpus_can_be_written() -> None:
    """Whatever departs in it: here it is that the last step was accepted."""
    clause = by_id()[HANG]
    for scenario in corpus.load():
        made = () if scenario.world == "network" else (Made(),)
        trace = (*made, *scenario.steps, Settle())
        one = failed(clause, scenario=scenario, trace=trace)
        ast.parse(written(one, "asyncio"))


def test_what_was_seen_decides_what_the_script_looks_for() -> None:
    ends = {
        Returned(1, None): 'return said == "returned None"',
        Returned(1, (1, b"a")): 'return value == (1, b"a")',
        Returned(1, ((1,),)): "return type(value) is tuple",
        Returned(1, Shaped("list", (1,))): 'return type(value).__name__ == "list"',
        Returned(1, Shaped("object", "Line")): 'return type(value).__name__ == "Line"',
        Returned(1, True): "return value is True",
        Raised(1, Problem("ConnectionResetError", injected=1)): "return value is error1",
        Raised(
            1, Problem("ConnectionResetError")
        ): 'return kind(value) == "ConnectionResetError" and value is not error1',
        Answered("exception", 0): "return value is not None and value is not error1",
        Answered("exception", 1): "return value is error1",
        Answered("at_eof", False): "return value is False",
    }
    for observed, end in ends.items():
        steps = (*HANGING, Ask("at_eof")) if isinstance(observed, Answered) else HANGING
        trace = (Made(), *steps, observed)
        one = failed(by_id()[HANG], trace=trace)
        assert main_of(written(one, "asyncio"))[-1] == end


def test_arguments_are_written_as_they_would_be_typed() -> None:
    wanted = {
        b'a"b': "b'a\"b'",
        b"a'b": 'b"a\'b"',
        "text": '"text"',
        None: "None",
        -1: "-1",
        (b"a",): '(b"a",)',
        (b"a", 1): '(b"a", 1)',
        Shaped("list", (1, 2)): "[1, 2]",
        Shaped("tuple-subclass", (b"a",)): 'Several((b"a",))',
        Shaped("float", "1.5"): "1.5",
        Shaped("float", "nan"): 'float("nan")',
        Shaped("bool", "True"): "True",
        Shaped("bytearray", b"a"): 'bytearray(b"a")',
        Shaped("memoryview", b"a"): 'memoryview(b"a")',
        Shaped("object", ""): "object()",
    }
    assert {literal(value): value for value in wanted} == {text: value for value, text in wanted.items()}


@pytest.mark.parametrize("question", [question for question in ANSWERS if "." in question])
def test_a_question_is_put_as_the_suite_puts_it(question: str) -> None:
    *before, expression = QUESTIONS[question]
    names: dict[str, Any] = {**vars(asyncio), "copy": copy, "pickle": pickle, "re": re}
    exec("\n".join(before), names)
    assert eval(expression, names) in ANSWERS[question][1]


def test_an_exception_that_comes_from_another_is_looked_at_as_a_whole() -> None:
    ends = {
        None: "value.__context__ is None",
        "cause: KeyError": "value.__cause__ is not None",
        "KeyError": 'kind(value.__context__) == "KeyError"',
    }
    for context, end in ends.items():
        observed = Raised(1, Problem("ValueError", message='"no"', context=context))
        steps = (Feed(b"abcdef"), Call(1, "readline"), Settle())
        clause = by_id()["reader.readline.overrun-context"]
        one = failed(clause, trace=(Made(), *steps, observed))
        last = main_of(written(one, "asyncio"))[-1]
        assert last == f'return kind(value) == "ValueError" and str(value) == \'"no"\' and {end}'


def test_time_outs_take_no_time() -> None:
    one = corpus_failure("faulty:CancelDropsBytes", "reader.cancel.timeout")
    lines = main_of(written(one, "faulty:CancelDropsBytes"))
    assert "timer1 = asyncio.timeout(None)" in lines
    assert "expire(timer1)" in lines
