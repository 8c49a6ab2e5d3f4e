"""A failure for people: `explain` as words, `timeline` as a drawing, `standalone` as a script without streamgauge.

`wording` puts single events into words, `values` what is in them, and `knowledge` what the model holds; `drawing` makes
text of a time line; `as_python` and `reproduction` make lines of Python. `connections` has what these need of
connections.
"""
