"""Doing the steps of a scenario to an implementation, in a world, and noting what comes of them.

- `calls`: calls that are awaited, and how a play is stopped.
- `by_hand`: a bare reader that is fed by hand.
- `ends`: the ends of a connection over the simulated network.
- `material`: from plain data to the objects that an implementation is given.
"""
