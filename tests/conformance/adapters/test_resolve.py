"""Targets: what can be named, and the one sentence for each way of naming nothing that can be checked."""

import asyncio
import builtins
import multiprocessing
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import streamgauge.conformance.adapters
import streamgauge.reference
from streamgauge.conformance import Verdict, check
from streamgauge.conformance.adapters import CAPABILITIES, Adapter, AdapterFault
from streamgauge.conformance.adapters.names import Names
from streamgauge.conformance.adapters.resolve import TargetError, resolve
from streamgauge.conformance.target import InProcess
from textbook import TextbookReader

Write = Callable[[str, str], None]


class Whole:
    """An adapter that is all there."""

    name = "whole"
    capabilities = frozenset({"read", "feed_data"})
    errors: Mapping[str, type[BaseException]] = {}

    def reader(self, loop: asyncio.AbstractEventLoop, *limit: Any) -> Any:
        return asyncio.StreamReader(loop=loop)


def refused(target: object) -> str:
    with pytest.raises(TargetError) as caught:
        resolve(target)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def made_by(adapter: Adapter) -> type:
    """The class of the readers that an adapter makes, in a running loop as always."""

    async def make() -> Any:
        return adapter.reader(asyncio.get_running_loop())

    return type(asyncio.run(make()))


# What can be named.


@pytest.mark.parametrize(
    ("target", "name", "maker"),
    [
        ("asyncio", "asyncio", asyncio.StreamReader),
        ("reference", "reference", streamgauge.reference.StreamReader),
        ("asyncio.streams", "asyncio.streams", asyncio.StreamReader),
        ("asyncio:StreamReader", "asyncio:StreamReader", asyncio.StreamReader),
        ("textbook:TextbookReader", "textbook:TextbookReader", TextbookReader),
        (asyncio, "asyncio", asyncio.StreamReader),
        (asyncio.StreamReader, "asyncio.streams:StreamReader", asyncio.StreamReader),
        (SimpleNamespace(StreamReader=TextbookReader), "SimpleNamespace", TextbookReader),
    ],
)
def test_names_of_streams_are_found_and_keep_the_name_they_were_given(target: object, name: str, maker: type) -> None:
    adapter = resolve(target)
    assert adapter.name == name
    assert made_by(adapter) is maker


def test_the_name_of_a_class_is_text_that_resolves_to_it() -> None:
    name = resolve(TextbookReader).name
    assert resolve(name).name == name == "textbook:TextbookReader"


def test_an_attribute_of_an_attribute_is_found(write: Write) -> None:
    write("nested.py", "import asyncio\nclass Outer:\n    class Inner:\n        StreamReader = asyncio.StreamReader\n")
    assert resolve("nested:Outer.Inner").name == "nested:Outer.Inner"


