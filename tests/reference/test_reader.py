"""The reader on a real event loop. Fed, woken and cancelled by hand, turn by turn."""

import asyncio
import inspect
import pickle
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamgauge.reference import IncompleteReadError, LimitOverrunError, StreamReader
from streamgauge.reference.reader import DEFAULT_LIMIT

Read = Callable[[StreamReader], Coroutine[object, object, bytes]]

READS: dict[str, Read] = {
    "read": lambda reader: reader.read(3),
    "readexactly": lambda reader: reader.readexactly(3),
    "readuntil": lambda reader: reader.readuntil(b"c"),
    "readline": lambda reader: reader.readline(),
    "iteration": lambda reader: reader.__anext__(),
    "read-all": lambda reader: reader.read(),
}
every_read = pytest.mark.parametrize("read", READS.values(), ids=READS)


async def quiet() -> None:
    """Let everything run that can: no chain of wake-ups here is longer."""
    for _ in range(10):
        await asyncio.sleep(0)


class Transport:
    """Notes pauses and resumptions; may deliver in the very moment it is resumed."""

    def __init__(self, on_resume: Callable[[], None] = lambda: None) -> None:
        self.asked: list[str] = []
        self.on_resume = on_resume

    def pause_reading(self) -> None:
        self.asked.append("pause")

    def resume_reading(self) -> None:
        self.asked.append("resume")
        self.on_resume()


async def parked(coroutine: Coroutine[object, object, bytes]) -> asyncio.Task[bytes]:
    task = asyncio.create_task(coroutine)
    await quiet()
    assert not task.done()
    return task


# A drop-in


@pytest.mark.parametrize("name", [n for n in vars(asyncio.StreamReader) if not n.startswith("_")] + ["__init__"])
def test_every_public_method_is_called_as_in_asyncio(name: str) -> None:
    def shape(owner: type) -> list[tuple[str, object, object]]:
        method = getattr(owner, name)
        return [(p.name, p.kind, p.default) for p in inspect.signature(method).parameters.values()]

    assert shape(StreamReader) == shape(asyncio.StreamReader)
    assert inspect.iscoroutinefunction(getattr(StreamReader, name)) == inspect.iscoroutinefunction(
        getattr(asyncio.StreamReader, name)
    )


def test_the_errors_are_those_of_asyncio_and_survive_pickling() -> None:
    assert IncompleteReadError is asyncio.IncompleteReadError
    assert LimitOverrunError is asyncio.LimitOverrunError
    assert pickle.loads(pickle.dumps(IncompleteReadError(b"ab", 3))).partial == b"ab"
    assert pickle.loads(pickle.dumps(LimitOverrunError("far", 7))).consumed == 7


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_is_not_positive_is_refused_before_a_loop_is_sought(limit: int) -> None:
    with pytest.raises(ValueError, match="Limit cannot be <= 0"):
        StreamReader(limit)


@pytest.mark.asyncio
async def test_the_default_limit_is_64_kib() -> None:
    reader = StreamReader()
    reader.feed_data(b"x" * 65536 + b"\n" + b"x" * 65537 + b"\n")
    assert len(await reader.readline()) == 65537
    with pytest.raises(LimitOverrunError):
        await reader.readuntil()


OUTSIDE_A_LOOP = """
import asyncio, gc, sys, warnings
from streamgauge.reference import StreamReader
gc.disable()  # The loop of the first is dropped; what it says when collected is not the question.
def outcome(make):
    asyncio.set_event_loop_policy(None) if sys.version_info < (3, 14) else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            make()
        except RuntimeError as error:
            return str(error)
    return [(warning.category.__name__, str(warning.message)) for warning in caught]
ours, theirs = outcome(StreamReader), outcome(asyncio.StreamReader)
assert ours == theirs, (ours, theirs)
"""


def test_without_a_loop_it_does_what_the_interpreters_own_reader_does() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", OUTSIDE_A_LOOP], check=True)


