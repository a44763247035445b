"""Habits that hold in every source file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

LAZY = {
    "__init__.py": "lazy_loader",
    "results/__init__.py": "lazy_loader",
    "engines/__init__.py": "importlib",
}
"""The only places that import late, and by what."""

PRINTERS = ("cli.py", "cli/", "__main__.py")
"""What may print; the library never does."""

COMPILERS = ("program/",)
"""What may turn text into code: the generated program's room."""


def _functions(tree: ast.AST) -> Iterator[ast.AST]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    return (node for node in ast.walk(tree) if isinstance(node, kinds))


def _called(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name, node


def test_imports_stand_at_the_top(modules):
    inside = [
        f"{module.path}:{node.lineno}"
        for module in modules
        for function in _functions(module.tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside


def test_only_these_places_import_late(modules):
    late = {
        module.path
        for module in modules
        for name, _ in _called(module.tree)
        if name in {"import_module", "__import__", "attach_stub", "attach"}
    }
    assert late <= set(LAZY)


def test_only_the_command_line_prints(modules):
    printing = [
        f"{module.path}:{call.lineno}"
        for module in modules
        if not module.path.startswith(PRINTERS)
        for name, call in _called(module.tree)
        if isinstance(call.func, ast.Name) and name in {"print", "input", "breakpoint"}
    ]
    assert not printing


def test_only_the_generated_program_is_compiled(modules):
    compiling = [
        f"{module.path}:{call.lineno}"
        for module in modules
        if not module.path.startswith(COMPILERS)
        for name, call in _called(module.tree)
        if isinstance(call.func, ast.Name) and name in {"eval", "exec", "compile"}
    ]
    assert not compiling


def test_nothing_is_unpickled(modules):
    pickling = [
        f"{module.path}:{node.lineno}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
        & {getattr(node, "module", ""), *(alias.name for alias in node.names)}
    ]
    assert not pickling


def test_text_files_are_opened_as_utf_8(modules):
    bare = []
    for module in modules:
        for name, call in _called(module.tree):
            if name not in {"open", "read_text", "write_text"}:
                continue
            texts = [a.value for a in ast.walk(call) if isinstance(a, ast.Constant)]
            binary = name == "open" and any(
                isinstance(text, str) and re.fullmatch("[rwxa+]*b[rwxa+]*", text) for text in texts
            )
            keywords = {keyword.arg: keyword.value for keyword in call.keywords}
            encoding = keywords.get("encoding")
            named = isinstance(encoding, ast.Constant) and encoding.value == "utf-8"
            if not (binary or named):
                bare.append(f"{module.path}:{call.lineno}")
    assert not bare


def test_dataclasses_are_frozen(modules):
    thawed = []
    for module in modules:
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ClassDef):
                continue
            for decorator in node.decorator_list:
                text = ast.unparse(decorator)
                if node.name.startswith("_"):
                    # A private builder travels nowhere.
                    continue
                if re.match(r"(dataclasses\.)?dataclass\b", text) and "frozen=True" not in text:
                    thawed.append(f"{module.path}:{node.name}")
    assert not thawed


def test_there_is_no_assert(modules):
    asserting = [
        f"{module.path}:{node.lineno}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assert)
    ]
    assert not asserting


def test_warnings_are_not_silenced_for_good(modules):
    """A filter outside `catch_warnings` would change the user's own process."""
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.With) and "catch_warnings" in ast.unparse(node.items[0]):
                for inner in ast.walk(node):
                    inner.within = True  # type: ignore[attr-defined]
    loose = [
        f"{module.path}:{call.lineno}"
        for module in modules
        for name, call in _called(module.tree)
        if name in {"filterwarnings", "simplefilter"} and not hasattr(call, "within")
    ]
    assert not loose


@pytest.mark.parametrize("unfinished", ["TODO", "FIXME", "XXX", "HACK"])
def test_nothing_is_left_for_later(modules, unfinished: str):
    assert not [m.path for m in modules if re.search(rf"\b{unfinished}\b", m.text)]


def test_no_function_is_a_stub(modules):
    """A body of nothing but `...`, `pass` or `raise NotImplementedError` (protocols aside).

    What returns None by its type may say so by its docstring alone.
    """
    stubs = []
    for module in modules:
        for owner in ast.walk(module.tree):
            if isinstance(owner, ast.ClassDef) and any(
                "Protocol" in ast.unparse(parent) for parent in owner.bases
            ):
                for inner in ast.walk(owner):
                    inner.protocol = True  # type: ignore[attr-defined]
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.FunctionDef) or hasattr(node, "protocol"):
                continue
            if any("overload" in ast.unparse(d) for d in node.decorator_list):
                continue
            body = [n for n in node.body if not _is_docstring(n)]
            says_none = (
                not body and node.returns is not None and ast.unparse(node.returns) == "None"
            )
            if all(_is_nothing(statement) for statement in body) and not says_none:
                stubs.append(f"{module.path}:{node.name}")
    assert not stubs


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or ast.unparse(node) in {
        "...",
        "raise NotImplementedError",
        "raise NotImplementedError()",
    }
