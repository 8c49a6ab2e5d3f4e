"""One-step mutants of the interpreter's own `StreamReader`.

A mutant is the class with one node of its syntax tree changed: an operator, a constant, a condition, a statement
left out. A suite that notices every mutant that behaves differently is one that would notice a slip of the hand.
"""

from __future__ import annotations

import ast
import asyncio.streams
import copy
import inspect
import textwrap
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
# What nobody can see from outside: debugging aids and the text of messages.
OUT_OF_SIGHT = ("__repr__",)


@dataclass(frozen=True)
class Mutant:
    """The class with one change; `where` is the method, the line as it is written, and what was changed."""

    where: str
    make: Callable[[], type]


def mutants() -> Iterator[Mutant]:
    """Yield every mutant of the running interpreter's `StreamReader`, in the order of its source."""
    source = textwrap.dedent(inspect.getsource(asyncio.streams.StreamReader))
    tree = ast.parse(source)
    lines = source.splitlines()
    for where in _changes(tree, lines):
        yield Mutant(where, partial(_compiled, copy.deepcopy(tree)))


def _compiled(tree: ast.Module) -> type:
    namespace: dict[str, Any] = dict(vars(asyncio.streams))
    exec(compile(ast.fix_missing_locations(tree), "<mutant>", "exec"), namespace)
    made: type = namespace["StreamReader"]
    return made


def _changes(tree: ast.Module, lines: list[str]) -> Iterator[str]:
    """Make each change in turn, in place, and say where; the caller stops at the one it wants."""
    (body,) = tree.body
    assert isinstance(body, ast.ClassDef)
    for method in body.body:
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method.name not in OUT_OF_SIGHT:
            for undo, what, line in _in_method(method):
                yield f"{method.name}: `{lines[line - 1].strip()}`: {what}"
                undo()


Change = tuple[Callable[[], None], str, int]


def _in_method(method: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Change]:
    for node in ast.walk(method):
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
