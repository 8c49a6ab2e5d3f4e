"""Doing the steps of a scenario to an implementation, in a world, and noting what comes of them.

- `player`: what each step does, at any end, in any world.
- `end`: one end, a bare reader or one side of a connection; `tap`: what passes between its transport and its protocol.
- `calls`: calls that are awaited, and how a play is stopped; `budget`: how long a play may go on.
- `handlers`: handlers for servers.
- `material`: from plain data to the objects that an implementation is given; `observing`: the other way.
"""
