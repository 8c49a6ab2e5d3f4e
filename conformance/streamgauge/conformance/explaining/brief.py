"""The short forms of what stands in `stage` under the same names, for programs that need no more.

Its one idea: what a program has to tell apart is what was seen where the fault was found. If only plain values were
seen there, `repr` says them as well, and if no exception was, it says those; whatever else comes is another word than
the one wanted.
"""

from __future__ import annotations

said = repr
described = repr
