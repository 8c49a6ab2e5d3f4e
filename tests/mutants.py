"""One-step mutants of the interpreter's own streams.

A mutant is a part with one node of its syntax tree changed: an operator, a constant, a condition, a keyword, a
statement left out. A suite that notices every mutant that behaves differently is one that would notice a slip of the
hand. A mutant of the reader is a class; one of any other part is a copy of the whole module, whose parts use it.
"""

from __future__ import annotations

import ast
import asyncio.streams
import copy
import inspect
import textwrap
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}
# What nobody can see from outside, or not in a simulated network: debugging aids and the text of messages, what is done
# when an object is collected, TLS, and what only subprocesses need.
OUT_OF_SIGHT = (
    "__repr__",
    "__del__",
    "start_tls",
    "StreamReaderProtocol._replace_writer",
    "StreamReaderProtocol._replace_transport",
    "FlowControlMixin._get_close_waiter",
)
PARTS = (
    "_DEFAULT_LIMIT",
    "open_connection",
    "start_server",
    "FlowControlMixin",
    "StreamReaderProtocol",
    "StreamWriter",
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Mutant:
    """A target with one change; `where` is the method, the line as it is written, and what was changed."""

    where: str
    make: Callable[[], Any]


def of_the_reader() -> Iterator[Mutant]:
    """Yield every mutant of the running interpreter's `StreamReader`, in the order of its source."""
    source = textwrap.dedent(inspect.getsource(asyncio.streams.StreamReader))
    tree = ast.parse(source)
    for where in _changes(tree.body[0], source.splitlines()):
        yield Mutant(where, partial(_reader, copy.deepcopy(tree)))


def of_the_layer() -> Iterator[Mutant]:
    """Yield every mutant of what makes, carries and serves connections, in the order of `PARTS`."""
    source = inspect.getsource(asyncio.streams)
    body = ast.parse(source).body
    places = {name: place for place, node in enumerate(body) for name in _names(node)}
    for part in PARTS:
        place = places[part]
        for where in _changes(body[place], source.splitlines()):
            yield Mutant(where, partial(_module, place, copy.deepcopy(body[place])))


def _names(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]):
            yield name
        case _:
            pass  # imports, and what is there on some systems only


def _reader(tree: ast.Module) -> type:
    namespace: dict[str, Any] = dict(vars(asyncio.streams))
    exec(compile(ast.fix_missing_locations(tree), "<mutant>", "exec"), namespace)
    made: type = namespace["StreamReader"]
    return made


def _module(place: int, changed: ast.stmt) -> types.ModuleType:
    tree = ast.parse(inspect.getsource(asyncio.streams))
    tree.body[place] = changed
    made = types.ModuleType(asyncio.streams.__name__)
    made.__package__ = asyncio.streams.__package__
    exec(compile(ast.fix_missing_locations(tree), "<mutant>", "exec"), vars(made))
    return made


def _changes(part: ast.stmt, lines: list[str]) -> Iterator[str]:
    """Make each change in turn, in place, and say where; the caller stops at the one it wants."""
    if isinstance(part, ast.ClassDef):
        inside: list[tuple[str, ast.stmt]] = [
            (f"{part.name}.{one.name}", one) for one in part.body if isinstance(one, Function)
        ]
    else:
        inside = [(next(_names(part)), part)]
    for name, node in inside:
        if not {name, name.rpartition(".")[2]} & set(OUT_OF_SIGHT):
            for undo, what, line in _in_part(node):
                yield f"{name}: `{lines[line - 1].strip()}`: {what}"
                undo()


Change = tuple[Callable[[], None], str, int]


def _in_part(part: ast.AST) -> Iterator[Change]:
    for node in ast.walk(part):
        if isinstance(node, ast.Raise):
            continue
        yield from _in_node(node)


def _in_node(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=[operator]):
            for kind in COMPARISONS.get(type(operator), ()):
                node.ops = [kind()]
                yield (lambda: setattr(node, "ops", [operator])), f"{_name(operator)} to {kind.__name__}", node.lineno
        case ast.BinOp(op=operator) if type(operator) in ARITHMETIC:
            node.op = ARITHMETIC[type(operator)]()
            yield (lambda: setattr(node, "op", operator)), f"{_name(operator)} to {_name(node.op)}", node.lineno
        case ast.BoolOp(op=operator):
            node.op = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield (lambda: setattr(node, "op", operator)), f"{_name(operator)} to {_name(node.op)}", node.lineno
        case ast.Constant(value=bool(value)):
            node.value = not value
            yield (lambda: setattr(node, "value", value)), f"{value} to {not value}", node.lineno
        case ast.Constant(value=int(value)):
            for near in (value + 1, value - 1):
                node.value = near
                yield (lambda: setattr(node, "value", value)), f"{value} to {near}", node.lineno
        case ast.If() | ast.While():
            test = node.test
            for other in (ast.Constant(True), ast.Constant(False), ast.UnaryOp(ast.Not(), test)):
                node.test = other
                yield (lambda: setattr(node, "test", test)), f"condition to {ast.unparse(other)}", node.lineno
        case ast.Call(keywords=[_, *_] as keywords):
            for place, keyword in enumerate(keywords):
                node.keywords = keywords[:place] + keywords[place + 1 :]
                yield (lambda: setattr(node, "keywords", keywords)), f"without {ast.unparse(keyword)}", node.lineno
        case _:
            pass  # only statements can be left out of the rest
    for body in ("body", "orelse", "finalbody"):
        statements = getattr(node, body, None)
        if isinstance(statements, list) and not isinstance(node, ast.Lambda):
            yield from _left_out(statements)


def _left_out(statements: list[ast.stmt]) -> Iterator[Change]:
    for place, statement in enumerate(statements):
        if isinstance(statement, ast.Pass) or (
            isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        ):
            continue
        statements[place] = ast.copy_location(ast.Pass(), statement)
        text = ast.unparse(statement).splitlines()[0]
        yield partial(statements.__setitem__, place, statement), f"without {text}", statement.lineno


def _name(node: ast.AST) -> str:
    return type(node).__name__