def test_the_current_folder_comes_first_and_stands_on_the_path_once(write: Write, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    write("elsewhere/mystreams.py", "raise AssertionError('the wrong one')")
    write("mystreams.py", "from asyncio import StreamReader")
    sys.path[:0] = [str(tmp_path / "elsewhere"), str(tmp_path)]
    resolve("mystreams")
    resolve("mystreams")
    assert sys.path[0] == str(tmp_path)
    assert sys.path.count(str(tmp_path)) == 1


def test_a_path_that_has_the_current_folder_first_by_its_empty_name_is_left_alone(write: Write) -> None:
    write("mystreams.py", "from asyncio import StreamReader")
    sys.path.insert(0, "")
    before = list(sys.path)
    resolve("mystreams")
    assert sys.path == before


def test_an_interpreter_that_is_told_to_be_safe_does_not_look_here(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("mystreams.py", "from asyncio import StreamReader")
    monkeypatch.setattr(sys, "flags", SimpleNamespace(safe_path=True, verbose=0))
    assert "there is no module mystreams" in refused("mystreams")


def test_a_shipped_name_goes_before_a_module_in_the_current_folder(write: Write) -> None:
    write("reference.py", "raise AssertionError('not this one')")
    assert resolve("reference").name == "reference"


def resolve_elsewhere(name: str) -> str:
    return resolve(name).name


def test_text_resolves_in_another_process_as_it_does_here(write: Write) -> None:
    write("mystreams.py", "from asyncio import StreamReader")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(resolve_elsewhere, ["mystreams"]) == resolve("mystreams").name


# Adapters.


def test_an_adapter_is_itself() -> None:
    whole = Whole()
    assert resolve(whole) is whole


def test_a_class_of_adapters_is_called_without_arguments() -> None:
    assert isinstance(resolve(Whole), Whole)


def test_a_namespace_with_all_the_attributes_is_an_adapter() -> None:
    loose = SimpleNamespace(name="loose", capabilities={"read"}, errors={}, reader=lambda loop, *limit: None)
    assert resolve(loose).name == "loose"


@pytest.mark.parametrize("last", ["streamgauge_adapter = Mine", "streamgauge_adapter = Mine()"])
def test_the_adapter_that_a_module_keeps_goes_before_its_names(write: Write, last: str) -> None:
    write(
        "kept.py",
        "from asyncio import StreamReader\n"
        "class Mine:\n"
        "    name, capabilities, errors = 'mine', frozenset({'read'}), {}\n"
        "    def reader(self, loop, *limit): return StreamReader(loop=loop)\n" + last,
    )
    assert resolve("kept").name == "mine"
    assert resolve("kept:StreamReader").name == "kept:StreamReader"


def test_a_module_with_a_part_named_reader_is_no_adapter_for_that() -> None:
    module = ModuleType("parts")
    module.reader = ModuleType("parts.reader")  # type: ignore[attr-defined]  # as importing a part of a package does
    assert "parts holds no stream" in refused(module)


def faulty_adapter(target: object) -> str:
    with pytest.raises(AdapterFault) as caught:
        resolve(target)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def altered(**attributes: object) -> object:
    return type("Altered", (Whole,), attributes)()


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"name": ""}, "the name of Altered must be a text that is not empty"),
        ({"name": None}, "the name of Altered must be a text"),
        ({"capabilities": "read"}, "the capabilities of Altered must be a set of names, not a str"),
        ({"capabilities": None}, "the capabilities of Altered must be a set of names, not a NoneType"),
        ({"capabilities": [["read"]]}, "the capabilities of Altered must be a set of names, and hold a list"),
        ({"capabilities": {1}}, "must be a set of names, and hold an int"),
        ({"capabilities": {"readlin", "read"}}, "hold 'readlin', which is none: did you mean readline?"),
        ({"capabilities": {"telepathy", "read"}}, "hold 'telepathy', which is none: `streamgauge smoke asyncio` shows"),
        ({"capabilities": set()}, "hold no read method, so that nothing could be read"),
        ({"capabilities": {"read", "LimitOverrunError"}}, "declares LimitOverrunError, but its errors have no class"),
        ({"reader": None}, "the reader of Altered must be a method that makes a reader, not a NoneType"),
        ({"errors": []}, "the errors of Altered must be a mapping from documented names to exception classes"),
        ({"errors": {3: ValueError}}, "must have texts as keys, not an int"),
        ({"errors": {"LimitOverrunError": int}}, "and LimitOverrunError is the class int"),
        ({"errors": {"LimitOverrunError": ValueError()}}, "and LimitOverrunError is a ValueError"),
        ({"errors": property(lambda _: vars()["gone"])}, "the errors of Altered cannot be read: KeyError: 'gone'"),
    ],
)
def test_what_is_wrong_with_an_adapter_is_said(attributes: dict[str, object], said: str) -> None:
    assert said in faulty_adapter(altered(**attributes))


@pytest.mark.parametrize("kind", [set, list, tuple, frozenset])
def test_capabilities_may_stand_in_any_collection(kind: Callable[[Iterable[str]], object]) -> None:
    adapter = altered(capabilities=kind(("read", "feed_data")))
    assert InProcess(resolve(adapter)).capabilities == {"read", "feed_data"}
    assert check(adapter, only=["reader.read.soon"], effort="quick", jobs=1).capabilities == {"read", "feed_data"}


