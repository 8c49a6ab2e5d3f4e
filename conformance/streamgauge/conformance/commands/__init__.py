"""What the command `streamgauge` does, a module for each of its verbs.

- `check`, `clauses`, `smoke`, `replay`: `run` takes the options of the command line and returns the exit status.
- `guard`: from whatever went wrong to one sentence and an exit status.
- `console`: writing to people, who may have left.

The command line itself is in `streamgauge.conformance.cli`, which loads these modules only when they are needed.
"""
