"""The short forms of what stands in `stage` under the same names, for programs that need no more.

Its one idea: what a program has to tell apart is what was seen where the fault was found. If only plain values were
seen there, and exceptions that the program did not make, `repr` and `vars` say as much; whatever else comes is another
word than the one wanted.
"""

from __future__ import annotations

from typing import Any

from streamgauge.conformance.explaining.stage import seen

said = repr


def described(error: BaseException) -> str:
    """Return an exception in words."""
    return type(error).__name__ + "".join(f", {name} {value!r}" for name, value in vars(error).items())


async def call(number: int, method: Any, *args: Any) -> None:
    """Make a call, and see how it ends."""
    try:
        end = f"returned {await method(*args)!r}"
    except BaseException as error:
        end = ", ".join(
            [f"raised {type(error).__name__}", *(f"{name} {value!r}" for name, value in vars(error).items())]
        )
    seen.append(f"call {number} {end}")
