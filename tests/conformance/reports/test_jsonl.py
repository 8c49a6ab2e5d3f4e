"""Results files: what is written, and all that is refused."""

import io
import json
import re
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from failing import HANG, corpus_failure, hang, results
from streamgauge.conformance.reports import jsonl
from streamgauge.conformance.reports.jsonl import ReportError, parse, read, write
from streamgauge.conformance.results import Bound, ClauseResult, Results, Verdict
from streamgauge.conformance.scenarios import corpus
from streamgauge.conformance.scenarios.codec import event_from_json, event_to_json, scenario_to_json
from streamgauge.spec.alphabet import (
    Aborted,
    Accept,
    Answered,
    Ask,
    Attach,
    Break,
    Call,
    Cancel,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Event,
    Feed,
    Halved,
    Handled,
    Hold,
    Kept,
    Link,
    Listened,
    Lose,
    On,
    Open,
    Paused,
    Problem,
    Raised,
    Release,
    Reported,
    Resumed,
    Returned,
    Serve,
    Shaped,
    Unclog,
    Wrote,
)
from streamgauge.spec.clauses import by_id

Change = Callable[[dict[str, Any]], Any]

RUN = results(
    ClauseResult(by_id()["reader.read.all"], Verdict.PASS, 7),
    hang(),
    ClauseResult(by_id()["reader.read.soon"], Verdict.BLOCKED, 2, blocked_by=HANG),
    ClauseResult(by_id()["flow.backpressure"], Verdict.NOT_EXERCISED, reason="needs the world of sockets"),
    target="asyncio",
    bounds=(
        Bound("corpus", "every named scenario that the target can play", 570),
        Bound("sampled", "odd ones", 3, let_go=1),
    ),
)


def text_of(of: Results, *, strict: bool = False) -> str:
    stream = io.StringIO()
    write(of, stream, strict=strict)
    return stream.getvalue()


WRITTEN = text_of(RUN)


# What is written.


def test_a_file_can_be_read_back_whole() -> None:
    report = parse(WRITTEN, "run.jsonl")
    assert report.results == RUN
    assert (report.suite, report.strict, report.status) == (jsonl.suite_version(), False, 0)
    assert text_of(report.results) == WRITTEN


def test_faults_partial_runs_and_strictness_survive() -> None:
    of = results(*RUN.clauses, complete=False, faults=("KeyError: 'x'", "é\u2028"), shard=(2, 3), seed=5)
    report = parse(text_of(of, strict=True), "run.jsonl")
    assert report.results == of
    assert (report.strict, report.status) == (True, 4)


def test_the_lines_are_header_clauses_bounds_faults_footer() -> None:
    kinds = [json.loads(line)["kind"] for line in text_of(results(*RUN.clauses, faults=("x",))).splitlines()]
    assert kinds == ["header", *["clause"] * 4, "bound", "fault", "footer"]


def test_a_file_from_before_it_said_how_many_were_not_judged_to_the_end_is_read(tmp_path: Path) -> None:
    older = tmp_path / "older.jsonl"
    forms = [json.loads(line) for line in WRITTEN.splitlines()]
    for form in forms:
        form.pop("let_go", None)
    older.write_text("".join(json.dumps(form) + "\n" for form in forms))
    assert [bound.let_go for bound in read(older).results.bounds] == [0, 0]


def test_the_footer_says_what_the_run_came_to() -> None:
    footer = json.loads(text_of(RUN, strict=True).splitlines()[-1])
    assert footer == {
        "kind": "footer",
        "scenarios": 12345,
        "verdicts": {
            "pass": 1,
            "fail": 1,
            "blocked": 1,
            "inconclusive": 0,
            "not-applicable": 0,
            "not-exercised": 1,
            "untestable": 0,
        },
        "complete": True,
        "strict": True,
        "status": 1,
    }


def test_a_failure_comes_with_its_words() -> None:
    failure = json.loads(WRITTEN.splitlines()[2])["failure"]
    assert failure["observed"] == "call 1 still waits, nothing is left to run"
    assert list(failure) == [*("scenario", "trace", "at", "allowed", "observed", "because", "facts", "scenarios")]


