"""What is told of each unusual target."""

from typing import Any, NamedTuple


class Variant(NamedTuple):
    """A target that must pass, the freedom that it uses, the testable clauses that leave it, and whose rules do."""

    reader: Any
    freedom: str
    clauses: tuple[str, ...] = ()
    python: tuple[int, int] = (3, 13)
