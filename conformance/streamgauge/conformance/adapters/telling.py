"""What somebody else's code and files say, in half a sentence and fit to be shown; and where an exception was raised.

The one idea: of a whole traceback its reader needs one line, the last one that they can mend. That is a line below
the current folder if there is one; lines of the import system and of the adapters themselves never are.
"""

from __future__ import annotations

import inspect
import json
import re
import traceback
from pathlib import Path
from typing import Final

MOST_LETTERS: Final = 200
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")


def told(raised: BaseException) -> str:
    """Return the class, the first line of the message and the place, as `ValueError: no such thing (file.py:3)`."""
    return f"{_words(raised)}{place(raised)}"


def place(raised: BaseException) -> str:
    """Return ` (file:line)` of where the exception comes from, or nothing if no code of a file raised it."""
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(raised.__traceback__)]
    if isinstance(raised, SyntaxError) and raised.filename:
        frames.append((raised.filename, raised.lineno))
    outside = [(_short(file), line) for file, line in frames if _is_outside(file)]
    if not outside:
        return ""
    file, line = next((one for one in reversed(outside) if not Path(one[0]).is_absolute()), outside[-1])
    return f" ({file}:{line})"


def kind(value: object) -> str:
    """Return what a value is, with its article."""
    if inspect.isclass(value):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def printable(text: str) -> str:
    """Return the text as a terminal may be given it: what is neither to be seen nor a line end as JSON escapes it."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text)


def _words(raised: BaseException) -> str:
    try:
        message = str(raised.msg if isinstance(raised, SyntaxError) else raised).strip()
    except (Exception, SystemExit):  # whatever it raises, there is no message
        message = "(its message cannot be read)"
    name = type(raised).__name__
    return f"{name}: {_ADDRESS.sub('0x…', message.splitlines()[0])[:MOST_LETTERS]}" if message else name


def _is_outside(file: str) -> bool:
    path = Path(file)
    return not file.startswith("<") and path.parent != Path(__file__).parent and "importlib" not in path.parts


def _short(file: str) -> str:
    """Return the path as seen from the current folder if it is below that."""
    path = Path(file)
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return file
