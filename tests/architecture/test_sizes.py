"""Rooms stay small: a file, a function, an `__init__`."""

from __future__ import annotations

import ast

FILE, FUNCTION, INIT = 300, 50, 60


def test_files(modules):
    long = {m.path: n for m in modules if (n := len(m.text.splitlines())) > FILE}
    assert not long


def test_package_inits(modules):
    inits = [module for module in modules if module.path.endswith("__init__.py")]
    long = {m.path: n for m in inits if (n := len(m.text.splitlines())) > INIT}
    assert inits
    assert not long


def test_functions(modules):
    """A docstring tells units, errors and sources, and is not counted."""
    long = {
        f"{module.path}:{node.name}": length
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := _lines(node) - _docstring(node)) > FUNCTION
    }
    assert not long


def _lines(node):
    return node.end_lineno - node.lineno + 1


def _docstring(node):
    return _lines(node.body[0]) if ast.get_docstring(node) is not None else 0
