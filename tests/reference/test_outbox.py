"""The sending half, without an event loop: its promises are futures of threads, of which there is one."""

from concurrent.futures import Future

import pytest

from streamgauge.reference.outbox import Outbox


def outbox() -> Outbox[Future[None]]:
    return Outbox(Future)


def promised(promise: Future[None] | None) -> Future[None]:
    assert promise is not None
    assert not promise.done()
    return promise


def test_at_first_there_is_room_and_no_end() -> None:
    box = outbox()
    assert not box.held
    assert not box.ended
    promised(box.ending())


def test_everybody_held_up_is_let_go_together_and_first_come_first() -> None:
    box = outbox()
    box.hold()
    order: list[int] = []
    for number in range(3):
        promised(box.room()).add_done_callback(lambda _, number=number: order.append(number))  # type: ignore[misc]  # a default is how a loop binds
    box.release()
    assert order == [0, 1, 2]
    assert not box.held


def test_who_was_let_go_is_not_held_again_by_the_next_pause() -> None:
    box = outbox()
    box.hold()
    promise = promised(box.room())
    box.release()
    box.hold()
    assert promise.result(0) is None
    promised(box.room())


def test_holding_twice_and_releasing_nothing_are_refused() -> None:
    box = outbox()
    with pytest.raises(AssertionError, match="not paused"):
        box.release()
    box.hold()
    with pytest.raises(AssertionError, match="paused already"):
        box.hold()
    assert box.held


@pytest.mark.parametrize("error", [None, OSError("cut")])
def test_the_end_reaches_everybody_who_waits_and_who_asks_later(error: OSError | None) -> None:
    box = outbox()
    box.hold()
    waiting = [promised(box.room()), promised(box.ending()), promised(box.ending())]
    box.end(error)
    assert [promise.exception(0) for promise in (*waiting, box.ending(), box.ending())] == [error] * 5


def test_after_the_end_there_is_never_room() -> None:
    box = outbox()
    box.hold()
    box.end(OSError("cut"))
    with pytest.raises(ConnectionResetError):
        box.room()
    box.release()
    assert box.ended
    with pytest.raises(ConnectionResetError):
        box.room()


def test_only_the_first_end_counts() -> None:
    box = outbox()
    first = OSError("first")
    box.end(first)
    box.end(OSError("second"))
    box.end(None)
    assert box.ending().exception(0) is first


def test_who_gave_up_is_passed_over_and_may_be_forgotten() -> None:
    box = outbox()
    box.hold()
    quitter, stayer = promised(box.room()), promised(box.room())
    leaver, waiter = promised(box.ending()), promised(box.ending())
    forgotten = promised(box.ending())
    quitter.cancel()
    leaver.cancel()
    box.forget(forgotten)
    box.forget(forgotten)
    box.release()
    box.end(None)
    assert stayer.result(0) is None
    assert waiter.result(0) is None
    assert not forgotten.done()
