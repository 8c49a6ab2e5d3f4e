"""From what a person names to clauses: ids, or dotted beginnings of ids such as a chapter."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from streamgauge.spec.clauses import Clause, load


class SelectionError(ValueError):
    """No clause goes by that name; the message is one sentence that says what comes close."""


def selected(names: Collection[str]) -> tuple[Clause, ...]:
    """Return the clauses that `names` name, in the order of the chapters; all of them if there are no names.

    Raises `SelectionError` for a name that names nothing.
    """
    clauses = load()
    for name in names:
        if not any(is_under(clause.id, name) for clause in clauses):
            raise SelectionError(f"no clause or chapter is called {name!r}{_near(name)}")
    return tuple(clause for clause in clauses if not names or any(is_under(clause.id, name) for name in names))


def is_under(clause: str, name: str) -> bool:
    """Check whether `name` is the id of the clause, or a dotted beginning of it."""
    return clause == name or clause.startswith(f"{name}.")


def _near(name: str) -> str:
    parts = [clause.id.split(".") for clause in load()]
    known = dict.fromkeys(".".join(part[:length]) for part in parts for length in range(1, len(part) + 1))
    near = get_close_matches(name, known, n=3)
    return f": did you mean {' or '.join(near)}?" if near else "; `streamgauge clauses` lists them"
