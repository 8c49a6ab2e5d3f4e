"""A run: `runner` cuts the work into units and spreads it, `exploring` does one, `tally` puts them together.

`selection` is what a run reports on, `calming` makes what it found plain, `finds` says what follows from
what (by `signatures`), `budget` stops what never ends.
"""
