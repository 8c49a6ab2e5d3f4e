"""`streamgauge replay`: which scenarios are meant, what is shown of them, and every broken file."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commandline import streamgauge
from streamgauge.conformance.adapters.resolve import resolve
from streamgauge.conformance.commands import finding
from streamgauge.conformance.running.replaying import replay
from streamgauge.conformance.scenarios import corpus
from streamgauge.conformance.scenarios.codec import scenario_to_json, scenario_to_line
from streamgauge.conformance.scenarios.script import Scenario
from streamgauge.conformance.target import InProcess
from streamgauge.spec.alphabet import Break, Call, Cancel, Do, End, Feed, On, Open, Serve, Settle

Write = Callable[[str, str], None]

RIGHT = Scenario("all-of-it", (Feed(b"ab"), End(), Call(1, "read"), Settle()), 4, "reader.read.all", "The whole.")
WRONG = Scenario("hangs", (Call(1, "read", (2,)), Settle(), End(), Settle()), clause="reader.end.wakes")
ON = "faulty:EndWakesNobody"


def json_of(scenario: Scenario, **changes: Any) -> str:
    return json.dumps({**scenario_to_json(scenario), **changes})


# Which scenarios are meant.


def test_a_name_of_the_corpus_is_found() -> None:
    (scenario,) = (one for one in corpus.load() if one.name == "reader.limit.positive/zero")
    ran = streamgauge("replay", scenario.name, "--on", "reference", "--python", "3.13")
    assert ran.out.startswith(f"{scenario.name} on reference, by the rules of Python 3.13\n{scenario.note}\n\n")
    assert (ran.status, ran.err) == (0, "")


def test_a_clause_means_all_of_its_scenarios() -> None:
    ran = streamgauge("replay", "reader.end.wakes", "--on", "reference")
    headings = [line.split()[0] for line in ran.out.splitlines() if " on reference, by the rules" in line]
    assert headings == [one.name for one in corpus.load() if one.clause == "reader.end.wakes"]
    assert len(headings) > 1


def test_of_the_scenarios_of_a_clause_one_can_be_chosen() -> None:
    ran = streamgauge("replay", "reader.end.wakes", "--name", "reader.end.wakes/read-all", "--on", "reference")
    assert ran.out.count(" on reference, by the rules") == 1


@pytest.mark.parametrize("form", [json_of(RIGHT), json.dumps(scenario_to_json(RIGHT), indent=2)])
def test_a_file_with_one_scenario_is_played(write: Write, form: str) -> None:
    write("one.json", form)
    ran = streamgauge("replay", "one.json", "--on", "reference")
    assert ran.out.startswith("all-of-it on reference, by the rules of Python ")
    assert ran.status == 0


@pytest.mark.parametrize("choice", [("--name", "hangs"), ("--clause", "reader.end.wakes")])
def test_of_a_file_with_several_scenarios_one_is_chosen(write: Write, choice: tuple[str, str]) -> None:
    write("two.jsonl", f"{scenario_to_line(RIGHT)}\n\n{scenario_to_line(WRONG)}\n")
    ran = streamgauge("replay", "two.jsonl", "--on", ON, *choice)
    assert ran.out.startswith(f"hangs on {ON}")
    assert ran.out.count(" by the rules of ") == 1
    assert ran.status == 1


def test_the_json_of_a_scenario_is_played() -> None:
    assert streamgauge("replay", json_of(WRONG), "--on", ON).status == 1


def test_standard_input_is_played() -> None:
    ran = streamgauge("replay", "-", "--on", ON, typed=json_of(WRONG))
    assert ran.out.startswith("hangs on ")
    assert ran.status == 1


def test_a_scenario_that_takes_an_exception_back_is_played() -> None:
    steps = (Break("ValueError"), Break("none", "none"), Call(1, "read", (0,)), Settle())
    assert streamgauge("replay", json_of(Scenario("taken-back", steps)), "--on", "reference").status == 0


# What is shown.


def test_the_time_line_stands_beside_the_model_and_the_verdict_below(write: Write) -> None:
    ran = streamgauge("replay", json_of(WRONG), "--on", ON, "--python", "3.13")
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["turn", "done", "calls", "observed", "model"] in lines
    assert "2    feed_eof()             │" in ran.out or "feed_eof()" in ran.out
    assert any(line[-1:] == ["ended"] for line in lines)
    assert "call 1 still waits, nothing is left to run" in ran.out
    text = " ".join(ran.out.split())
    assert "departs from reader.end.wakes MUST, documented" in text
    assert "allowed returns b''" in text
    assert ran.out.splitlines()[-1].startswith("bears out ")


def test_what_is_borne_out_is_told() -> None:
    out = streamgauge("replay", json_of(RIGHT), "--on", "reference").out
    assert "conforms: everything that was observed is allowed\n" in out
    assert "bears out " in out
    assert "reader.read.all" in out.rpartition("bears out ")[2]


def test_the_rules_are_those_of_the_version_that_is_asked_for() -> None:
    name = next(one.name for one in corpus.load() if one.clause == "reader.separators.tuple")
    assert streamgauge("replay", name, "--on", "reference", "--python", "3.13").status == 0
    assert "by the rules of Python 3.8" in streamgauge("replay", name, "--on", "reference", "--python", "3.8").out


def test_json_holds_trace_states_and_departures() -> None:
    ran = streamgauge("replay", json_of(WRONG), "--on", ON, "--python", "3.13", "--json")
    record = json.loads(ran.out)
    assert (record["target"], record["python"]) == (ON, "3.13")
    (one,) = record["replays"]
    assert one["scenario"] == scenario_to_json(WRONG)
    assert one["trace"][0] == {"event": {"made": True}, "model": "empty"}
    (departure,) = one["departures"]
    assert departure["clause"] == "reader.end.wakes"
    assert departure["allowed"] == ["returns b''"]
    assert departure["observed"] == "call 1 still waits, nothing is left to run"
    assert one["trace"][departure["at"]]["event"] == {"quiet": True}
    assert one["borne_out"] == list(replay(InProcess(resolve(ON)), WRONG, (3, 13)).borne_out)
    assert ran.status == 1


def test_the_script_shows_the_departure_without_streamgauge(tmp_path: Path) -> None:
    ran = streamgauge("replay", json_of(WRONG), "--on", ON, "--script")
    assert ran.status == 1
    script = tmp_path / "shows_it.py"
    script.write_text(ran.out, "utf-8")
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, str(script)]
    shown = subprocess.run(command, env={"PYTHONPATH": tests}, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (1, "")


PRINTS = """\
import asyncio
print("here")
class Reader(asyncio.StreamReader):
    async def read(self, n=-1):
        print("there")
        return (await super().read(n))[:1]