@pytest.mark.parametrize("optimised", [[], ["-O"]])
def test_data_after_the_end_is_refused_even_when_asserts_are_off(optimised: list[str]) -> None:
    script = """
import asyncio
from streamgauge.reference import StreamReader
reader = StreamReader(loop=asyncio.new_event_loop())
reader.feed_eof()
for data in (b"late", b""):
    try:
        reader.feed_data(data)
    except AssertionError:
        continue
    raise SystemExit(f"{data!r} was accepted")
reader._loop.close()
"""
    subprocess.run([sys.executable, *optimised, "-c", script], check=True)


@pytest.mark.asyncio
async def test_asyncios_own_protocol_drives_it() -> None:
    reader = StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)  # type: ignore[arg-type]  # a drop-in, though no subclass
    protocol.data_received(b"data")
    protocol.eof_received()
    assert await reader.read() == b"data"


@pytest.mark.asyncio
async def test_its_repr_tells_its_state() -> None:
    reader = StreamReader(limit=4)
    assert repr(reader) == "<StreamReader limit=4>"
    task = await parked(reader.read(1))
    assert "waiter=<Future pending" in repr(reader)
    reader.set_exception(KeyError("k"))
    with pytest.raises(KeyError):
        await task
    reader.set_transport(Transport())
    reader.feed_data(b"123456789")
    reader.feed_eof()
    assert repr(reader).startswith("<StreamReader 9 bytes eof limit=4 exception=KeyError('k') transport=<")
    assert repr(reader).endswith(" paused>")
    assert DEFAULT_LIMIT == 65536


# Reading what is there, and what comes


@every_read
@pytest.mark.asyncio
async def test_a_read_that_need_not_wait_does_not_suspend_and_gives_bytes(read: Read) -> None:
    reader = StreamReader()
    reader.feed_data(bytearray(b"ab"))
    reader.feed_data(b"c\n")
    reader.feed_eof()
    with pytest.raises(StopIteration) as returned:
        read(reader).send(None)
    assert type(returned.value.value) is bytes


@every_read
@pytest.mark.asyncio
async def test_a_waiting_read_gets_what_comes_byte_by_byte(read: Read) -> None:
    whole = b"abc\n"
    reader = StreamReader()
    task = asyncio.create_task(read(reader))
    for byte in whole:
        await quiet()
        reader.feed_data(bytes([byte]))
    await quiet()
    reader.feed_eof()
    assert await task == {"read": b"a", "readexactly": b"abc", "readuntil": b"abc"}.get(name_of(read), whole)


def name_of(read: Read) -> str:
    return next(name for name, each in READS.items() if each is read)


@pytest.mark.asyncio
async def test_iteration_gives_each_line_then_stops_for_good() -> None:
    reader = StreamReader()
    reader.feed_data(b"one\n\nlast")
    reader.feed_eof()
    assert reader.__aiter__() is reader
    assert [line async for line in reader] == [b"one\n", b"\n", b"last"]
    assert [line async for line in reader] == []
    assert reader.at_eof()


@pytest.mark.asyncio
async def test_a_negative_count_means_all() -> None:
    reader = StreamReader(limit=2)
    reader.feed_data(b"more than the limit")
    reader.feed_eof()
    assert await reader.read(-7) == b"more than the limit"
    assert await reader.read(-7) == b""


@pytest.mark.asyncio
async def test_the_end_is_reached_only_when_fed_and_drained() -> None:
    reader = StreamReader()
    assert not reader.at_eof()
    reader.feed_data(b"a")
    reader.feed_eof()
    reader.feed_eof()
    assert not reader.at_eof()
    await reader.read(1)
    assert reader.at_eof()
    reader.set_exception(OSError())
    assert reader.at_eof()


@pytest.mark.asyncio
async def test_data_and_the_end_in_one_turn_are_both_seen() -> None:
    reader = StreamReader()
    task = await parked(reader.readexactly(3))
    reader.feed_data(b"ab")
    reader.feed_eof()
    with pytest.raises(IncompleteReadError) as caught:
        await task
    assert (caught.value.partial, caught.value.expected) == (b"ab", 3)


