"""What there is to explain of connections, which readers that are fed by hand do not have.

- `wording`: their events in words.
- `causes`: which events of a trace are steps of its scenario, and which the network's own doing.
- `as_python`: their stimuli as lines of Python.
- `reproduction`: the lines that play a scenario and look whether its departure shows again.
- `needs`, `parts`: the simulated network of such a script, as much of it as that needs.
"""
