"""Handlers of every kind tell their arguments, and end as they are told."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from streamgauge.conformance.playing.handlers import HandlerFailed, Stage, handler
from streamgauge.conformance.worlds.loop import Loop, new_loop
from streamgauge.spec.alphabet import Handler

TASKS = ("coroutine", "partial", "object", "lambda")


class Staged:
    """Keeps the stage of a handler."""

    stage: Stage | None = None

    def __init__(self) -> None:
        self.called: list[Any] = []

    def __call__(self, *arguments: Any) -> Staged:
        self.called.append(arguments)
        return self


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = new_loop()
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(made)
    yield made
    asyncio._set_running_loop(before)


@pytest.mark.parametrize("kind", [kind for kind in get_args(Handler) if kind not in TASKS])
def test_a_plain_handler_tells_its_arguments_when_it_is_called(loop: Loop, kind: Any) -> None:
    staged = Staged()
    call = handler(kind, staged)
    if kind == "plain-raises":
        with pytest.raises(HandlerFailed):
            call(1, 2)
    else:
        result = call(1, 2)
        assert isinstance(result, asyncio.Future) == (kind == "future")
    assert staged.called == [(1, 2)]
    assert staged.stage is None


@pytest.mark.parametrize("kind", TASKS)
def test_a_coroutine_tells_its_arguments_when_it_runs_and_waits_for_its_end(loop: Loop, kind: Any) -> None:
    staged = Staged()
    task = loop.create_task(handler(kind, staged)(1, 2))
    assert staged.called == []
    loop.settle()
    assert staged.called == [(1, 2)]
    assert staged.stage is not None
    assert not task.done()
    staged.stage.conclude("returns")
    staged.stage.conclude("raises")
    loop.settle()
    assert task.result() is None


def test_a_coroutine_may_be_told_to_fail_or_be_cancelled(loop: Loop) -> None:
    for how, error in (("raises", HandlerFailed), ("cancelled", asyncio.CancelledError)):
        staged = Staged()
        task = loop.create_task(handler("coroutine", staged)())
        loop.settle()
        assert staged.stage is not None
        staged.stage.conclude(how)  # type: ignore[arg-type]  # both are endings
        loop.settle()
        with pytest.raises(error):
            task.result()


def test_each_kind_is_what_it_is_called() -> None:
    staged = Staged()
    assert inspect.iscoroutinefunction(handler("coroutine", staged))
    assert isinstance(handler("partial", staged), functools.partial)
    assert handler("lambda", staged).__name__ == "<lambda>"
    assert not inspect.isfunction(handler("object", staged))


def test_outside_of_a_task_there_is_nobody_to_cancel(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "current_task", lambda: None)
    Stage().conclude("cancelled")