@pytest.mark.parametrize("separator", [b"--", (b"-x", b"--"), bytearray(b"--"), memoryview(b"--")])
@pytest.mark.asyncio
async def test_separators_of_any_shape_are_found_across_chunks(separator: bytes) -> None:
    reader = StreamReader()
    task = await parked(reader.readuntil(separator))
    for chunk in (b"a-", b"b", b"-", b"-c"):
        reader.feed_data(chunk)
        await quiet()
    assert await task == b"a-b--"


@pytest.mark.parametrize("separator", ["x", 1, None, [b"x"], ("x",)])
@pytest.mark.asyncio
async def test_a_wrong_separator_fails_at_once_and_takes_nothing(separator: bytes) -> None:
    reader = StreamReader()
    with pytest.raises(TypeError):
        await reader.readuntil(separator)
    reader.feed_data(b"x")
    with pytest.raises(TypeError):
        await reader.readuntil(separator)
    assert await reader.read(5) == b"x"


@pytest.mark.parametrize("separator", [b"", (), (b"a", b"")])
@pytest.mark.asyncio
async def test_an_empty_separator_is_refused_before_the_stored_exception(separator: bytes) -> None:
    reader = StreamReader()
    reader.set_exception(OSError())
    with pytest.raises(ValueError, match="Separator"):
        await reader.readuntil(separator)


@given(
    st.lists(st.text("ab\n", max_size=5).map(str.encode), max_size=6),
    st.lists(st.sampled_from([*"0123", "line", "exact2", "until", "all"]), max_size=6),
    st.integers(1, 6),
)
def test_on_the_same_chunks_it_answers_as_asyncio_does(chunks: list[bytes], calls: list[str], limit: int) -> None:
    async def answers(reader: asyncio.StreamReader | StreamReader) -> list[object]:
        for chunk in chunks:
            reader.feed_data(chunk)
        reader.feed_eof()
        return [await answer(reader, call) for call in calls]

    async def answer(reader: asyncio.StreamReader | StreamReader, call: str) -> object:
        reads: dict[str, Callable[[], Awaitable[bytes]]] = {
            "line": reader.readline,
            "exact2": lambda: reader.readexactly(2),
            "until": lambda: reader.readuntil(b"ab"),
            "all": reader.read,
        }
        try:
            return await reads.get(call, lambda: reader.read(int(call)))(), reader.at_eof()
        except (ValueError, EOFError, LimitOverrunError) as error:
            return type(error), str(error), vars(error), reader.at_eof()

    async def both() -> None:
        assert await answers(StreamReader(limit)) == await answers(asyncio.StreamReader(limit))

    asyncio.run(both())


# The stored exception


@every_read
@pytest.mark.asyncio
async def test_a_waiting_read_and_every_later_one_raise_the_very_exception(read: Read) -> None:
    reader, broken = StreamReader(), ConnectionResetError()
    assert reader.exception() is None
    task = await parked(read(reader))
    reader.set_exception(broken)
    assert reader.exception() is broken
    for awaitable in (task, read(reader)):
        with pytest.raises(ConnectionResetError) as caught:
            await awaitable
        assert caught.value is broken


@every_read
@pytest.mark.asyncio
async def test_data_and_an_exception_in_one_turn_do_not_hang_a_read(read: Read) -> None:
    reader = StreamReader()
    task = await parked(read(reader))
    reader.feed_data(b"a")
    reader.set_exception(ConnectionResetError())
    await quiet()
    assert task.done()
    assert isinstance(task.exception(), ConnectionResetError)
    reader.set_exception(None)
    assert await reader.read(9) == b"a"


@pytest.mark.asyncio
async def test_an_exception_that_is_cleared_in_the_same_turn_still_ends_the_read() -> None:
    reader, broken = StreamReader(), OSError()
    task = await parked(reader.read(1))
    reader.set_exception(broken)
    reader.set_exception(None)
    await quiet()
    assert task.exception() is broken