def test_a_reader_that_is_a_coroutine_function_is_refused() -> None:
    async def reader(loop: asyncio.AbstractEventLoop, *limit: Any) -> Any:
        return asyncio.StreamReader(loop=loop)

    assert "must be a plain method, not a coroutine function" in faulty_adapter(altered(reader=reader))


@pytest.mark.parametrize(
    ("half", "missing"),
    [
        (SimpleNamespace(capabilities={"read"}), "name"),
        (SimpleNamespace(name="half", reader=print), "capabilities"),
        (SimpleNamespace(name="half", capabilities={"read"}), "reader"),
        (SimpleNamespace(name="half", capabilities={"read"}, reader=print), "errors"),
    ],
)
def test_half_an_adapter_is_a_fault_that_names_what_is_missing(half: object, missing: str) -> None:
    sentence = faulty_adapter(half)
    assert f"is half an adapter: it has no {missing}" in sentence
    assert "an adapter has name, capabilities, reader, errors" in sentence


def test_what_a_module_keeps_as_its_adapter_has_to_be_one(write: Write) -> None:
    write("kept.py", "from asyncio import StreamReader\nstreamgauge_adapter = 5")
    assert "kept:streamgauge_adapter is half an adapter" in faulty_adapter("kept")


def test_a_class_of_adapters_that_cannot_be_made_is_a_fault() -> None:
    class Demanding(Whole):
        def __init__(self, more: int) -> None: ...

    assert "without arguments failed with TypeError: " in faulty_adapter(Demanding)


# Each way of naming nothing.


@pytest.mark.parametrize("text", ["", ":", "a:", ":a", "a::b", "a..b", ".a", "a b", "a-b", "a:b-c", "3d"])
def test_malformed_text_is_refused_with_the_forms_there_are(text: str) -> None:
    assert refused(text).startswith(
        f"{text!r} is not the name of a target: write asyncio, reference, aiohttp, package."
    )


@pytest.mark.parametrize("text", ["mystreams.py", "./mystreams", "src/mystreams.py"])
def test_a_path_is_recognised(text: str) -> None:
    assert "looks like a path, and a target is the name of a module" in refused(text)


def test_a_module_that_is_not_there(write: Write) -> None:
    assert refused("nowhere_at_all") == (
        "there is no module nowhere_at_all: install it, or run streamgauge from the folder that holds it"
    )


@pytest.mark.parametrize(
    ("wrong", "right"), [("mystream", "mystreams"), ("asynico", "asyncio"), ("refrence", "reference")]
)
def test_a_module_with_a_name_like_it_is_suggested(write: Write, wrong: str, right: str) -> None:
    write("mystreams.py", "")
    assert refused(wrong) == f"there is no module {wrong}: did you mean {right}?"


def test_a_package_that_is_not_there(write: Write) -> None:
    assert refused("nowhere_at_all.streams").startswith(
        "there is no module nowhere_at_all, in which nowhere_at_all.stre"
    )


def test_a_module_that_a_package_lacks(write: Write) -> None:
    write("package/__init__.py", "")
    write("package/streams.py", "")
    assert refused("package.stream") == "the package package has no module stream: did you mean package.streams?"


def test_an_attribute_written_as_a_module(write: Write) -> None:
    write("mystreams.py", "class Reader: ...")
    assert refused("mystreams.Reader") == (
        "mystreams is a module and no package, and has no module Reader in it: write mystreams:Reader"
    )
    assert refused("mystreams.Other").endswith("has no module Other in it")


def test_a_module_written_as_an_attribute(write: Write) -> None:
    write("package/__init__.py", "")
    write("package/streams.py", "")
    assert refused("package:streams") == "streams is a module of the package package: write package.streams"


def test_a_module_that_needs_another_which_is_missing(write: Write) -> None:
    write("mystreams.py", "\nimport nowhere_at_all\n")
    assert refused("mystreams") == (
        "importing mystreams failed, because it needs the module 'nowhere_at_all', which is missing (mystreams.py:2)"
    )


