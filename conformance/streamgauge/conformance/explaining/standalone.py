"""A failure as a Python script that shows it with plain asyncio, without streamgauge.

The script does what the scenario did up to the departure, prints what is expected and what it got, and exits with 1
if the departure shows again, with 0 if anything else happens. Where the suite runs its loop until nothing is left to
run, the script gives the loop a number of turns. Time-outs take no time: a deadline is moved into the past where
the scenario let it pass. Calls that still wait at the end are cancelled by `asyncio.run`.
"""

from __future__ import annotations

import re
from textwrap import indent, wrap

from streamgauge.conformance.explaining import as_python
from streamgauge.conformance.explaining.connections import reproduction as connections
from streamgauge.conformance.explaining.connections.causes import connects
from streamgauge.conformance.explaining.connections.needs import wants
from streamgauge.conformance.explaining.connections.parts import network
from streamgauge.conformance.explaining.reproduction import steps_and_look
from streamgauge.conformance.results import Failure
from streamgauge.spec.alphabet import Raised
from streamgauge.spec.clauses import Clause

WIDTH = 100

SETTLE = '''
async def settle():
    """Give the loop enough turns to run whatever is left to run."""
    for _ in range(20):
        await asyncio.sleep(0)
'''
CALL = """
async def call(method, *args):
    return await method(*args)
"""
CALL_WITHIN = """
async def call_within(timer, method, *args):
    async with timer:
        return await method(*args)
"""
EXPIRE = '''
def expire(timer):
    """Let the time of a time-out be up."""
    with contextlib.suppress(RuntimeError):  # it is over already
        timer.reschedule(0)
'''
ENDING = '''
def ending(call):
    """Return how a call ended, and with what."""
    if not call.done():
        return "still waits", None
    try:
        return f"returned {call.result()!r}", call.result()
    except BaseException as error:
        return f"raised {error!r}", error
'''
KIND = '''
def kind(error):
    """Return the name of the nearest class of an exception that everybody knows."""
    known = {*dir(builtins), "CancelledError", "IncompleteReadError", "LimitOverrunError"}
    return next(one.__name__ for one in type(error).__mro__ if one.__name__ in known)
'''
TRANSPORT = '''
asked = []


class Transport:
    """A transport that only notes what it is asked for."""

    def __init__(self, number, problem=None):
        self.number, self.problem = number, problem

    def pause_reading(self):
        asked.append(f"pause {self.number}")
        if self.problem is not None:
            raise self.problem

    def resume_reading(self):
        asked.append(f"resume {self.number}")
'''
RUNS = """
sys.exit(asyncio.run(main()))
"""
ENDS = """
try:
    asyncio.run(main())
except (KeyboardInterrupt, SystemExit) as error:
    print(f"got:      the loop was ended by {error!r}")
    sys.exit(1)
"""
SEVERAL = '''
class Several(tuple):
    """A tuple that is more than a tuple."""
'''
# A part is in the script if its name is used there.
PARTS = {
    "settle()": SETTLE,
    "(call(": CALL,
    "call_within(": CALL_WITHIN,
    "expire(": EXPIRE,
    "ending(": ENDING,
    "kind(": KIND,
    "Transport(": TRANSPORT,
    "Several(": SEVERAL,
}
MODULES = (
    "asyncio",
    "builtins",
    "contextlib",
    "copy",
    "faulthandler",
    "functools",
    "inspect",
    "os",
    "pickle",
    "re",
    "sys",
    "types",
)

ERRORS = ("IncompleteReadError", "LimitOverrunError")


def script(failure: Failure, clause: Clause, target: str) -> str:
    """Return the text of the script: it shows `failure`, a departure from `clause`, on `target`."""
    connected = connects(failure.trace)
    body = connections.steps_and_look(failure, target) if connected else steps_and_look(failure)
    main = "async def main():\n" + indent("\n".join(body), "    ") + "\n"
    parts = [part for name, part in PARTS.items() if name in main and (name != "Transport(" or not connected)]
    if connected:
        parts.insert(0, network(wants(failure, target)))
    text = "\n".join([*parts, f"\n{main}", ENDS if _exits(failure) else RUNS])
    errors = [error for error in ERRORS if f"{error}(" in main]
    origin = _whole(target, errors) if connected else _origin(target, errors)
    used = [module for module in MODULES if re.search(rf"\b{module}\.|\({module}\)", text + origin)]
    imports = "".join(f"import {module}\n" for module in used)
    return f"{_docstring(clause, target)}\n{imports}{origin}\n{text}"


def _exits(failure: Failure) -> bool:
    """Tell whether the departure is an exception that no loop survives."""
    seen = failure.observed
    return isinstance(seen, Raised) and seen.problem.name in ("KeyboardInterrupt", "SystemExit")


def _docstring(clause: Clause, target: str) -> str:
    said = wrap(clause.sentence.replace("\\", "\\\\").replace('"""', "'''"), WIDTH)
    lines = [f'"""{clause.id} on {target}: exits with 1 if the fault shows, with 0 if not.', "", *said, '"""', ""]
    return "\n".join(lines)


def _origin(target: str, errors: list[str]) -> str:
    """Return the imports of the target, and the names of the errors that are asked for."""
    module, _, path = {"reference": "streamgauge.reference", "aiohttp": AIOHTTP}.get(target, target).partition(":")
    if target == "aiohttp":
        return f"\nfrom {AIOHTTP} import adapter\n\n\n" + AIOHTTP_READER
    found = ""
    if path:
        first, _, rest = path.partition(".")
        whole = f"target.{rest}" if rest else "target"
        found = f"from {module} import {first} as target\n\n"
        found += f'StreamReader = getattr({whole}, "StreamReader", {whole})\n'
    else:
        found = f"from {module} import StreamReader\n"
        whole = f"sys.modules[{as_python.literal(module)}]"
    home = "sys.modules[StreamReader.__module__]"
    for error in errors:
        found += f'{error} = getattr({whole}, "{error}", None) or getattr({home}, "{error}", asyncio.{error})\n'
    return found


def _whole(target: str, errors: list[str]) -> str:
    """Return the import of the target as a whole, whatever names it has."""
    module, _, path = {"reference": "streamgauge.reference"}.get(target, target).partition(":")
    if target == "asyncio":
        found = ""
    elif not path:
        found = f"import {module} as target\n"
    else:
        first, _, rest = path.partition(".")
        found = f"from {module} import {first} as target\n\n" + (f"target = target.{rest}\n" if rest else "")
        found += OF_A_CLASS
    where = "asyncio" if target == "asyncio" else 'getattr(target, "{}", None) or asyncio'
    return found + "".join(f"{error} = {where.format(error)}.{error}\n" for error in errors)


OF_A_CLASS = """
if isinstance(target, type) and hasattr(target, "drain"):  # a class of writers
    target = types.SimpleNamespace(StreamWriter=target)
elif isinstance(target, type) and hasattr(target, "readexactly"):
    target = types.SimpleNamespace(StreamReader=target)
"""
AIOHTTP = "streamgauge.conformance.adapters.aiohttp"
AIOHTTP_READER = '''
def StreamReader(**limit):
    """Give the reader of aiohttp the shape of asyncio's."""
    return adapter().reader(asyncio.get_running_loop(), *limit.values())

'''