"""


@pytest.mark.parametrize(("form", "first"), [("--script", '"""'), ("--json", "{")])
def test_what_a_target_prints_is_not_mixed_with_what_was_asked_for(form: str, first: str, write: Write) -> None:
    name = f"prints_for_{first == '{'}"
    write(f"{name}.py", PRINTS)
    ran = streamgauge("replay", "reader.read.all", "--on", f"{name}:Reader", form)
    assert ran.status == 1
    assert ran.out.startswith(first)
    assert "\nthere\n" not in ran.out
    assert ran.err.startswith("here\nthere\n")


def test_a_program_that_does_not_prove_itself_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamgauge.conformance.explaining.script.run", lambda text: (0, ""))
    ran = streamgauge("replay", json_of(WRONG), "--on", ON, "--script")
    assert ran.sentence.endswith(f"does not show the fault on {ON}: it is not seen again there")
    assert (ran.status, ran.out) == (2, "")


def test_without_a_departure_there_is_no_script() -> None:
    ran = streamgauge("replay", json_of(RIGHT), "--on", "reference", "--script")
    assert ran.sentence == "nothing departs on reference, so there is nothing for a script to show"
    assert (ran.status, ran.out) == (3, "")


def test_the_same_replay_is_shown_in_the_same_words() -> None:
    assert streamgauge("replay", "reader.cancel.keeps-data", "--on", ON) == streamgauge(
        "replay", "reader.cancel.keeps-data", "--on", ON
    )


def test_ctrl_c_ends_the_command_with_a_word(write: Write) -> None:
    write(
        "pressed.py",
        "import asyncio, signal\n"
        "class StreamReader(asyncio.StreamReader):\n"
        "    async def read(self, n=-1):\n"
        "        signal.raise_signal(signal.SIGINT)\n",
    )
    ran = streamgauge("replay", json_of(RIGHT), "--on", "pressed")
    assert (ran.status, ran.out, ran.sentence) == (2, "", "interrupted")


# What cannot be played.


def test_what_the_target_does_not_declare_is_not_played(write: Write) -> None:
    write("mine.py", "class Lines:\n    async def readline(self): return b''")
    ran = streamgauge("replay", json_of(RIGHT), "--on", "mine:Lines")
    assert ran.status == 3
    assert ran.err == (
        "streamgauge: all-of-it is not played: mine:Lines does not declare feed_data, feed_eof, limit, read\n"
        "streamgauge: there is nothing to replay on mine:Lines\n"
    )