@pytest.mark.asyncio
async def test_clearing_leaves_a_waiting_read_waiting() -> None:
    reader = StreamReader()
    task = await parked(reader.read(1))
    reader.set_exception(None)
    await quiet()
    assert not task.done()
    reader.feed_data(b"a")
    assert await task == b"a"


@pytest.mark.asyncio
async def test_of_an_exception_class_an_instance_is_raised() -> None:
    reader = StreamReader()
    task = await parked(reader.read(1))
    reader.set_exception(KeyError)
    for awaitable in (task, reader.read(1)):
        with pytest.raises(KeyError):
            await awaitable


@pytest.mark.parametrize("stop", [StopIteration, StopIteration(b"result")])
@pytest.mark.asyncio
async def test_a_stop_iteration_never_looks_like_a_result(stop: BaseException | type[BaseException]) -> None:
    reader = StreamReader()
    task = await parked(reader.read(1))
    reader.set_exception(stop)
    for awaitable in (task, reader.read(1)):
        with pytest.raises(RuntimeError, match="StopIteration"):
            await awaitable


# Overlapping readers


@every_read
@pytest.mark.asyncio
async def test_a_second_reader_that_must_wait_is_refused_and_the_first_undisturbed(read: Read) -> None:
    reader = StreamReader()
    first = await parked(reader.readexactly(2))
    method = {"read-all": "read", "readline": "readuntil", "iteration": "readuntil"}.get(name_of(read), name_of(read))
    with pytest.raises(RuntimeError, match=rf"^{method}\(\) called while another coroutine is already waiting"):
        await read(reader)
    reader.feed_data(b"ab")
    assert await first == b"ab"


@pytest.mark.asyncio
async def test_a_refused_read_of_all_gives_back_what_it_had_taken() -> None:
    reader = StreamReader()
    first = await parked(reader.readexactly(4))
    reader.feed_data(b"abc")
    await quiet()
    with pytest.raises(RuntimeError):
        await reader.read()
    reader.feed_data(b"d")
    assert await first == b"abcd"


@pytest.mark.asyncio
async def test_a_second_reader_that_need_not_wait_takes_the_bytes() -> None:
    reader = StreamReader()
    first = await parked(reader.readexactly(3))
    reader.feed_data(b"ab")
    await quiet()
    assert await reader.read(1) == b"a"
    assert await reader.readexactly(0) == b""
    reader.feed_data(b"cd")
    assert await first == b"bcd"


@pytest.mark.asyncio
async def test_a_woken_reader_that_finds_nothing_waits_on_instead_of_seeing_the_end() -> None:
    reader = StreamReader()
    first = await parked(reader.read(9))
    reader.feed_data(b"ab")
    assert await reader.read(9) == b"ab"  # before the first one ran
    await quiet()
    assert not first.done()
    reader.feed_data(b"c")
    assert await first == b"c"


async def parked_in_the_gap(reader: StreamReader, data: bytes, n: int) -> asyncio.Task[bytes]:
    """Begin readexactly(n) after `data` has woken a waiting reader, and before that one resumes."""
    newcomer = asyncio.create_task(reader.readexactly(n))  # is scheduled first, hence runs first
    reader.feed_data(data)
    await quiet()
    assert not newcomer.done()
    return newcomer


@pytest.mark.asyncio
async def test_a_newcomer_keeps_its_place_when_the_woken_reader_is_served() -> None:
    reader = StreamReader()
    first = await parked(reader.read(1))
    newcomer = await parked_in_the_gap(reader, b"a", 3)
    assert first.result() == b"a"
    reader.feed_data(b"bcd")
    await quiet()
    assert newcomer.result() == b"bcd"


