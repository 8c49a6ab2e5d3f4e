"""What may end a read, and where it first does.

The one idea: **separators are a tuple of bytes, the shortest first**, whatever form the caller gave them. So a
search need not distinguish one from several, and the longest is always the last.
"""

from collections.abc import Sequence

Separator = bytes | bytearray | memoryview


def as_separators(separator: Separator | tuple[Separator, ...]) -> tuple[bytes, ...]:
    """One separator, or a tuple of them, as bytes with the shortest first. TypeError or ValueError if it is none."""
    separators = separator if isinstance(separator, tuple) else (separator,)  # [reader.separators.tuple]
    if not separators:
        raise ValueError("Separator should contain at least one element")  # [reader.separators.empty]
    # Through memoryview, because bytes() alone would make bytes of an int and of a list, too:
    # [reader.readuntil.separator-bytes-like], [reader.readuntil.separator-type], [reader.separators.elements]
    # In one order, whatever that of the caller was, and under every Python: [reader.separators.any-order],
    # [reader.separators.before-3-13]
    found = tuple(sorted((bytes(memoryview(each)) for each in separators), key=len))
    if not found[0]:
        # [reader.readuntil.empty-separator], [reader.separators.empty]
        raise ValueError("Separator should be at least one-byte string")
    return found


def earliest(separators: Sequence[bytes], window: bytes, start: int) -> tuple[int, int] | None:
    """The match that ends first, from the shortest of the `separators` that end there."""
    if len(separators) == 1:
        at = window.find(separators[0], start)
        return (at, at + len(separators[0])) if at >= 0 else None
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