def test_of_several_the_others_are_played(write: Write) -> None:
    lacking = "class Half:\n    def feed_data(self, data): ...\n    async def read(self, n=-1): return b''\n"
    write("half.py", lacking)
    asks = Scenario("asks", (Feed(b"a"), Settle()), clause="reader.read.all")
    write("two.jsonl", f"{scenario_to_line(RIGHT)}\n{scenario_to_line(asks)}\n")
    ran = streamgauge("replay", "two.jsonl", "--clause", "reader.read.all", "--on", "half:Half")
    assert ran.sentence == "all-of-it is not played: half:Half does not declare feed_eof, limit"
    assert ran.out.startswith("asks on half:Half")
    assert ran.status == 0


def refused(*arguments: str) -> str:
    ran = streamgauge("replay", *arguments, "--on", "reference")
    assert (ran.status, ran.out) == (3, "")
    return ran.sentence


def test_what_is_neither_file_nor_name() -> None:
    assert refused("reader.end.waks").startswith(
        "there is neither a file, nor a scenario, nor a clause called 'reader.end.waks': did you mean reader.end.wakes"
    )
    assert refused("") == "there is neither a file, nor a scenario, nor a clause called ''"
    assert refused("zzz.json") == "there is neither a file, nor a scenario, nor a clause called 'zzz.json'"


def test_a_script_is_no_json() -> None:
    said = "--script and --json each say what is to be written: give one of them"
    assert refused("reader.end.wakes", "--script", "--json") == said


def test_a_name_that_would_command_a_terminal_is_shown_escaped() -> None:
    scenario = '{"name": "a\\u0000\\u001b[31m", "steps": [{"call": "read", "op": 1}]}'
    assert streamgauge("replay", scenario, "--on", "reference").out.startswith("a\\u0000\\u001b[31m on reference, ")
    record = json.loads(streamgauge("replay", scenario, "--on", "reference", "--json").out)
    assert record["replays"][0]["scenario"]["name"] == "a\0\x1b[31m"


def test_a_clause_without_scenarios_says_so() -> None:
    assert refused("reader.loop.absent") == "the corpus has no scenario for reader.loop.absent"


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    assert refused(str(tmp_path)) == f"cannot read {tmp_path}: Is a directory"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "broken.json is empty"),
        (" \n", "broken.json is empty"),
        ("[1, 2]", "broken.json is not a scenario: a scenario is an object"),
        (json_of(RIGHT)[:-9], "broken.json, line 1 is not JSON, or is cut off: "),
        (json.dumps(scenario_to_json(RIGHT), indent=1)[:-9], "broken.json, line "),
        (f"{json_of(RIGHT)}\n{json_of(WRONG)[:-5]}", "broken.json, line 2 is not JSON, or is cut off: "),
        (f"{json_of(RIGHT)}\n{json_of(WRONG, limit=[])}", "broken.json, line 2 is not a scenario: not a value: []"),
        (json_of(RIGHT, name=3), "broken.json is not a scenario: 'name' must be a str, not 3"),
        (json_of(RIGHT, steps=[{"feed": "a", "end": True}]), "broken.json is not a scenario: step 1: "),
        (
            json_of(RIGHT, steps=[{"call": "raed", "op": 1}]),
            "broken.json is not a scenario: step 1: there is no method 'ra",
        ),
        (json_of(RIGHT, steps=[{"ask": "age"}]), "broken.json is not a scenario: step 1: there is no question 'age'"),
        (json_of(RIGHT, steps=[{"break": "Oops"}]), "broken.json is not a scenario: step 1: there is no built-in exc"),
        (json_of(RIGHT, more=1), "broken.json is not a scenario: unknown key 'more'"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(write: Write, text: str, said: str) -> None:
    write("broken.json", text)
    assert refused("broken.json").startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '{"name": "x", "steps": [{"hold": true}]}',
            "the argument is not a scenario: step 1: 'hold' is for conn",
        ),
        ('{"name": ' + "[" * 100_000, "the argument is not a scenario: not JSON that can be read: it nests too deep"),
        ('{"name": ' + "1" * 5_000 + "}", "the argument is not a scenario: a number has at most 300 digits"),
        ('{"name": NaN}', "the argument is not a scenario: NaN is no number of JSON"),
        ('{"name": "x", "name": "x"}', "the argument is not a scenario: the key 'name' stands there twice"),
        ('{"name": "\\ud800"}', "the argument is not a scenario: not JSON that can be read: half of a surrogate"),
        ("x" * 5_000, "there is neither a file, nor a scenario, nor a clause called 'xxx"),
        ("/dev/zero", "/dev/zero is no regular file"),
    ],
)
def test_odd_texts_are_wrong_use(text: str, said: str) -> None:
    assert refused(text).startswith(said)


