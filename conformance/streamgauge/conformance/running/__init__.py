"""A run: `runner` cuts the work into units and spreads it, `exploring` does one, `tally` puts them together.

`selection` is what a run reports on, `shrinking` makes what it found short, `budget` stops what never ends.
"""
