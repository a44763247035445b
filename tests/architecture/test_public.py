"""The public names: what `import formix` gives, and what it costs."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import formix

STUB = Path(formix.__file__).with_name("__init__.pyi")
NAMES = tuple(
    sorted(
        alias.asname or alias.name
        for node in ast.walk(ast.parse(STUB.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )
)


def _fresh(script: str) -> list[str]:
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_importing_formix_imports_no_library():
    heavy = {"arviz", "formulae", "jax", "lark", "narwhals", "numpy", "numpyro", "pandas", "xarray"}
    loaded = _fresh("import sys, formix; print(*sys.modules)")
    assert "formix" in loaded
    assert not heavy & set(loaded)


def test_a_models_mode_needs_no_library_of_draws():
    """Each is slow to import, and holds memory that the compiler needs before there are draws."""
    loaded = _fresh(
        "import sys, formix\n"
        "data = formix.load('cbpp')\n"
        "formula = 'incidence | trials(size) ~ period + (1 | herd)'\n"
        "formix.Model(formula, data, 'binomial').ml()\n"
        "print(*sys.modules)"
    )
    assert "formix.maximum" in loaded
    assert not {"arviz", "jax", "numpyro", "xarray"} & set(loaded)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there_and_says_what_it_is(name: str):
    assert name in dir(formix)
    assert inspect.getdoc(getattr(formix, name))


def test_every_name_is_exported():
    assert set(formix.__all__) >= set(NAMES)


def test_names_outlive_the_import_of_every_module():
    """A submodule of the same name would take a public name's place once it is imported."""
    script = (
        "import importlib, pkgutil, types, formix\n"
        "for module in pkgutil.walk_packages(formix.__path__, 'formix.'):\n"
        "    if not module.name.endswith('__main__'):\n"
        "        importlib.import_module(module.name)\n"
        f"names = {NAMES!r}\n"
        "print(*(n for n in names if isinstance(getattr(formix, n), types.ModuleType)))\n"
    )
    assert not _fresh(script)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="lmer"):
        formix.lmer  # noqa: B018


def test_the_version_is_that_of_the_package():
    assert formix.__version__.count(".") >= 2
