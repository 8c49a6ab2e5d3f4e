"""A failure for people: `explain` as words, `timeline` as a drawing, `standalone` as a script without streamgauge.

`wording` puts single events into words, `as_python` and `reproduction` into lines of Python.
"""
