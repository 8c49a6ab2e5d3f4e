"""Hypothesis strategies for every stimulus and every observation, as plain data."""

from __future__ import annotations

import json
from typing import Any, get_args

from hypothesis import strategies as st

from streamgauge.spec.alphabet import (
    Aborted,
    Accept,
    Advance,
    Answered,
    Ask,
    Attach,
    Break,
    BreakForm,
    Call,
    Cancel,
    Clog,
    Closed,
    Conclude,
    Dial,
    Dialled,
    Do,
    End,
    Ending,
    Fate,
    Feed,
    Form,
    Halved,
    Handled,
    Handler,
    Hold,
    Kept,
    Link,
    Listened,
    Lose,
    Made,
    On,
    Open,
    Overran,
    Paused,
    Pausing,
    Problem,
    Quiet,
    Raised,
    Refused,
    Release,
    Reported,
    Resumed,
    Returned,
    Serve,
    Settle,
    Shaped,
    Unclog,
    Wrote,
)

Strategy = st.SearchStrategy[Any]

TEXT = st.text(max_size=5)
NAMES = st.text(alphabet="abcdefXYZ_.", min_size=1, max_size=8)
COUNTS = st.integers(min_value=1, max_value=10**9)
NUMBERS = st.integers(min_value=0, max_value=10**9)
BYTES = st.binary(max_size=5)
SHAPED = st.one_of(
    st.builds(Shaped, st.sampled_from(["bytearray", "memoryview"]), BYTES),
    st.builds(Shaped, st.sampled_from(["float", "bool", "object", "str"]), TEXT),
)
SEVERAL = ["list", "tuple-subclass", "generator", "exhausted"]
VALUES: Strategy = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), BYTES, TEXT, SHAPED),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.builds(Shaped, st.sampled_from(SEVERAL), st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
ARGUMENTS = st.lists(VALUES, max_size=2).map(tuple)
OPTIONS = st.dictionaries(NAMES, VALUES, max_size=3).map(lambda options: tuple(options.items()))
LINKS = st.builds(Link, NUMBERS, st.sampled_from(get_args(Pausing)), st.booleans())
PROBLEMS = st.builds(Problem, NAMES, NUMBERS, VALUES, VALUES, VALUES, TEXT, st.none() | TEXT)

READING: list[Strategy] = [
    st.builds(Feed, BYTES, st.sampled_from(get_args(Form)), COUNTS),
    st.just(End()),
    st.builds(Break, NAMES, st.sampled_from(get_args(BreakForm))),
    st.builds(Call, COUNTS, NAMES, ARGUMENTS, st.none() | NUMBERS),
    st.builds(Cancel, COUNTS),
    st.builds(Attach, st.sampled_from(get_args(Pausing))),
    st.builds(Ask, NAMES),
    st.builds(Advance, NUMBERS),
    st.just(Settle()),
]
NETWORK: list[Strategy] = [
    st.builds(Open, LINKS, st.booleans()),
    st.builds(Dial, COUNTS, OPTIONS, st.sampled_from(get_args(Fate))),
    st.builds(Serve, st.sampled_from(get_args(Handler)), OPTIONS),
    st.builds(Accept, LINKS),
    st.builds(Conclude, st.sampled_from(get_args(Ending))),
    st.builds(Do, NAMES, ARGUMENTS),
    st.just(Clog()),
    st.builds(Unclog, st.none() | NUMBERS),
    st.just(Hold()),
    st.just(Release()),
    st.builds(Lose, st.none() | NAMES),
]
OBSERVATIONS: list[Strategy] = [
    st.just(Made()),
    st.builds(Returned, COUNTS, VALUES, st.booleans()),
    st.builds(Raised, COUNTS, PROBLEMS, st.booleans()),
    st.builds(Refused, PROBLEMS),
    st.builds(Answered, NAMES, VALUES),
    st.builds(Paused, COUNTS),
    st.builds(Resumed, COUNTS),
    st.just(Quiet()),
    st.builds(Overran, NAMES),
    st.builds(Dialled, OPTIONS),
    st.builds(Listened, OPTIONS),
    st.builds(Handled, VALUES),
    st.just(Reported()),
    st.builds(Wrote, BYTES),
    st.just(Halved()),
    st.just(Closed()),
    st.just(Aborted()),
    st.builds(Kept, st.booleans()),
]
OF_ONE_END = st.one_of([*READING, *NETWORK])
STIMULI = OF_ONE_END | st.builds(On, st.integers(2, 9), OF_ONE_END)
EVENTS = STIMULI | st.one_of(OBSERVATIONS) | st.builds(On, st.integers(2, 9), st.one_of(OBSERVATIONS))


def there_and_back(form: Any) -> Any:
    """What is left of a JSON form once it was written and read."""
    return json.loads(json.dumps(form))
