"""What must hold: the chapters of clauses, and a model that turns them into verdicts.

The chapters are Markdown files, for people: `reader.md`, `errors.md`, `flow.md` …

- `clauses` reads the chapters into records.
- `alphabet` holds every stimulus and every observation, as two closed unions.
- `state` holds what the model remembers between two of them.
- `reader`, `flow`, `errors` … hold the rules of the chapter of the same name.
- `model` is the waist: `start`, `enabled` and `step` are all that scenarios and judge use.

Nothing here imports asyncio: what must hold is told without help from an implementation.
"""
