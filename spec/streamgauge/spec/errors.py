"""The rules of chapter `errors`, and of the shape of a reader: questions with one right answer, or a few.

Each question is put once, outside the life of a stream; the answer is plain data.
"""

from __future__ import annotations

from streamgauge.spec.alphabet import Value

ANSWERS: dict[str, tuple[str, tuple[Value, ...]]] = {
    # question: (clause, right answers)
    "IncompleteReadError.kind": ("errors.incomplete.kind", ((True, b"ab", 5),)),
    "IncompleteReadError.constructor": ("errors.incomplete.constructor", ((b"abc", 7, True, b"abc", 7),)),
    "IncompleteReadError.undefined": ("errors.incomplete.undefined", ("undefined", "None")),
    "IncompleteReadError.pickle": ("errors.incomplete.pickle", ((True, b"ab", 5, True, b"ab", 5),)),
    "LimitOverrunError.kind": ("errors.limit.kind", ((True, False, False, 9, "too long"),)),
    "LimitOverrunError.pickle": ("errors.limit.pickle", ((True, 9, "too long", True, 9, "too long"),)),
    "iterator": ("reader.iteration.self", (True,)),
    "methods": ("reader.methods.kinds", (True,)),
    "repr": ("reader.repr", ("str",)),
}
# The attributes are there, but were taken from the arguments the other way round.
SWAPPED: tuple[Value, ...] = ((True, 5, b"ab"),)
