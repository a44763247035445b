"""One word a thing: names that say nothing are not used, and no name hides another."""

from __future__ import annotations

import ast
import re
from pathlib import Path

EMPTY = {"manager", "handler", "helper", "helpers", "util", "utils", "misc"}
"""Words that say nothing of what a thing is."""

EMPTY_FILES = EMPTY | {"base", "core", "common", "tools", "stuff"}

KIND_OF_TERM = "kinds/common.py"
"""The one file called `common`: common effects are a kind of term."""


def _words(identifier: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier)
    return {word.lower() for word in spaced.split("_") if word}


def _defined(tree: ast.AST):
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def test_identifiers(modules):
    empty = {
        f"{module.path}:{name}"
        for module in modules
        for name in _defined(module.tree)
        if _words(name) & EMPTY
    }
    assert not empty


def test_files(modules):
    empty = [
        module.path
        for module in modules
        if module.path != KIND_OF_TERM
        and set(Path(module.path).with_suffix("").parts) & EMPTY_FILES
    ]
    assert not empty


def test_no_module_hides_a_public_name(modules):
    """Importing `formix.source` would set the package's attribute `source`, and hide the verb."""
    public = _public(modules)
    tops = {Path(module.path).parts[0].removesuffix(".py") for module in modules}
    assert public
    assert not public & tops


def _public(modules) -> set[str]:
    folder = Path(__file__).parents[2] / "src" / "formix"
    stub = ast.parse((folder / "__init__.pyi").read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name
        for node in ast.walk(stub)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_tests_lie_as_the_sources_do(root: Path, modules):
    """A test beside the rooms is of a module; a folder of tests is of a room, or of all of them."""
    own = {"architecture", "browser", "calibration", "golden", "packaging", "properties"}
    own |= {"reference"}
    rooms = {Path(module.path).parent.as_posix() for module in modules}
    tops = {module.path for module in modules} | {"docs.py", "docstrings.py", "readme.py"}
    strays = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        inside = path.relative_to(root / "tests")
        if len(inside.parts) == 1:
            known = inside.name.removeprefix("test_") in tops
        else:
            known = inside.parts[0] in own or inside.parent.as_posix() in rooms
        if not known:
            strays.append(inside.as_posix())
    assert not strays
