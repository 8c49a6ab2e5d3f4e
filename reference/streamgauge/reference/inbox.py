"""The receiving half of a stream, without I/O: the bytes that came, and what each read is owed.

The one idea: **a read is a question that may be asked again.** `line`, `until`, `exactly`, `some` and `to_end`
answer at once with bytes or with an exception, or say None: not yet. Nobody waits in here. A None leaves the
bytes where they were, so a caller who gives up loses nothing, and one who asks again after every change misses
nothing: neither data, nor the end, nor an exception that arrived together with data.

How the bytes are kept. Chunks are immutable and never moved to make room. `head` is the chunk being consumed,
from `start` on; `_fresh` are the chunks that came after it. A read inside the head is one slice. Only a read
that crosses the end of the head joins head and fresh chunks into a new head: what it copies of the old head is
being taken, and a fresh chunk is joined once in its life, hence reads cost what they return. What comes while nobody
waits is put into `unopened`, not even counted, and the next question makes one chunk of it.

When to ask again. A "not yet" notes what it takes to change it: a byte in which the separator ends, or a number of
unread bytes. `take_in` tells which chunk may do, so that nobody is woken in vain for each of the others. Whoever takes
the last byte is likely to come back for as many, so this "not yet" is noted ahead, in `missing`.

How separators are found. A search that fails is kept (`_search`), and goes on when more has come. It holds for
the place in the head where it began (`sought_from`), so that taking bytes forgets it.
"""

from asyncio.exceptions import IncompleteReadError, LimitOverrunError
from collections.abc import Sequence
from operator import index

from streamgauge.reference.search import Search
from streamgauge.reference.separators import earliest
from streamgauge.reference.source import Source

NEWLINE = (b"\n",)
LF = NEWLINE[0][0]
NOWHERE = -1  # no place in the head


