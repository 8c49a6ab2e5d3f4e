"""What the model knows, in a few words: of a reader, and of the connection around it if there is one."""

from __future__ import annotations

from collections.abc import Iterator

from streamgauge.conformance.explaining.stage import cut
from streamgauge.spec.state import State

MOST = 16  # characters of bytes

NOT_YET = "no connection yet"


def held(state: State) -> str:
    """Return what the model holds: unread bytes, the end, a stored exception, a paused transport.

    Of a connection also how it stands, the bytes that the transport is owed, and which calls wait.
    """
    inbox = state.canonical
    unread = cut(inbox.unread, MOST) if inbox.unread else "empty"
    parts = [unread]
    if state.outbox.opened:
        parts = [_standing(state), *([f"unread {unread}"] if inbox.unread else [])]
    if inbox.ended:
        parts.append("ended")
    if inbox.stored is not None:
        parts.append(inbox.stored.source.error)
    if state.line.paused:
        parts.append("paused")
    parts += _sending(state)
    if len(state.inboxes) > 1:
        parts.append(f"(1 of {len(state.inboxes)} ways)")
    if state.lenient:
        parts.append("anything goes")
    return ", ".join(parts)


def _standing(state: State) -> str:
    box = state.outbox
    if box.lost:
        return "lost"
    if box.closing:
        return "closing"
    if box.asked_half:
        return "half-closed"
    return {"dialling": NOT_YET, "unanswered": NOT_YET, "serve": "no peer yet"}.get(box.opened, "open")


def _sending(state: State) -> Iterator[str]:
    box = state.outbox
    if box.unsent:
        yield f"unsent {cut(box.unsent, MOST)}"
    if not box.lost and (box.held or box.clogged):
        yield "held up" if box.held else "clogged"
    waiting = sorted(one.op for known in (state.canonical.pending, box.waits) for one in known)
    if box.opened and waiting:
        yield f"call {waiting[0]} waits" if len(waiting) == 1 else f"calls {', '.join(map(str, waiting))} wait"
