"""Reports: what a run found, for people and for machines. None of them judges anything.

- `terminal`: for a person who waits for it; plain text when nobody does.
- `progress`: how far a run is, while it runs.
- `jsonl`: the contract with machines, and what every other report can be made from;
  `lines` says what a line holds, and `schema.json`, made from it, says so to others.

All of them say the same, because the words of a failure are made once, in `explain`.
"""