def test_a_module_that_needs_a_name_which_is_missing(write: Write) -> None:
    write("mystreams.py", "import os\nfrom inner import nothing")
    write("inner.py", "")
    sentence = refused("mystreams")
    assert sentence.startswith("importing mystreams failed with ImportError: cannot import name 'nothing' from 'inner'")
    assert sentence.endswith(" (mystreams.py:2)")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero (mystreams.py:1)"),
        ("\nraise SystemExit(3)", "SystemExit: 3 (mystreams.py:2)"),
        ("\n\nx = = 1", "SyntaxError: invalid syntax (mystreams.py:3)"),
        ("raise ValueError", "ValueError (mystreams.py:1)"),
        ("raise ValueError('first\\nsecond')", "ValueError: first (mystreams.py:1)"),
        ("raise ValueError(f'at {id(1):#x}')", "ValueError: at 0x… (mystreams.py:1)"),
        (
            "import json\njson.loads('')",
            "JSONDecodeError: Expecting value: line 1 column 1 (char 0) (mystreams.py:2)",
        ),
        (
            "class Silent(Exception):\n    def __str__(self): raise OSError\nraise Silent",
            "Silent: (its message cannot be read) (mystreams.py:3)",
        ),
        (
            "class Leaving(Exception):\n    def __str__(self): raise SystemExit\nraise Leaving",
            "Leaving: (its message cannot be read) (mystreams.py:3)",
        ),
    ],
)
def test_a_module_that_fails_on_import(write: Write, text: str, said: str) -> None:
    write("mystreams.py", text)
    assert refused("mystreams") == f"importing mystreams failed with {said}"


def test_the_place_is_in_the_module_that_failed(write: Write) -> None:
    write("mystreams.py", "import inner")
    write("inner.py", "\n\n1 / 0")
    assert refused("mystreams").endswith("(inner.py:3)")