def test_the_same_results_are_the_same_bytes_whatever_the_order_of_a_set() -> None:
    names = ["read", "readline", "feed_data", "feed_eof", "at_eof", "exception"]
    one, other = (results(capabilities=frozenset(order)) for order in (names, names[::-1]))
    assert text_of(one) == text_of(other)
    assert WRITTEN.isascii()


def test_the_version_is_that_of_the_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", lambda name: f"{name} 7")
    assert jsonl.suite_version() == "streamgauge 7"
    monkeypatch.setattr(metadata, "version", missing)
    assert jsonl.suite_version() == "unknown"


# The schema.


def schema() -> dict[str, Any]:
    text = Path(jsonl.__file__).with_name("schema.json").read_text("utf-8")
    return dict(json.loads(text))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_schema_knows_every_event_of_a_connection_and_no_other() -> None:
    link, options = Link(2, "fails", half_close=False), (("local_addr", ("a", 1)),)
    exhausted = Do("writelines", (Shaped("exhausted", ()),))
    steps: tuple[Any, ...] = (
        *(
            Open(),
            Open(link, linked=True),
            Dial(1, options, "refused"),
            Serve("future", options),
            Serve(),
            Accept(link),
        ),
        *(Conclude("raises"), Do("write", (b"ab",)), exhausted, Do("close"), Clog(), Unclog(), Unclog(3), Hold()),
        *(
            Release(),
            Lose(),
            Lose("OSError"),
            On(2, Feed(b"ab")),
            On(2, Call(1, "drain", timeout=1)),
            On(2, Do("abort")),
        ),
        *(On(2, step) for step in (End(), Break(), Cancel(1), Attach(), Ask("at_eof"), Serve(), Accept())),
    )
    seen: tuple[Any, ...] = (
        *(
            Dialled(options),
            Listened(()),
            Handled(("reader", "writer")),
            Reported(),
            Wrote(b"\xff"),
            Halved(),
            Closed(),
        ),
        *(Aborted(), Kept(open=False), Answered("write", Shaped("generator", (b"a",))), On(2, Wrote(b""))),
        *(
            On(2, event)
            for event in (Handled(()), Paused(), Resumed(), Returned(1, None), Raised(1, Problem("OSError")))
        ),
    )
    to_stimulus, to_event = ({**schema(), "allOf": [], "$ref": f"#/$defs/{name}"} for name in ("stimulus", "event"))
    for known in (to_stimulus, to_event):
        del known["required"], known["properties"]
    events: tuple[Event, ...] = (*steps, *seen)
    for event in events:
        form = event_to_json(event)
        assert Draft202012Validator(to_event).is_valid(form), form
        assert Draft202012Validator(to_stimulus).is_valid(form) is (event in steps), form
        assert event_from_json(form) == event
        for wrong in ({**form, "on": 1}, {**form, "more": 1}):
            assert not Draft202012Validator(to_event).is_valid(wrong), wrong


@pytest.mark.parametrize("strict", [True, False])
def test_every_line_that_is_written_is_as_the_schema_says(strict: bool) -> None:
    of = results(*RUN.clauses, corpus_failure("faulty:ExpectsNothing", "reader.readexactly.eof"), faults=("x",))
    for line in text_of(of, strict=strict).splitlines():
        Draft202012Validator(schema()).validate(json.loads(line))


def test_the_schema_knows_every_scenario_of_the_corpus() -> None:
    validator = Draft202012Validator({"$defs": schema()["$defs"], "$ref": "#/$defs/scenario"})
    assert [one.name for one in corpus.load() if not validator.is_valid(scenario_to_json(one))] == []


