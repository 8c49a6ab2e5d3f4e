"""The writer, on a transport without a wire and, where the transport matters, on sockets."""

import array
import asyncio
import gc
import inspect
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import pytest
import pytest_asyncio

import streamgauge.reference
from streamgauge.reference import StreamReader, StreamReaderProtocol, StreamWriter
from wires import Wire


class Stream:
    """Reader, protocol and writer around a transport without a wire."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.wire = Wire(peername="somewhere")
        self.reader = StreamReader()
        self.protocol = StreamReaderProtocol(self.reader)
        self.protocol.connection_made(self.wire)
        self.writer = StreamWriter(self.wire, self.protocol, self.reader, loop)
        self.others: list[StreamWriter] = []  # kept, as a dropped writer closes the wire

    def writer_without_reader(self, protocol: Any = None) -> StreamWriter:
        other = StreamWriter(self.wire, protocol or self.protocol, None, asyncio.get_running_loop())
        self.others.append(other)
        return other


@pytest_asyncio.fixture
async def stream() -> AsyncIterator[Stream]:
    stream = Stream()
    yield stream
    stream.wire.close()


class Shared(asyncio.streams.FlowControlMixin):
    """A protocol that is not ours and, as that of subprocesses, has one future for all who wait for its end."""

    def __init__(self) -> None:
        super().__init__()
        self.ending = asyncio.get_running_loop().create_future()

    def _get_close_waiter(self, stream: object) -> "asyncio.Future[None]":
        return self.ending


async def quiet() -> None:
    """Let everything run that can: no chain of wake-ups here is longer."""
    for _ in range(10):
        await asyncio.sleep(0)


async def waiting(coroutine: Coroutine[object, object, None]) -> "asyncio.Task[None]":
    task = asyncio.create_task(coroutine)
    await quiet()
    assert not task.done()
    return task


def turns(coroutine: Coroutine[Any, Any, None]) -> int:
    """How often it lets others run before it returns."""
    count = 0
    try:
        while True:
            coroutine.send(None)
            count += 1
    except StopIteration:
        return count


# A drop-in


@pytest.mark.parametrize("name", asyncio.streams.__all__)
def test_the_module_has_every_name_of_asyncio_streams(name: str) -> None:
    assert name in streamgauge.reference.__all__
    assert hasattr(streamgauge.reference, name)


@pytest.mark.parametrize(
    "name",
    [n for n, value in vars(asyncio.StreamWriter).items() if callable(value) and not n.startswith("_")] + ["__init__"],
)
def test_every_public_method_is_called_as_in_asyncio(name: str) -> None:
    def shape(owner: type) -> list[tuple[str, object, object]]:
        parameters = inspect.signature(getattr(owner, name)).parameters.values()
        # Python 3.11 has yet to learn this one.
        return [(p.name, p.kind, p.default) for p in parameters if p.name != "ssl_shutdown_timeout"]

    assert shape(StreamWriter) == shape(asyncio.StreamWriter)
    assert inspect.iscoroutinefunction(getattr(StreamWriter, name)) == inspect.iscoroutinefunction(
        getattr(asyncio.StreamWriter, name)
    )


@pytest.mark.asyncio
async def test_what_it_says_about_the_transport_is_the_transports(stream: Stream) -> None:
    assert stream.writer.transport is stream.wire
    assert stream.writer.get_extra_info("peername") == "somewhere"
    assert stream.writer.get_extra_info("cipher") is None
    assert stream.writer.get_extra_info("cipher", "none") == "none"
    assert stream.writer.can_write_eof()
    stream.writer.write_eof()
    assert not stream.writer.is_closing()
    stream.writer.close()
    assert stream.writer.is_closing()
    assert stream.wire.asked == ["write_eof", "close"]


@pytest.mark.asyncio
async def test_its_repr_tells_transport_and_reader(stream: Stream) -> None:
    assert repr(stream.writer) == f"<StreamWriter transport={stream.wire!r} reader={stream.reader!r}>"
    alone = stream.writer_without_reader()
    assert repr(alone) == f"<StreamWriter transport={stream.wire!r}>"


@pytest.mark.asyncio
async def test_what_is_no_reader_is_refused_and_nothing_is_left_behind(stream: Stream) -> None:
    with pytest.raises(AssertionError, match="is no StreamReader"):
        StreamWriter(stream.wire, stream.protocol, "reader", asyncio.get_running_loop())  # type: ignore[arg-type]  # wrong on purpose
    gc.collect()
    assert stream.wire.asked == []


# Sending


@pytest.mark.asyncio
async def test_bytes_reach_the_transport_as_they_are(stream: Stream) -> None:
    class Labelled(bytes):
        pass

    for data in (b"data", b"", Labelled(b"more")):
        stream.writer.write(data)
        assert stream.wire.sent.pop() == data


CHANGEABLE = [bytearray, lambda data: memoryview(bytearray(data)), lambda data: array.array("B", data)]


@pytest.mark.parametrize("wrap", CHANGEABLE)
@pytest.mark.parametrize("send", [StreamWriter.write, lambda writer, data: writer.writelines([data])])
@pytest.mark.asyncio
async def test_what_can_change_is_copied(
    stream: Stream, wrap: Callable[[bytes], Any], send: Callable[[StreamWriter, Any], None]
) -> None:
    data = wrap(b"before")
    send(stream.writer, data)
    data[:] = wrap(b"after!")
    assert stream.wire.sent == [b"before"]
    assert type(stream.wire.sent[0]) is bytes


@pytest.mark.asyncio
async def test_of_a_memoryview_it_sends_the_bytes_it_shows(stream: Stream) -> None:
    stream.writer.write(memoryview(b"abcdef")[2:4])
    stream.writer.write(memoryview(b"\1\0\2\0").cast("H"))
    assert stream.wire.sent == [b"cd", b"\1\0\2\0"]


@pytest.mark.parametrize("data", ["text", None, 3, [1, 2], memoryview(b"with gaps")[::2]])
@pytest.mark.asyncio
async def test_what_is_not_bytes_like_is_refused_and_nothing_is_sent(stream: Stream, data: Any) -> None:
    with pytest.raises(TypeError):
        stream.writer.write(data)
    for lines in ([b"good", data, b"good"], (piece for piece in [b"good", data])):
        with pytest.raises(TypeError):
            stream.writer.writelines(lines)
    assert stream.wire.sent == []


@pytest.mark.parametrize("lines", [None, b"bytes"])
@pytest.mark.asyncio
async def test_lines_that_are_no_lines_are_refused(stream: Stream, lines: Any) -> None:
    with pytest.raises(TypeError):
        stream.writer.writelines(lines)
    assert stream.wire.sent == []


def generated() -> Iterator[bytes]:
    yield b"ab"
    yield b"c"


@pytest.mark.parametrize(
    ("lines", "sent"),
    [
        ([b"ab", b"c"], b"abc"),
        (generated(), b"abc"),
        ([b"", bytearray(b"abc"), b""], b"abc"),
        ([], b""),
        (iter(()), b""),
        ([b""], b""),
    ],
)
@pytest.mark.asyncio
async def test_lines_reach_the_transport_in_order_and_in_one_piece(stream: Stream, lines: Any, sent: bytes) -> None:
    stream.writer.writelines(lines)
    assert stream.wire.sent == [sent]


# Draining


@pytest.mark.asyncio
async def test_a_drain_with_nothing_to_wait_for_lets_nobody_run(stream: Stream) -> None:
    assert turns(stream.writer.drain()) == 0


@pytest.mark.asyncio
async def test_a_drain_without_a_reader_waits_for_nothing_either(stream: Stream) -> None:
    alone = stream.writer_without_reader()
    assert turns(alone.drain()) == 0


@pytest.mark.asyncio
async def test_a_drain_on_a_closing_transport_lets_others_run_once(stream: Stream) -> None:
    stream.writer.close()
    assert turns(stream.writer.drain()) == 1


@pytest.mark.asyncio
async def test_a_loop_of_writes_and_drains_notices_the_loss(stream: Stream) -> None:
    stream.writer.close()
    asyncio.get_running_loop().call_soon(stream.protocol.connection_lost, None)

    async def go_on() -> None:
        for _ in range(3):
            stream.writer.write(b"data")
            await stream.writer.drain()

    with pytest.raises(ConnectionResetError):
        await go_on()


@pytest.mark.asyncio
async def test_a_drain_raises_the_very_exception_that_the_reader_holds(stream: Stream) -> None:
    stream.reader.set_exception(error := KeyError("k"))
    with pytest.raises(KeyError) as raised:
        await stream.writer.drain()
    assert raised.value is error


@pytest.mark.asyncio
async def test_any_number_of_drains_wait_together(stream: Stream) -> None:
    stream.protocol.pause_writing()
    tasks = [await waiting(stream.writer.drain()) for _ in range(3)]
    stream.protocol.resume_writing()
    await asyncio.gather(*tasks)


@pytest.mark.asyncio
async def test_a_cancelled_drain_harms_no_other(stream: Stream) -> None:
    stream.protocol.pause_writing()
    first, second, third = [await waiting(stream.writer.drain()) for _ in range(3)]
    second.cancel()
    await quiet()
    assert [first.done(), second.cancelled(), third.done()] == [False, True, False]
    assert len(stream.protocol._outbox._held_up) == 2  # It is forgotten, however often somebody tries.
    stream.protocol.resume_writing()
    await asyncio.gather(first, third)
    await stream.writer.drain()


@pytest.mark.asyncio
async def test_a_loss_by_error_is_raised_in_every_waiting_drain_and_later_it_is_a_reset(stream: Stream) -> None:
    stream.protocol.pause_writing()
    tasks = [await waiting(stream.writer.drain()) for _ in range(2)]
    error = BrokenPipeError()
    stream.protocol.connection_lost(error)
    assert await asyncio.gather(*tasks, return_exceptions=True) == [error, error]
    alone = stream.writer_without_reader()
    with pytest.raises(ConnectionResetError):
        await alone.drain()


@pytest.mark.asyncio
async def test_a_clean_loss_lets_waiting_drains_go_and_later_it_is_a_reset(stream: Stream) -> None:
    stream.protocol.pause_writing()
    task = await waiting(stream.writer.drain())
    stream.protocol.connection_lost(None)
    await task
    with pytest.raises(ConnectionResetError):
        await stream.writer.drain()


@pytest.mark.asyncio
async def test_a_drain_obeys_a_protocol_that_is_not_ours(stream: Stream) -> None:
    protocol = Shared()
    writer = stream.writer_without_reader(protocol)
    assert turns(writer.drain()) == 0
    protocol.pause_writing()
    task = await waiting(writer.drain())
    protocol.resume_writing()
    await task


# Waiting for the end


@pytest.mark.asyncio
async def test_wait_closed_waits_for_the_end_and_any_number_may_wait(stream: Stream) -> None:
    tasks = [await waiting(stream.writer.wait_closed()) for _ in range(3)]
    stream.writer.close()
    await quiet()
    assert not any(task.done() for task in tasks)
    stream.protocol.connection_lost(None)
    await asyncio.gather(*tasks)
    assert turns(stream.writer.wait_closed()) == 0


@pytest.mark.asyncio
async def test_wait_closed_raises_the_error_that_ended_the_connection_each_time(stream: Stream) -> None:
    task = await waiting(stream.writer.wait_closed())
    stream.protocol.connection_lost(error := BrokenPipeError())
    for again in (task, stream.writer.wait_closed(), stream.writer.wait_closed()):
        with pytest.raises(BrokenPipeError) as raised:
            await again
        assert raised.value is error


@pytest.mark.asyncio
async def test_a_cancelled_wait_closed_harms_no_other(stream: Stream) -> None:
    first, second = [await waiting(stream.writer.wait_closed()) for _ in range(2)]
    first.cancel()
    await quiet()
    assert first.cancelled()
    assert len(stream.protocol._outbox._leaving) == 1  # It is forgotten, however often somebody tries.
    third = await waiting(stream.writer.wait_closed())
    stream.protocol.connection_lost(None)
    await asyncio.gather(second, third, stream.writer.wait_closed())


@pytest.mark.parametrize("error", [None, BrokenPipeError()])
@pytest.mark.asyncio
async def test_a_cancelled_wait_closed_leaves_a_future_that_all_share_alone(
    stream: Stream, error: BrokenPipeError | None
) -> None:
    protocol = Shared()
    writer = stream.writer_without_reader(protocol)
    first, second = [await waiting(writer.wait_closed()) for _ in range(2)]
    first.cancel()
    await quiet()
    assert first.cancelled()
    if error is None:
        protocol.ending.set_result(None)
    else:
        protocol.ending.set_exception(error)
    results = await asyncio.gather(second, writer.wait_closed(), return_exceptions=True)
    assert [*results] == [error, error]


@pytest.mark.asyncio
async def test_an_error_that_nobody_waited_for_is_not_complained_about() -> None:
    stream = Stream()
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    stream.protocol.pause_writing()
    quitters = [await waiting(stream.writer.drain()), await waiting(stream.writer.wait_closed())]
    stream.protocol.connection_lost(BrokenPipeError())
    for task in quitters:
        task.cancel()
    await quiet()
    stream.wire.close()
    del stream, quitters, task
    gc.collect()
    assert complaints == []


# Dropping it


def drop_the_writer(stream: Stream) -> None:
    del stream.writer
    gc.collect()


@pytest.mark.asyncio
async def test_dropped_unclosed_it_warns_and_closes_the_transport(stream: Stream) -> None:
    with pytest.warns(ResourceWarning, match="unclosed <StreamWriter"):
        drop_the_writer(stream)
    assert stream.wire.asked == ["close"]


@pytest.mark.asyncio
async def test_dropped_closed_it_says_nothing(stream: Stream) -> None:
    stream.writer.close()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drop_the_writer(stream)
    assert stream.wire.asked == ["close"]


def test_dropped_after_its_loop_was_closed_it_only_warns() -> None:
    async def make() -> Stream:
        return Stream()

    stream = asyncio.run(make())
    with pytest.warns(ResourceWarning, match="loop is closed"):
        drop_the_writer(stream)
    assert stream.wire.asked == []