class Inbox:
    """Unread bytes, the end, a stored exception, and the rule that keeps a fast source from flooding them.

    `limit` (bytes) bounds what may precede a separator, and is half of the size beyond which the source pauses.
    """

    # fmt: off
    __slots__ = ("_fresh", "_fresh_size", "_lacking", "_search", "_too_few", "ended", "exception", "head", "limit",
                 "missing", "paused", "room", "sought_from", "source", "start", "unopened")
    # fmt: on

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.ended = False
        self.exception: BaseException | type[BaseException] | None = None
        self.source: Source | None = None
        self.paused = False
        self.missing = 0  # If not 0: nothing at all is here, and "not yet" holds for whoever needs so many bytes.
        self.room = 0.0  # For so many more bytes the source need not be paused: a lower bound, corrected when used up.
        # The next four are set from outside in one place, for speed: `StreamReader.feed_data`.
        self.unopened: list[bytes] = []
        self.head = b""
        self.start = 0
        self.sought_from = NOWHERE  # where in the head the last search that failed began
        self._fresh: list[bytes] = []
        self._fresh_size = 0
        self._too_few = 0.0  # The last "not yet" holds until more bytes than this are unread,
        self._lacking: int | None = None  # ... or until this byte comes.
        self._search = Search(NEWLINE, b"", 0)  # that search: elsewhere it says nothing

    @property
    def size(self) -> int:
        """How many bytes are unread."""
        if self.unopened:
            self._open()
        return len(self.head) - self.start + self._fresh_size

    @property
    def unread(self) -> bytes:
        """A copy of the bytes that are unread."""
        return b"".join((self.head[self.start :], *self._fresh, *self.unopened))

    # What comes in

    def take_in(self, chunk: bytes) -> bool:
        """Append a chunk, when nothing is unopened; say whether it may be worth asking again what was "not yet"."""
        self.missing = 0
        left = len(self.head) - self.start
        if not left and not self._fresh:
            self.head, self.start, self.sought_from = chunk, 0, NOWHERE
            if len(chunk) > self._too_few:
                return True
        elif left <= len(chunk) and self._lacking is not None and not self._fresh:
            # For speed: a line goes on. The copy is at least twice as long, so no byte is copied often.
            self.head, self.start, self.sought_from = self.head[self.start :] + chunk, 0, NOWHERE
        else:
            self._fresh.append(chunk)  # [reader.feed.order]
            self._fresh_size += len(chunk)
        # For speed, what follows: nobody is woken in vain. To say True each time would be right.
        if not self._too_few or (self._lacking is not None and self._lacking in chunk):
            return True
        size = len(self.head) - self.start + self._fresh_size
        # Beyond twice the limit the source pauses, and whoever waits has to invite it.
        return size > self._too_few or size > 2 * self.limit

    def end(self) -> None:
        """Nothing more will come."""
        self.ended, self.missing = True, 0  # Once more changes nothing: [reader.end.twice]

    def fail(self, exception: BaseException | type[BaseException] | None) -> None:
        """From now on answer every question with `exception`; None: no more."""
        # Nothing else is touched: [reader.exception.clear], [reader.at-eof.exception]
        self.exception, self.missing = exception, 0

    def anything_may_do(self) -> None:
        """Forget what the last "not yet" is waiting for: it was not the question of whoever waits."""
        self._too_few = 0

    def _open(self) -> None:
        """Take in, as one chunk, what came while nobody waited."""
        unopened, self.unopened = self.unopened, []
        self.take_in(b"".join(unopened))

    def put_back(self, blocks: Sequence[bytes]) -> None:
        """Return to the front what `to_end` had collected for a caller who gave up."""
        self.head = b"".join((*blocks, self.head[self.start :]))
        self.start, self.sought_from, self.missing = 0, NOWHERE, 0

    def discard(self) -> None:
        """Forget all that is unread."""
        if self.size:
            self._take(self.size)

    # What each read is owed. It takes nothing before it has an answer, so that a caller who was cancelled left all of
    # it here: [reader.cancel.keeps-data], [reader.cancel.same-turn], [reader.readexactly.keeps-while-waiting]
    #
    # The stored exception comes before all else, bytes and end: [reader.exception.hides-data],
    # [reader.exception.over-end], [reader.read.zero-with-exception], [reader.readexactly.zero-with-exception],
    # [connection.lost.hides-data]

    def line(self) -> bytes | None:
        """One line with its newline; at the end what is left, at last nothing. ValueError if it is too long."""
        if self.exception is not None:
            raise self.exception
        if self.unopened:
            self._open()
        head, start = self.head, self.start
        if start == len(head) and not self._fresh and not self.ended:
            self.head, self.start = b"", 0  # Waiting may take long: let go of the chunk.
            self._too_few, self._lacking, self.missing = self.limit, LF, 0
            return None
        if self.sought_from != start:  # for speed: a line in the head
            end = head.find(b"\n", start) + 1
            if 0 < end <= start + self.limit + 1 and not self.paused:
                self.start = end
                return head[start:end]
            if not end:
                self.sought_from, self._search = start, Search(NEWLINE, head, start)
        try:
            return self._through(NEWLINE)  # [reader.readline.line], [reader.readline.limit]
        except IncompleteReadError as cut:
            return cut.partial  # [reader.readline.eof-partial], [reader.readline.eof-empty]
        except LimitOverrunError as overrun:
            # [reader.readline.overrun-drops-line] and, as long as its newline is not here, nobody can tell how far
            # it goes: [reader.readline.overrun-drops-all]. Its tail will pass for a line.
            found = self._find(NEWLINE)
            self._take(found[1] if found else self.size)  # [flow.resume.readline]
            # [reader.readline.overrun]
            raise ValueError(overrun.args[0])  # noqa: B904 - [reader.readline.overrun-context]: no cause

    def until(self, separators: Sequence[bytes]) -> bytes | None:
        """The shortest beginning that ends in one of `separators`, which `as_separators` put in order."""
        if self.exception is not None:
            raise self.exception
        if self.unopened:
            self._open()
        head, start = self.head, self.start
        if start == len(head) and not self._fresh and not self.ended:
            self.head, self.start = b"", 0  # Waiting may take long: let go of the chunk.
            self._lack(separators)
            return None
        if self.sought_from != start and len(separators) == 1:  # for speed: a message in the head
            at = head.find(separators[0], start)
            if 0 <= at <= start + self.limit and not self.paused:
                self.start = end = at + len(separators[0])
                return head[start:end]
            if at < 0 and start < len(head):
                self.sought_from, self._search = start, Search(separators, head, start)
        return self._through(separators)

    def exactly(self, n: int) -> bytes | None:
        """Precisely `n` bytes."""
        if n < 0:
            raise ValueError("readexactly size can not be less than zero")  # [reader.readexactly.negative]
        if self.exception is not None:
            raise self.exception
        if self.unopened:
            self._open()
        head, start = self.head, self.start
        left = len(head) - start
        if 0 < n <= left and not self.paused:  # for speed: a record in the head
            data = head[start : start + n]
            self.start = start + n
            if n == left and not self._fresh and not self.ended:
                self.head, self.start = b"", 0
                self._too_few, self._lacking, self.missing = n - 1, None, n
            return data
        if type(n) is not int:
            n = index(n)  # A float must fail now, not when there is enough: [reader.readexactly.wrong-type]
        if n == 0:
            return b""  # [reader.readexactly.zero]
        if n <= left + self._fresh_size:
            return self._take(n)  # [reader.readexactly.count]
        if self.ended:
            # [reader.readexactly.eof], [reader.readexactly.eof-empties]
            raise IncompleteReadError(self._take_rest(), n)
        self._too_few, self._lacking, self.missing = n - 1, None, 0
        return None

    def some(self, n: int) -> bytes | None:
        """At least one byte and at most `n` of them; nothing at the end, or if `n` is 0."""
        # However many: [reader.read.beyond-limit]
        if self.exception is not None:
            raise self.exception
        if self.unopened:
            self._open()
        head, start = self.head, self.start
        left = len(head) - start
        if type(n) is not int:
            n = index(n)  # A float must fail now, not when there is something to slice: [reader.read.wrong-type]
        if n >= left and not self._fresh:
            if left and not self.paused:  # for speed: all that is here
                self.head, self.start = b"", 0
                self._too_few, self.missing = 0, 0 if self.ended else 1
                return head[start:]
            if not left and n:
                self.head, self.start = b"", 0  # Waiting may take long: let go of the chunk.
                if self.ended:  # Only now: [reader.read.data-before-end]
                    return b""  # [reader.read.end-empty], [reader.read.empty-means-end]
                self._too_few, self.missing = 0, 1
                return None
        if n == 0:
            return b""  # [reader.read.zero]
        if n <= left and not self.paused:  # for speed: a part of the head
            self.start = start + n
            return head[start : start + n]
        return self._take(min(n, self.size))  # [reader.read.soon], [reader.read.at-most], [reader.read.huge]

    def to_end(self, collected: list[bytes]) -> bytes | None:
        """Everything up to the end.

        What is there moves to `collected` even while the answer is "not yet": left in here, it would keep the
        source paused. Whoever stops asking hands `collected` to `put_back`.
        """
        # [reader.read.all], [flow.resume.read-all]
        if self.exception is not None:
            raise self.exception
        if self.unopened:
            self._open()
        if self.size:
            collected.append(self._take(self.size))
        self._too_few, self.missing = 0, 0 if self.ended else 1
        return b"".join(collected) if self.ended else None

    # How hard the source may push

    def throttle(self) -> None:
        """Pause the source if too much lies here. To be called after data was added."""
        if self.source is None or self.paused:
            return  # [flow.pause.once]
        self.room = 2 * self.limit - self.size
        if self.room >= 0:
            return  # [flow.pause.not-within]
        try:
            self.source.pause_reading()  # [flow.pause.above]
        except NotImplementedError:
            self.source = None  # [flow.unpausable]
        else:
            self.paused = True

    def invite(self) -> None:
        """Let the source go on. To be called before waiting: what lies here, however much, was not enough."""
        if self.paused and self.source is not None:
            self.paused = False
            self.source.resume_reading()

    # Taking

    def _take(self, n: int) -> bytes:
        """Remove and return the first `n` unread bytes, of which there are that many."""
        if n > len(self.head) - self.start:
            self._join()
        start, self.start = self.start, self.start + n
        data = self.head[start : self.start]
        if self.paused and self.size <= self.limit:
            self.invite()  # [flow.resume.at-limit], else: [flow.resume.not-above]
        return data

    def _take_rest(self) -> bytes:
        """Remove and return everything, for a read that the end cut short: there is nothing to invite any more."""
        self._join()
        rest, self.head = self.head, b""
        return rest

    def _join(self) -> None:
        """Make one head of what is left of it and the fresh chunks."""
        self.head = b"".join((self.head[self.start :], *self._fresh))
        self.start, self.sought_from = 0, NOWHERE
        self._fresh, self._fresh_size = [], 0

    # Searching

    def _through(self, separators: Sequence[bytes]) -> bytes | None:
        if self.start == len(self.head):
            self._join()
        found = self._find(separators)
        if found is not None:
            start, end = found
            if start > self.limit:  # [reader.readuntil.limit], [reader.separators.limit-start]
                # Nothing is taken: [reader.readuntil.overrun-keeps-data], [reader.readuntil.overrun-repeats],
                # [flow.resume.not-by-overrun]
                message = "Separator is found, but chunk is longer than limit"
                raise LimitOverrunError(message, start)  # [reader.readuntil.overrun-found]
            return self._take(end)  # [reader.readuntil.through-separator]
        longest = separators[-1]  # [reader.separators.longest]
        # The last bytes may be the beginning of the longest separator and do not count yet:
        # [reader.readuntil.overrun-not-early], [reader.readuntil.overrun-reconstructs]
        before = self._search.barren + 1 - len(longest)
        if before > self.limit:  # [reader.readuntil.overrun-unfound]
            raise LimitOverrunError("Separator is not found, and chunk exceed the limit", before)
        if self.ended:  # Only now: [reader.readuntil.eof-searched]
            # [reader.readuntil.eof], [reader.readuntil.eof-expected]
            raise IncompleteReadError(self._take_rest(), None)
        self._lack(separators)
        return None

    def _lack(self, separators: Sequence[bytes]) -> None:
        """Note what it takes to change the "not yet" of a search: for speed, see `take_in`."""
        several, longest = len(separators) > 1, separators[-1]  # Any byte may be the end of one of several.
        self._too_few, self._lacking = (0, None) if several else (self.limit + len(longest) - 1, longest[-1])
        self.missing = 0

    def _find(self, separators: Sequence[bytes]) -> tuple[int, int] | None:
        """Where the match begins and ends, counted from the first unread byte."""
        head, start = self.head, self.start
        if self.sought_from != start or self._search.separators != separators:
            found = earliest(separators, head, start)
            if found is not None:
                return found[0] - start, found[1] - start
            self.sought_from, self._search = start, Search(separators, head, start)
        return self._search.go_on(self._fresh)  # [reader.readuntil.split]