@pytest.mark.asyncio
async def test_a_woken_reader_that_must_wait_again_stays_before_the_newcomer() -> None:
    reader = StreamReader()
    first = await parked(reader.readuntil((b"c", b"!")))
    newcomer = await parked_in_the_gap(reader, b"ab", 4)
    assert not first.done()
    assert repr(reader).count("waiter=<Future pending") == 2
    reader.feed_data(b"cdef")
    await quiet()
    assert first.result() == b"abc"
    reader.feed_data(b"g")
    await quiet()
    assert newcomer.result() == b"defg"


@pytest.mark.asyncio
async def test_while_two_wait_a_third_is_refused() -> None:
    reader = StreamReader()
    first = await parked(reader.readuntil((b"c", b"!")))
    newcomer = await parked_in_the_gap(reader, b"ab", 4)
    with pytest.raises(RuntimeError, match="already waiting"):
        await reader.readline()
    reader.feed_eof()
    await quiet()
    assert isinstance(first.exception(), IncompleteReadError)
    assert isinstance(newcomer.exception(), IncompleteReadError)


@pytest.mark.asyncio
async def test_of_two_that_wait_the_first_is_cancelled_and_the_other_served() -> None:
    reader = StreamReader()
    first = await parked(reader.readuntil((b"c", b"!")))
    newcomer = await parked_in_the_gap(reader, b"ab", 4)
    first.cancel()
    reader.feed_data(b"cd")
    await quiet()
    assert first.cancelled()
    assert newcomer.result() == b"abcd"


@pytest.mark.asyncio
async def test_a_refused_read_does_not_keep_the_waiting_one_from_being_woken() -> None:
    reader = StreamReader()
    first = await parked(reader.readline())
    with pytest.raises(RuntimeError):
        await reader.readexactly(99)
    reader.feed_data(b"a\n")
    await quiet()
    assert first.result() == b"a\n"


@pytest.mark.asyncio
async def test_a_waiting_read_that_is_closed_holds_nobody_up() -> None:
    reader = StreamReader()
    for read in READS.values():
        coroutine = read(reader)
        coroutine.send(None)
        coroutine.close()
    task = await parked(reader.read(1))
    reader.feed_data(b"a")
    assert await task == b"a"


@pytest.mark.parametrize("nothing", [b"", bytearray(), None, 0])
@pytest.mark.asyncio
async def test_feeding_nothing_adds_nothing_and_wakes_nobody(nothing: bytes) -> None:
    reader = StreamReader()
    task = await parked(reader.read(1))
    reader.feed_data(nothing)
    assert "waiter=<Future pending" in repr(reader)
    reader.feed_data(b"a")
    assert await task == b"a"


@pytest.mark.asyncio
async def test_a_transport_that_fails_to_resume_leaves_nobody_parked() -> None:
    failures = [OSError("cannot resume")]

    def fail() -> None:
        if failures:
            raise failures.pop()

    reader, transport = StreamReader(limit=4), Transport(on_resume=fail)
    reader.set_transport(transport)
    reader.feed_data(b"123456789")
    with pytest.raises(OSError, match="cannot resume"):
        await reader.readexactly(10)
    task = await parked(reader.readexactly(10))
    reader.feed_data(b"0")
    assert await task == b"1234567890"


# Cancellation


@every_read
@pytest.mark.parametrize("order", ["feed-cancel", "cancel-feed", "feed-quiet-cancel", "cancel-quiet-feed"])
@pytest.mark.asyncio
async def test_a_cancelled_read_loses_nothing(read: Read, order: str) -> None:
    reader = StreamReader()
    task = await parked(read(reader) if name_of(read) != "read" else reader.readexactly(2))
    for step in order.split("-"):
        if step == "feed":
            reader.feed_data(b"a")
        elif step == "cancel":
            task.cancel()
        else:
            await quiet()
    with pytest.raises(asyncio.CancelledError):
        await task
    reader.feed_data(b"b")
    assert await reader.readexactly(2) == b"ab"


@pytest.mark.parametrize("cancel_first", [True, False])
@pytest.mark.asyncio
async def test_a_cancelled_read_of_some_bytes_loses_nothing(cancel_first: bool) -> None:
    reader = StreamReader()
    task = await parked(reader.read(9))
    if cancel_first:
        task.cancel()
    reader.feed_data(b"ab")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await reader.read(9) == b"ab"


