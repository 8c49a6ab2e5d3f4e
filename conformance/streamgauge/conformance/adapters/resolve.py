"""From what a person names to an adapter.

A target is text, or the thing itself:

- `asyncio`, `reference`, `aiohttp`: the adapters that come with the suite;
- `package.module` or `package.module:object.attribute`, imported from the current folder first, as `python -m` does;
- a module, a class or another namespace with (some of) the names of `asyncio.streams`;
- an adapter, or a class that makes one without arguments; a module may keep either under the name
  `streamgauge_adapter`, which then goes before its other names.

Its one idea: text means the same in every process that is started in the same folder, and each way of being no
target has a sentence of its own, which says what to do about it.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Final

from streamgauge.conformance.adapters import READ_METHODS, Adapter, AdapterFault, reference, stdlib
from streamgauge.conformance.adapters.checking import sound
from streamgauge.conformance.adapters.names import NAMES, Names, has_names, looks_like_reader, looks_like_writer
from streamgauge.conformance.adapters.telling import place, told

OWN_ADAPTER: Final = "streamgauge_adapter"
ADAPTER_ATTRIBUTES: Final = ("capabilities", "reader")


class TargetError(ValueError):
    """There is no such target, or nothing in it to check; the message is one sentence that says what to do."""


def resolve(target: object) -> Adapter:
    """Return the adapter of `target`, which is text or the thing itself.

    Raises `TargetError` if it cannot be found, and `AdapterFault` if it is an adapter that does not hold.
    """
    if not isinstance(target, str):
        return _adapt(target, _name_of(target))
    if target in SHIPPED:
        return SHIPPED[target]()
    module_name, colon, path = target.partition(":")
    if not all(part.isidentifier() for text in (module_name, *([path] if colon else [])) for part in text.split(".")):
        raise TargetError(_malformed(target))
    module = _imported(module_name)
    return _adapt(_attribute(module, path) if colon else module, target)


def _aiohttp() -> Adapter:
    try:
        from streamgauge.conformance.adapters import aiohttp  # noqa: PLC0415  # the package may be missing
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "aiohttp":
            raise
        raise TargetError('aiohttp is not installed: run pip install "streamgauge[aiohttp]"') from None
    return aiohttp.adapter()


SHIPPED: Final[Mapping[str, Callable[[], Adapter]]] = MappingProxyType(
    {"asyncio": stdlib.adapter, "reference": reference.adapter, "aiohttp": _aiohttp}
)


# ----------------------------------------------------------------- text


def _malformed(target: str) -> str:
    wanted = f"write {', '.join(SHIPPED)}, package.module or package.module:object"
    if target.endswith(".py") or "/" in target or "\\" in target:
        return f"{target!r} looks like a path, and a target is the name of a module: {wanted}"
    return f"{target!r} is not the name of a target: {wanted}"


def _imported(name: str) -> ModuleType:
    _look_here_first()
    try:
        return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except ModuleNotFoundError as missing:
        if missing.name is not None and f"{name}.".startswith(f"{missing.name}."):
            raise TargetError(_no_module(name, missing.name)) from None
        raise TargetError(
            f"importing {name} failed, because it needs the module {missing.name!r}, which is missing{place(missing)}"
        ) from None
    except BaseException as raised:
        raise TargetError(f"importing {name} failed with {told(raised)}") from raised


def _look_here_first() -> None:
    """Put the current folder first on `sys.path`, once, unless the interpreter was told to be safe from it."""
    importlib.invalidate_caches()
    if sys.flags.safe_path or sys.path[:1] == [""]:
        return
    here = str(Path.cwd())
    sys.path[:] = [here, *(folder for folder in sys.path if folder != here)]


def _no_module(name: str, missing: str) -> str:
    """Say that the module `missing`, which is `name` or a package above it, is not there, and what is."""
    if name.endswith(".py"):
        return _malformed(name)
    above, _, last = missing.rpartition(".")
    wanted = "" if missing == name else f", in which {name} should be"
    if not above:
        here = {found.name for found in pkgutil.iter_modules([str(Path.cwd())])}
        hint = _did_you_mean(last, [*SHIPPED, *sorted(here)])
        hint = hint or ": install it, or run streamgauge from the folder that holds it"
        return f"there is no module {missing}{wanted}{hint}"
    package = sys.modules[above]
    if not hasattr(package, "__path__"):
        hint = f": write {above}:{last}" if hasattr(package, last) else ""
        return f"{above} is a module and no package, and has no module {last} in it{hint}"
    beside = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    return f"the package {above} has no module {last}{wanted}{_did_you_mean(last, beside, above + '.')}"


def _attribute(module: ModuleType, path: str) -> object:
    found: object = module
    reached, joint = module.__name__, ":"
    for part in path.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            if found is module and part in {one.name for one in pkgutil.iter_modules(getattr(module, "__path__", ()))}:
                raise TargetError(f"{part} is a module of the package {reached}: write {reached}.{part}") from None
            hint = _did_you_mean(part, [name for name in dir(found) if not name.startswith("_")], reached + joint)
            raise TargetError(f"there is no {part} in {reached}{hint}") from None
        except Exception as raised:
            raise TargetError(f"looking up {part} in {reached} failed with {told(raised)}") from raised
        reached, joint = f"{reached}{joint}{part}", "."
    return found


def _did_you_mean(wrong: str, there: Iterable[str], prefix: str = "") -> str:
    near = get_close_matches(wrong, list(there), n=3)
    return f": did you mean {' or '.join(prefix + one for one in near)}?" if near else ""


# -------------------------------------------------------------- objects


def _name_of(target: object) -> str:
    """Name an object as text that would resolve to it, as far as there is one, and never with an address."""
    if isinstance(target, ModuleType):
        return target.__name__
    if inspect.isclass(target):
        return f"{target.__module__}:{target.__qualname__}"
    return type(target).__name__


def _adapt(found: object, name: str) -> Adapter:
    """Return the adapter that `found` is, makes or holds, or the one over its names."""
    try:
        own = getattr(found, OWN_ADAPTER, None)
        if own is not None:
            return sound(_made(own, f"{name}:{OWN_ADAPTER}"), f"{name}:{OWN_ADAPTER}")
        if looks_like_reader(found) or looks_like_writer(found) or has_names(found):
            return _over_names(found, name)
        if _means_to_be_adapter(found):
            return sound(_made(found, name), name)
    except (TargetError, AdapterFault):
        raise
    except Exception as raised:
        raise TargetError(f"looking into {name} failed with {told(raised)}") from raised
    raise TargetError(_nothing_in(found, name))


def _made(found: object, name: str) -> object:
    if not inspect.isclass(found):
        return found
    try:
        return found()
    except Exception as raised:
        raise AdapterFault(f"making {name} without arguments failed with {told(raised)}") from raised


def _means_to_be_adapter(found: object) -> bool:
    """Check whether `found` has what adapters have; of a module, which may have a part named `reader`, both."""
    present = [hasattr(found, attribute) for attribute in ADAPTER_ATTRIBUTES]
    return all(present) if isinstance(found, ModuleType) else any(present)


def _over_names(found: object, name: str) -> Adapter:
    reader: Any = getattr(found, "StreamReader", found if looks_like_reader(found) else None)
    if reader is None:
        return Names(found, name)
    if not any(hasattr(reader, method) for method in READ_METHODS):
        kind = "is no class" if not inspect.isclass(reader) else "has no read method"
        raise TargetError(
            f"the StreamReader of {name} {kind}, and a class with {', '.join(READ_METHODS)} was looked for: "
            f"name another object, or write an adapter"
        )
    complaint = _demands(reader)
    if complaint:
        raise TargetError(f"a reader of {name} cannot be made without arguments ({complaint}): write an adapter")
    return Names(found, name)


def _demands(reader: Any) -> str:
    """Return what a constructor complains of if it is called without arguments, as far as that can be seen."""
    try:
        signature = inspect.signature(reader)
    except (TypeError, ValueError):
        return ""
    try:
        signature.bind()
    except TypeError as complaint:
        return str(complaint)
    return ""


def _nothing_in(found: object, name: str) -> str:
    """Say that there is nothing to check in `found`, and what might be meant."""
    # A module may have a function called read for a reason of its own.
    reads = [getattr(found, method, None) for method in READ_METHODS[:4]]
    if any(map(inspect.iscoroutinefunction if isinstance(found, ModuleType) else callable, reads)):
        return f"{name} is a reader, and its class is needed, of which a new one is made each time: name the class"
    inside = getattr(found, "__dict__", {}) if isinstance(found, ModuleType) else {}
    near = sorted(one for one, value in inside.items() if looks_like_reader(value) and not one.startswith("_"))
    hint = f": did you mean {' or '.join(f'{name}:{one}' for one in near[:3])}?" if near else ""
    return (
        f"{name} holds no stream: none of {', '.join(NAMES)}, nor {', '.join(READ_METHODS)} of its own, "
        f"nor the {' and '.join(ADAPTER_ATTRIBUTES)} of an adapter{hint}"
    )
