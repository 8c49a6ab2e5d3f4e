"""The receiving half of a stream, without I/O: the bytes that came, and what each read is owed.

The one idea: **a read is a question that may be asked again.** `line`, `until`, `exactly`, `some` and `rest` answer
at once with bytes or with an exception, or put the asker off with None: not yet. Nobody waits in here. A None takes
nothing, so a caller who gives up loses nothing, and one who asks again after every change misses nothing: neither
data, nor the end, nor an exception that arrived together with data. After most chunks there is no need to ask again:
`feed` tells whether what came may be what was lacking.

How the bytes are kept. `head` is being read, from `_start` on. It is immutable, so that a read inside it is one
slice. `fresh` is what came after it, and grows in place, so that a small chunk costs its bytes and no more. Only a
read that goes beyond the head makes a new one of what is left and of fresh bytes: a byte is moved once in its life,
hence reads cost what they return. A chunk that finds nothing unread becomes the head without being copied.

How separators are found. First in the head. A search that fails leaves everything in `fresh`, and remembers how much
of that a later one for the same need not look at again. As this is true of the first bytes of `fresh`, it is
forgotten when they leave, or when others come before them.
"""

from asyncio.exceptions import IncompleteReadError, LimitOverrunError
from collections.abc import Iterable
from math import inf
from typing import Protocol

Separator = bytes | bytearray | memoryview

LF = ord("\n")
BLOCK = 2**18  # bytes; a source that can be paused leaves no more than this here, unless its limit is a large one


class Source(Protocol):
    """Where the bytes come from, as far as the inbox cares: something that can be asked to hold back."""

    def pause_reading(self) -> None:
        """Deliver nothing until resumed."""
        ...

    def resume_reading(self) -> None:
        """Go on delivering."""
        ...