def test_the_schema_tells_stimuli_from_observations() -> None:
    kinds = schema()["$defs"]
    ways = {kind: [one["required"][0] for one in kinds[kind]["oneOf"]] for kind in ("stimulus", "observation")}
    assert hang().failure is not None
    said = [next(iter(event_to_json(event))) for event in hang().failure.trace]  # type: ignore[union-attr]  # just asserted
    assert set(said) <= {*ways["stimulus"], *ways["observation"]}
    assert not set(ways["stimulus"]) & set(ways["observation"])


# What is refused.


def changed(line: int, change: Change, text: str = WRITTEN) -> str:
    """The file with one line changed."""
    lines = text.splitlines()
    form = json.loads(lines[line - 1])
    result = change(form)
    lines[line - 1] = json.dumps(form if result is None else result)
    return "\n".join(lines) + "\n"


def lost(*lines: int) -> str:
    """The file without these lines."""
    return "".join(line for number, line in enumerate(WRITTEN.splitlines(keepends=True), 1) if number not in lines)


def twice(line: int) -> str:
    lines = WRITTEN.splitlines(keepends=True)
    return "".join([*lines[:line], lines[line - 1], *lines[line:]])


BROKEN = {
    "empty": ("", 1, "the file is empty"),
    "no footer": (lost(8), 7, "the file ends without its footer: whoever wrote it did not finish"),
    "cut off": (WRITTEN[:-30], 8, "not JSON: "),
    "no header": (lost(1), 1, "a results file begins with its header, not with a clause"),
    "lost clause": (lost(4), 7, "the verdicts do not add up: clauses were lost, or changed"),
    "two headers": (twice(1), 2, "a header cannot come after a header"),
    "clause after bounds": (lost(2)[: -len(WRITTEN.splitlines()[-1]) - 1] + WRITTEN.splitlines()[1], 7,
                            "a clause cannot come after a bound"),
    "after the footer": (twice(8), 9, "nothing comes after the footer"),
    "same clause twice": (twice(2), 3, "reader.read.all stands there twice"),
    "blank line": (WRITTEN.replace("\n", "\n\n", 1), 2, "not JSON: "),
    "no object": (changed(2, lambda _: [1]), 2, "a line is a JSON object"),
    "key twice": (WRITTEN.replace('{"kind": "header"', '{"kind": "x", "kind": "header"'), 1,
                  "the key 'kind' stands there twice"),
    "unknown format": (changed(1, lambda form: form.update(format=2)), 1,
                       "this is format 2, and streamgauge reads format 1 here"),
    "unknown kind": (changed(2, lambda form: form.update(kind="x")), 2,
                     "the kind of a line is one of header, clause, bound, fault, footer, not 'x'"),
    "unknown key": (changed(2, lambda form: form.update(more=1)), 2,
                    "unknown key 'more'"),
    "unknown verdict": (changed(2, lambda form: form.update(verdict="fine")), 2, "'verdict' must be one of pass"),
    "pass with failure": (changed(3, lambda form: form.update(verdict="pass")), 3,
                          "only a clause that failed has a failure"),
    "fail without": (changed(2, lambda form: form.update(verdict="fail")), 2, "'failure' is missing"),
    "unknown clause": (changed(2, lambda form: form.update(clause="reader.x.y")), 2,
                       "there is no clause reader.x.y; was the file written by another version of streamgauge?"),
    "another level": (changed(2, lambda form: form.update(level="MAY")), 2,
                      "reader.read.all is MUST and documented, not MAY and documented; was the file written by "),
    "nothing departs": (changed(3, lambda form: form["failure"].update(at=8)), 3,
                        "failure: the trace has 8 events, and number 8 is said to depart"),
    "broken scenario": (changed(3, lambda form: form["failure"]["scenario"]["steps"].append({"cancel": 7})), 3,
                        "failure: scenario: step 6: there is no call 7 to cancel yet"),
    "broken trace": (changed(3, lambda form: form["failure"]["trace"].append({"cancle": 1})), 3,
                     "failure: trace[8]: a step has exactly one of the keys "),
    "another status": (changed(8, lambda form: form.update(status=1)), 8,
                       "the exit status does not follow from the clauses, which were lost, or changed"),
    "another count": (changed(8, lambda form: form["verdicts"].update({"pass": 2})), 8,
                      "the verdicts do not add up: clauses were lost, or changed"),
    "long nonsense": (changed(2, lambda form: form.update(reason=["x" * 500])), 2, "'reason' must be a str, not [\"xx"),
    "no time-out": (changed(3, lambda form: form["failure"]["scenario"]["steps"].append(
        {"call": "read", "op": 2, "timeout": None})), 3,
        "failure: 'scenario' must be in the one form, "),
    "a clause of no form": (changed(3, lambda form: form["failure"]["scenario"].update(clause="X")), 3,
                            "failure: scenario: 'clause' must be text like ^[a-z]"),
    "three in a shard": (changed(1, lambda form: form.update(shard=[1, 2, 3])), 1, "'shard' must be two numbers"),
    "a capability twice": (changed(1, lambda form: form.update(capabilities=["read", "read"])), 1,
                           "'capabilities' names something twice"),
    "no target": (changed(1, lambda form: form.update(target="")), 1, "'target' must be text that is not empty"),
    "no version": (changed(1, lambda form: form.update(python="3")), 1, "'python' must be text like ^[0-9]+\\.[0-9]+$"),
    "nested without end": (WRITTEN.replace("\n", "\n" + "[" * 100_000 + "\n", 1), 2,
                           "not JSON that can be read: it nests"),
    "another trace": (changed(3, lambda form: form["failure"]["trace"].insert(1, {"ask": "network"})), 3,
                      "failure: the trace is not one of the scenario: other steps are done in it"),
    "another event": (changed(3, lambda form: form["failure"].update(at=0)), 3,
                      "failure: event 0 of the trace is not what is said to be seen"),
    "another call": (changed(3, lambda form: form["failure"]["facts"].update(call=5)), 3,
                     "failure: the scenario has no call 5, which is said to depart"),
    "a failure without a name": (changed(3, lambda form: form["failure"]["facts"]["owed"][0].update(raises=[])), 3,
                                 "failure: facts: owed[0]: 'raises' must be a list of at least 1, not []"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_not_a_whole_results_file_is_refused(name: str) -> None:
    text, line, words = BROKEN[name]
    with pytest.raises(ReportError, match=rf"^run\.jsonl:{line}: {re.escape(words)}") as refused:
        parse(text, "run.jsonl")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize("keep", range(len(WRITTEN.splitlines())))
def test_a_file_that_ends_early_is_refused_wherever_it_ends(keep: int) -> None:
    lines = WRITTEN.splitlines(keepends=True)
    for text in ("".join(lines[:keep]), "".join(lines[:keep]) + lines[keep][: len(lines[keep]) // 2]):
        with pytest.raises(ReportError):
            parse(text, "run.jsonl")


def test_reader_and_schema_agree_that_a_number_is_whole_however_it_is_written() -> None:
    text = WRITTEN.replace('"format": 1,', '"format": 1.0,').replace('"op": 1,', '"op": 1.0,')
    assert text.count("1.0,") > 2
    assert parse(text, "run.jsonl").results == RUN
    for line in text.splitlines():
        Draft202012Validator(schema()).validate(json.loads(line))


def test_what_a_network_does_by_itself_is_no_step_of_another_scenario() -> None:
    # What is written fills the transport, which then holds the writer up: in the trace, and no step.
    golden = (Path(__file__).parents[2] / "golden" / "connections.jsonl").read_text("utf-8")
    assert '{"hold": true}' in golden
    assert len(parse(golden, "run.jsonl").results.failures()) == 3


def test_a_missing_last_line_feed_loses_nothing() -> None:
    assert parse(WRITTEN.removesuffix("\n"), "run.jsonl").results == RUN


def test_a_file_is_read_from_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(WRITTEN, "utf-8")
    assert read(path) == read(str(path)) == parse(WRITTEN, "x")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ReportError, match=r"run\.jsonl:1: this is no results file: it is not text in UTF-8$"):
        read(path)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "missing.jsonl")
