"""The interpreter's own tests of its stream reader, run on the reference.

They look into the reader after each step: `WithWindows` lets them, reading only, and nothing but this file has it.
What they put into a reader's private attributes cannot work, and is listed in `EXCLUDED`.
"""

import asyncio
import importlib
import unittest
from types import ModuleType

import pytest

from streamgauge.reference import StreamReader

EXCLUDED = {
    "test___repr__transport": "assigns a transport to the private attribute _transport, and expects repr to show it",
}


class WithWindows(StreamReader):
    """The reference, with the private attributes that the interpreter's tests read."""

    @property
    def _buffer(self) -> bytes:
        inbox = self._inbox
        return b"".join((inbox._head[inbox._start :], *inbox._fresh, *inbox.unopened))


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
    """Make both the tests and the helpers of asyncio.streams, such as open_connection, use the reference."""
    monkeypatch.setattr(asyncio, "StreamReader", WithWindows)
    monkeypatch.setattr(asyncio.streams, "StreamReader", WithWindows)


def run(name: str) -> unittest.TestResult:
    assert MODULE is not None
    result = unittest.TestResult()
    MODULE.StreamTests(name).run(result)
    assert result.testsRun == 1
    for _, reason in result.skipped:
        pytest.skip(reason)
    return result


@pytest.mark.usefixtures("reference_in_asyncio")
@pytest.mark.parametrize("name", sorted(set(NAMES) - set(EXCLUDED)) or ["none"])
def test_the_reference_passes_the_interpreters_own_test(name: str) -> None:
    result = run(name)
    assert result.wasSuccessful(), "".join(text for _, text in result.errors + result.failures)


@pytest.mark.usefixtures("reference_in_asyncio")
@pytest.mark.parametrize("name", EXCLUDED)
def test_an_excluded_test_exists_and_still_fails(name: str) -> None:
    assert name in NAMES, f"{name} is gone: take it off the list"
    assert not run(name).wasSuccessful(), f"{name} passes: take it off the list"


def test_the_interpreters_tests_are_those_of_the_reader() -> None:
    """The list is found by name at run time: an empty or foreign one must not pass for success."""
    assert {"test_read_exception", "test_readuntil_multi_chunks", "test_at_eof", "test_exception_cancel"} <= set(NAMES)
