"""The interpreter's own tests of its streams, the whole module of them, run on the reference.

Every name of `asyncio.streams` is replaced, there and in `asyncio`, while one of them runs. None is left out.
"""

import asyncio
import importlib
import unittest
from types import ModuleType

import pytest

import streamgauge.reference
from streamgauge.reference import StreamReaderProtocol


def flow_control(loop: asyncio.AbstractEventLoop) -> StreamReaderProtocol:
    """For asyncio's FlowControlMixin, which the reference has in its protocol and not by itself."""
    return StreamReaderProtocol(None, loop=loop)


REPLACED: dict[str, object] = {
    **{name: getattr(streamgauge.reference, name) for name in asyncio.streams.__all__},
    "FlowControlMixin": flow_control,
}


def interpreters_tests() -> ModuleType | None:
    try:
        return importlib.import_module("test.test_asyncio.test_streams")
    except ImportError:
        return None  # Many distributions package the interpreter's tests separately.


MODULE = interpreters_tests()
NAMES = unittest.TestLoader().getTestCaseNames(MODULE.StreamTests) if MODULE else []
pytestmark = [
    pytest.mark.skipif(MODULE is None, reason="this Python comes without its test package"),
    # Theirs to silence: child watchers, policies and unclosed transports are not the reader's.
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture
def reference_in_asyncio(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the tests, and the subprocesses of asyncio, the reference."""
    for name, replacement in REPLACED.items():
        monkeypatch.setattr(asyncio.streams, name, replacement)
        if hasattr(asyncio, name):
            monkeypatch.setattr(asyncio, name, replacement)


def run(name: str) -> unittest.TestResult:
    assert MODULE is not None
    result = unittest.TestResult()
    MODULE.StreamTests(name).run(result)
    assert result.testsRun == 1
    for _, reason in result.skipped:
        pytest.skip(reason)
    return result


@pytest.mark.usefixtures("reference_in_asyncio")
@pytest.mark.parametrize("name", NAMES or ["none"])
def test_the_reference_passes_the_interpreters_own_test(name: str) -> None:
    result = run(name)
    assert result.wasSuccessful(), "".join(text for _, text in result.errors + result.failures)


def test_the_interpreters_tests_are_those_of_the_streams() -> None:
    """The list is found by name at run time: an empty or foreign one must not pass for success."""
    of_readers = {"test_read_exception", "test_readuntil_multi_chunks", "test_at_eof", "test_exception_cancel"}
    of_the_rest = {"test_multiple_drain", "test_drain_raises", "test_start_server", "test_wait_closed_on_close"}
    assert of_readers | of_the_rest <= set(NAMES)