def test_a_pipe_without_a_writer_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(str(tmp_path / "pipe")).startswith(f"{tmp_path / 'pipe'} is no regular file")


def test_a_file_that_is_too_large_is_not_read(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_TEXT", 100)
    write("large.json", " " * 101)
    assert refused("large.json") == "large.json is too large: scenarios and results have at most 100 bytes"


def test_bytes_that_are_no_text_are_refused(write: Write, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_bytes(b"\xff\xfe")
    assert refused(str(tmp_path / "broken.json")).endswith(" holds no scenarios: it is not text in UTF-8")


def test_json_that_is_typed_and_broken_is_refused() -> None:
    assert refused('{"name": ').startswith("the argument, line 1 is not JSON, or is cut off: ")


def test_of_several_scenarios_one_must_be_chosen(write: Write) -> None:
    write("two.jsonl", f"{scenario_to_line(RIGHT)}\n{scenario_to_line(WRONG)}\n")
    assert refused("two.jsonl") == (
        "two.jsonl holds 2 scenarios; choose with --clause or --name: "
        "all-of-it (reader.read.all), hangs (reader.end.wakes)"
    )


def test_a_choice_that_is_not_there_is_told_with_those_that_are(write: Write) -> None:
    write("many.jsonl", "\n".join(json_of(RIGHT, name=f"n{number}") for number in range(7)))
    assert refused("many.jsonl", "--name", "n9") == (
        "many.jsonl holds no scenario called n9; it has n0 (reader.read.all), n1 (reader.read.all), "
        "n2 (reader.read.all), n3 (reader.read.all), n4 (reader.read.all), and 2 more"
    )
    assert "holds no scenario for flow.unpausable and called n1; it has" in refused(
        "many.jsonl", "--name", "n1", "--clause", "flow.unpausable"
    )
    assert "the corpus under reader.end.wakes holds no scenario called n1" in refused(
        "reader.end.wakes", "--name", "n1"
    )


def test_a_target_is_needed() -> None:
    ran = streamgauge("replay", "reader.end.wakes")
    assert ran.sentence == "missing option '--on' (see streamgauge replay --help)"
    assert ran.status == 3


# Connections.

POISONED = (Open(), Call(1, "wait_closed"), Call(2, "wait_closed"), Settle(), Cancel(1), Settle())
LINKED = (
    *(On(2, Serve("coroutine")), Open(linked=True), Do("write", (b"hi",)), Settle()),
    *(On(2, Call(1, "read", (2,))), Settle(), Do("close"), Settle()),
)


def test_a_fault_over_the_network_is_shown_beside_what_the_model_knows() -> None:
    ran = streamgauge("replay", json_of(Scenario("poisoned", POISONED, 4)), "--on", "asyncio")
    assert ran.status == 1
    assert "open, calls 1, 2 wait" in ran.out
    assert "> call 2 raised" in ran.out.replace("→", ">")
    assert "departs from writer.wait-closed.cancel-harmless" in ran.out


def test_a_script_of_a_connection_is_shown() -> None:
    ran = streamgauge("replay", json_of(Scenario("poisoned", POISONED, 4)), "--on", "asyncio", "--script")
    assert "    call2 = asyncio.create_task(call(2, writer.wait_closed))\n" in ran.out


def test_each_of_two_ends_is_shown_with_what_the_model_knows_of_it() -> None:
    ran = streamgauge("replay", json_of(Scenario("linked", LINKED, 4)), "--on", "asyncio", "--json")
    (one,) = json.loads(ran.out)["replays"]
    told = {(step["event"].get("on", 1), next(iter(step["event"]))): step["model"] for step in one["trace"]}
    assert ran.status == 0
    assert told[1, "quiet"] is None
    assert told[1, "lose"].startswith("lost")
    assert told[2, "feed"] == "open, unread b'hi'"
    shown = streamgauge("replay", json_of(Scenario("linked", LINKED, 4)), "--on", "asyncio")
    assert "conforms: everything that was observed is allowed" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 120