@every_read
@pytest.mark.asyncio
async def test_after_a_cancelled_read_the_end_and_the_exception_are_still_seen(read: Read) -> None:
    reader = StreamReader()
    task = await parked(read(reader))
    task.cancel()
    reader.feed_eof()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await reader.read(1) == b""
    reader.set_exception(ConnectionResetError())
    with pytest.raises(ConnectionResetError):
        await read(reader)


@every_read
@pytest.mark.asyncio
async def test_a_read_may_begin_before_the_cancelled_one_has_unwound(read: Read) -> None:
    reader = StreamReader()
    task = await parked(read(reader))
    task.cancel()
    coroutine = reader.readexactly(2)
    coroutine.send(None)  # it waits, and was not refused
    await quiet()
    assert task.cancelled()
    reader.feed_data(b"ab")
    with pytest.raises(StopIteration) as returned:
        coroutine.send(None)
    assert returned.value.value == b"ab"


@pytest.mark.asyncio
async def test_a_read_of_all_that_is_cancelled_hands_its_bytes_to_a_reader_already_waiting() -> None:
    reader = StreamReader()
    task = await parked(reader.read())
    reader.feed_data(b"ab")
    await quiet()
    task.cancel()
    other = reader.readexactly(2)
    other.send(None)
    await quiet()
    with pytest.raises(StopIteration) as returned:
        other.send(None)
    assert returned.value.value == b"ab"


@pytest.mark.asyncio
async def test_a_read_of_all_that_is_cancelled_pauses_a_transport_it_had_kept_going() -> None:
    reader, transport = StreamReader(limit=4), Transport()
    reader.set_transport(transport)
    task = await parked(reader.read())
    for _ in range(5):
        reader.feed_data(b"1234")
        await quiet()
    assert transport.asked == []
    task.cancel()
    await quiet()
    assert transport.asked == ["pause"]
    assert await reader.readexactly(20) == b"1234" * 5
    assert transport.asked == ["pause", "resume"]


# The transport


@pytest.mark.asyncio
async def test_a_second_transport_is_refused() -> None:
    reader = StreamReader()
    reader.set_transport(Transport())
    with pytest.raises(AssertionError, match="already set"):
        reader.set_transport(Transport())


@pytest.mark.asyncio
async def test_a_waiting_read_beyond_twice_the_limit_resumes_the_transport() -> None:
    reader, transport = StreamReader(limit=4), Transport()
    reader.set_transport(transport)
    reader.feed_data(b"123456789")
    assert transport.asked == ["pause"]
    task = await parked(reader.readexactly(20))
    assert transport.asked == ["pause", "resume"]
    reader.feed_data(b"x")
    await quiet()
    assert transport.asked == ["pause", "resume"] * 2
    reader.feed_data(b"y" * 10)
    assert await task == b"123456789x" + b"y" * 10
    assert transport.asked == ["pause", "resume"] * 3


@pytest.mark.asyncio
async def test_a_transport_that_delivers_on_the_spot_wakes_the_read_that_resumed_it() -> None:
    reader = StreamReader(limit=4)
    reader.set_transport(Transport(on_resume=lambda: reader.feed_data(b"!")))
    reader.feed_data(b"123456789")
    task = asyncio.create_task(reader.readexactly(10))
    await quiet()
    assert task.result() == b"123456789!"


@pytest.mark.asyncio
async def test_a_reader_is_woken_even_if_its_transport_fails_to_pause() -> None:
    class Failing(Transport):
        def pause_reading(self) -> None:
            raise OSError("cannot pause")

    reader = StreamReader(limit=4)
    reader.set_transport(Failing())
    task = await parked(reader.read(3))
    with pytest.raises(OSError, match="cannot pause"):
        reader.feed_data(b"123456789")
    await quiet()
    assert task.result() == b"123"