def test_a_place_outside_of_the_current_folder_is_told_whole(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("mystreams.py", "1 / 0")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    sys.path.append(str(tmp_path))
    assert refused("mystreams").endswith(f"({tmp_path}/mystreams.py:1)")


def test_ctrl_c_during_an_import_is_no_fault_of_the_module(write: Write) -> None:
    write("mystreams.py", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        resolve("mystreams")


def test_an_object_that_is_not_there(write: Write) -> None:
    write("mystreams.py", "class Reader:\n    class Inner: ...")
    assert refused("mystreams:Raeder") == "there is no Raeder in mystreams: did you mean mystreams:Reader?"
    assert refused("mystreams:Reader.Iner") == (
        "there is no Iner in mystreams:Reader: did you mean mystreams:Reader.Inner?"
    )
    assert refused("mystreams:zzz") == "there is no zzz in mystreams"


def test_an_object_that_cannot_be_looked_up(write: Write) -> None:
    write("mystreams.py", "def __getattr__(name):\n    return 1 / 0 if name == 'late' else None")
    assert refused("mystreams:late") == (
        "looking up late in mystreams failed with ZeroDivisionError: division by zero (mystreams.py:2)"
    )


def test_a_module_that_fails_when_it_is_looked_into(write: Write) -> None:
    write("mystreams.py", "def __getattr__(name):\n    return 1 / 0")
    write("hopeless.py", "class Hopeless:\n    def __getattr__(self, name): return 1 / 0\nit = Hopeless()")
    assert refused("hopeless:it").startswith("looking into hopeless:it failed with ZeroDivisionError")


def test_an_object_without_any_stream_name() -> None:
    assert refused("json") == (
        "json holds no stream: none of StreamReader, StreamWriter, StreamReaderProtocol, open_connection, "
        "start_server, nor read, readline, readexactly, readuntil, __anext__ of its own, "
        "nor the capabilities and reader of an adapter"
    )


@pytest.mark.parametrize("target", [None, 3, b"asyncio", builtins.object(), print])
def test_things_without_any_stream_name_are_told_without_an_address(target: object) -> None:
    sentence = refused(target)
    assert sentence.startswith(f"{type(target).__name__} holds no stream: ")
    assert not re.search("0x", sentence)


def test_a_class_that_might_be_meant_is_suggested(write: Write) -> None:
    write("mystreams.py", "class Mine:\n    async def readline(self): ...\nclass Other: ...")
    assert refused("mystreams").endswith(": did you mean mystreams:Mine?")


def test_a_reader_instead_of_its_class() -> None:
    assert "SimpleNamespace is a reader, and its class is needed" in refused(SimpleNamespace(readline=print))


def test_a_module_with_a_function_called_read_is_no_reader_for_that() -> None:
    assert refused("os").startswith("os holds no stream: none of StreamReader, ")


def test_a_module_that_reads_as_streams_do_is_told_to_name_a_class(write: Write) -> None:
    write("mystreams.py", "async def read(n=-1): ...")
    assert "mystreams is a reader, and its class is needed" in refused("mystreams")


@pytest.mark.parametrize(("wrong", "said"), [(5, "is no class"), (print, "is no class"), (int, "has no read method")])
def test_a_stream_reader_that_is_none(wrong: object, said: str) -> None:
    assert f"the StreamReader of SimpleNamespace {said}" in refused(SimpleNamespace(StreamReader=wrong))


def test_a_constructor_that_demands_more_is_told() -> None:
    class Demanding(TextbookReader):
        def __init__(self, protocol: object, limit: int = 9) -> None: ...

    sentence = refused(Demanding)
    assert sentence.endswith(
        "cannot be made without arguments (missing a required argument: 'protocol'): write an adapter"
    )


def test_a_constructor_whose_parameters_cannot_be_seen_is_tried() -> None:
    class Hidden(TextbookReader):
        __signature__ = "no signature"

    assert "read" in resolve(Hidden).capabilities


def test_aiohttp_that_is_not_installed_is_told_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.delitem(sys.modules, "streamgauge.conformance.adapters.aiohttp", raising=False)
    monkeypatch.delattr(streamgauge.conformance.adapters, "aiohttp", raising=False)
    assert refused("aiohttp") == 'aiohttp is not installed: run pip install "streamgauge[aiohttp]"'


def test_the_adapter_of_aiohttp_comes_with_the_suite() -> None:
    assert resolve("aiohttp").name == "aiohttp"


def test_an_adapter_of_aiohttp_that_is_broken_otherwise_is_no_target_of_that_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "logging", None)
    monkeypatch.delitem(sys.modules, "streamgauge.conformance.adapters.aiohttp", raising=False)
    monkeypatch.delattr(streamgauge.conformance.adapters, "aiohttp", raising=False)
    with pytest.raises(ModuleNotFoundError, match="logging"):
        resolve("aiohttp")


def test_names_is_what_names_resolve_to() -> None:
    assert isinstance(resolve("asyncio"), Names)


@pytest.mark.parametrize(
    ("name", "has"),
    [
        ("StreamWriter", {"connection", "write", "drain", "transport"}),
        ("open_connection", {"connection", "open_connection", "StreamReaderProtocol", "read", "write"}),
        ("start_server", {"start_server", "read", "write"}),
        ("StreamReader", {"read", "feed_data"}),
    ],
)
def test_what_has_one_name_of_the_streams_is_a_target(name: str, has: set[str]) -> None:
    adapter = resolve(SimpleNamespace(**{name: getattr(asyncio, name)}))
    assert has <= adapter.capabilities
    assert adapter.capabilities < CAPABILITIES


def test_a_class_of_writers_is_a_target() -> None:
    assert "read" not in resolve(asyncio.StreamWriter).capabilities
    results = check(asyncio.StreamWriter, effort="quick", jobs=1, only=("writer.write", "reader.read"))
    verdicts = {one.clause.id: one.verdict for one in results.clauses}
    assert verdicts["writer.write.order"] is Verdict.PASS
    assert verdicts["reader.read.soon"] is Verdict.NOT_APPLICABLE