class Inbox:
    """Unread bytes, the end, a stored exception, and the rule that keeps a fast source from flooding them.

    `limit` (bytes) bounds what may precede a separator, and is half of the size beyond which the source pauses.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.high_water = 2 * limit
        self.ended = False
        self.exception: BaseException | type[BaseException] | None = None
        self.source: Source | None = None
        self.paused = False
        self.head = b""
        self.fresh = bytearray()
        self._start = 0
        # Of the last search that failed: for what, and how many of the fresh bytes no match can begin in.
        self._sought: tuple[bytes, ...] = ()
        self._barren = 0
        # What was lacking when the last asker was put off: a chunk with this byte in it or else, if that is None, so
        # many bytes.
        self._mark: int | None = None
        self._lacking: float = 0

    @property
    def size(self) -> int:
        """How many bytes are unread."""
        return len(self.head) - self._start + len(self.fresh)

    # What comes in

    def feed(self, data: Iterable[int]) -> bool:
        """Append `data`; tell whether the one who was put off last should ask again."""
        if self.ended:  # An assert statement would vanish under -O, and empty data comes just as late.
            raise AssertionError("feed_data after feed_eof")  # [reader.feed.after-end]
        if not data:
            return False  # [reader.feed.empty]
        if type(data) is not bytes:
            own = bytearray()  # The feeder may go on changing its buffer: [reader.feed.copies]
            own.extend(data)  # Not bytes(data), which makes zeros of an int.
            data = bytes(own)
        if self.fresh or self._start < len(self.head):
            self.fresh.extend(data)
        else:
            self.head, self._start = data, 0
        if self._mark is not None:
            return self._mark in data or self.size > self.limit
        self._lacking -= len(data)
        return self._lacking <= 0

    def anything_matters(self) -> None:
        """Forget what was lacking: the one who waits is not the one who was put off last."""
        self._mark = None
        self._lacking = 0

    # What each read is owed. The stored exception comes before all else: [reader.exception.hides-data]

    def line(self) -> bytes | None:
        """One line with its newline; at the end what is left, at last nothing. ValueError if it is too long."""
        if self.exception is not None:
            raise self.exception
        head, start = self.head, self._start
        end = head.find(b"\n", start) + 1
        if end and end - start - 1 <= self.limit:  # `_through` once more, for speed
            self._start = end
            if self.paused:
                self._relax()
            return head[start:end]
        if start == len(head) and not self.fresh and not self.ended:  # and here, too
            self.head, self._start, self._mark = b"", 0, LF
            return None
        try:
            return self._through((b"\n",))
        except IncompleteReadError as cut:
            return cut.partial  # [reader.readline.eof-partial]
        except LimitOverrunError as overrun:
            # [reader.readline.overrun-drops-line] and, as long as its newline is not here, nobody can tell how far
            # it goes: [reader.readline.overrun-drops-all]. Its tail will pass for a line.
            found = self._find((b"\n",))
            self._take(found[1] if found else self.size)
            raise ValueError(overrun.args[0])  # noqa: B904 - [reader.readline.overrun-context]: no cause

    def until(self, separator: bytes) -> bytes | None:
        """The shortest beginning that ends in `separator`."""
        if self.exception is not None:
            raise self.exception
        head, start = self.head, self._start
        at = head.find(separator, start)
        if start <= at <= start + self.limit:  # `_through` once more, for speed
            self._start = end = at + len(separator)
            if self.paused:
                self._relax()
            return head[start:end]
        if start == len(head) and not self.fresh and not self.ended:  # and here, too
            self.head, self._start, self._mark = b"", 0, separator[-1]
            return None
        return self._through((separator,))

    def until_any(self, separators: tuple[bytes, ...]) -> bytes | None:
        """The shortest beginning that ends in one of `separators`, which `as_separators` put in order."""
        if self.exception is not None:
            raise self.exception
        return self._through(separators)

    def exactly(self, n: int) -> bytes | None:
        """Precisely `n` bytes."""
        if n < 0:
            raise ValueError("readexactly size can not be less than zero")  # [reader.readexactly.negative]
        if self.exception is not None:
            raise self.exception
        head, start = self.head, self._start
        end = start + n
        if end > len(head):
            lacking = end - len(head) - len(self.fresh)
            if lacking <= 0:
                return self._take(n)
            if self.ended:
                raise IncompleteReadError(self._take(self.size), n)  # [reader.readexactly.eof]
            self._mark = None
            self._lacking = lacking
            if start == len(head):
                self.head, self._start = b"", 0
            return None
        data = head[start:end]  # before anything changes, as it fails for a float: [reader.readexactly.wrong-type]
        self._start = end
        if self.paused:
            self._relax()
        return data

    def some(self, n: int) -> bytes | None:
        """At least one byte and at most `n` of them; nothing at the end, or if `n` is 0."""
        if self.exception is not None:
            raise self.exception
        start = self._start
        data = self.head[start : start + n]  # which fails for a float: [reader.read.wrong-type]
        if len(data) < n and self.fresh:
            self._join(n)
            start, data = 0, self.head[:n]
        if data:
            self._start = start + len(data)
            if self.paused:
                self._relax()
            return data  # [reader.read.soon]
        if n == 0 or self.ended:
            return b""  # [reader.read.zero], [reader.read.end-empty]
        self.head, self._start = b"", 0  # Waiting may take long: let go of the chunk.
        self._mark = None
        self._lacking = 1
        return None

    def rest(self) -> bytes | None:
        """Everything up to the end."""
        if self.exception is not None:
            raise self.exception
        if self.ended:
            return self._take(self.size)
        self._mark = None
        self._lacking = inf
        return None

    # How hard the source may push

    def throttle(self) -> None:
        """Pause the source if too much lies here. To be called after data was added that nobody waits for."""
        if self.source is None or self.paused or self.size <= self.high_water:
            return  # [flow.pause.not-within]
        try:
            self.source.pause_reading()
        except NotImplementedError:
            self.source = None  # [flow.unpausable]
        else:
            self.paused = True

    def invite(self) -> None:
        """Let the source go on. To be called before waiting: what lies here, however much, was not enough."""
        if self.paused and self.source is not None:
            self.paused = False
            self.source.resume_reading()

    def _relax(self) -> None:
        """Let the source go on if so much was taken that there is room."""
        if len(self.head) - self._start + len(self.fresh) <= self.limit:  # `size`, for speed
            self.invite()  # [flow.resume.at-limit]

    # Taking

    def _take(self, n: int) -> bytes:
        """Remove and return the first `n` unread bytes, of which there are that many."""
        if n > len(self.head) - self._start:
            self._join(n)
        start, end = self._start, self._start + n
        data = self.head[start:end]
        self._start = end
        if self.paused:
            self._relax()
        return data

    def _join(self, n: int) -> None:
        """Have the first `n` unread bytes in the head, or all if there are fewer.

        And some more, for the next reads; but not all of many, as they are there twice while they are being moved.
        """
        left = self.head[self._start :]
        more = max(n, BLOCK) - len(left)
        if more >= len(self.fresh):
            self.head = left + self.fresh
            self.fresh.clear()
        else:
            with memoryview(self.fresh) as view, view[:more] as block:
                self.head = left + block
            del self.fresh[:more]
        self._start = 0
        self._sought = ()

    # Searching

    def _through(self, separators: tuple[bytes, ...]) -> bytes | None:
        """The answer of `until` and of `until_any`; LimitOverrunError, IncompleteReadError."""
        found = self._find(separators)
        if found is not None:
            start, end = found
            if start > self.limit:  # [reader.readuntil.limit]
                raise LimitOverrunError("Separator is found, but chunk is longer than limit", start)
            return self._take(end)
        # The last bytes may be the beginning of the longest separator and do not count yet:
        # [reader.readuntil.overrun-not-early]
        before = self.size + 1 - len(separators[-1])
        if before > self.limit:
            raise LimitOverrunError("Separator is not found, and chunk exceed the limit", before)
        if self.ended:  # Only now: [reader.readuntil.eof-searched]
            raise IncompleteReadError(self._take(self.size), None)  # [reader.readuntil.eof]
        # A match ends with the last byte of the separator, hence in a chunk that has this byte in it.
        self._mark = separators[0][-1] if len(separators) == 1 else None
        self._lacking = 1
        return None

    def _find(self, separators: tuple[bytes, ...]) -> tuple[int, int] | None:
        """Where the match begins and ends, counted from the first unread byte. If there is none, all is in `fresh`."""
        if self._start < len(self.head):
            found = earliest(separators, self.head, self._start)
            if found is None and self.fresh:
                self._join(self.size)
                found = earliest(separators, self.head, 0)
            if found is not None:
                return found[0] - self._start, found[1] - self._start
            self.fresh.extend(self.head[self._start :])
        else:
            found = earliest(separators, self.fresh, self._barren if self._sought == separators else 0)
            if found is not None:
                return found
        self.head, self._start = b"", 0
        self._sought = separators
        self._barren = max(0, len(self.fresh) + 1 - len(separators[-1]))
        return None


def earliest(separators: tuple[bytes, ...], window: bytes | bytearray, start: int) -> tuple[int, int] | None:
    """The match that ends first, from the shortest of the `separators` that end there."""
    found = None
    end = len(window) + 1
    for separator in separators:
        # Before `end`, so that a longer one wins only by ending earlier: [reader.separators.earliest-end],
        # [reader.separators.tie]
        at = window.find(separator, start, end - 1)
        if at >= 0:
            end = at + len(separator)
            found = at, end
    return found


def as_separators(separator: Separator | tuple[Separator, ...]) -> tuple[bytes, ...]:
    """One separator, or a tuple of them, as bytes with the shortest first. TypeError, ValueError if it is none."""
    separators = separator if isinstance(separator, tuple) else (separator,)
    if not separators:
        raise ValueError("Separator should contain at least one element")  # [reader.separators.empty]
    # Through memoryview, because bytes() alone would make bytes of an int and of a list, too.
    found = tuple(sorted((bytes(memoryview(each)) for each in separators), key=len))
    if not found[0]:
        raise ValueError("Separator should be at least one-byte string")  # [reader.readuntil.empty-separator]
    return found
