"""The pages of `docs/`: their Python runs from top to bottom, and their links lead somewhere."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import formix as fx
from formix.families import FAMILIES
from formix.families.table import family as family_of

DOCS = Path(__file__).parents[1] / "docs"
MADE = DOCS / "reference" / "made"
PAGES = sorted(page for page in DOCS.glob("**/*.md") if MADE not in page.parents)
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""Code that stands in a page as text; cells are run, and shown with what they print, by Sphinx."""
LINK = re.compile(r"\]\(([^)#:]+)\)")
CODED = [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))]

COMING = sorted((DOCS / "from").glob("*.md"))
ROW = re.compile(r"^\| (?P<there>.+?) (?<!\\)\| (?P<here>.+) \|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
TERM = re.compile(r"^\w*\(.*\|.*\)(?: \+ \(.*\|.*\))?$")
CALL = re.compile(r"^(?:fx|model|az)\.\w+\(.*\)$")

MODELS = {
    "k | trials(n) ~": "binomial",
    "prop(": "binomial",
    "proportion(": "binomial",
    "cbind(": "binomial",
    "b[": "bernoulli",
    "b ~": "bernoulli",
    "k ~": "poisson",
    "k | rate": "poisson",
}
AUXILIARIES = {"nu =": "student", "quantile =": "asymmetric_laplace", "zi ~": "zip"}


def test_there_are_pages():
    assert len(CODED) > 30


@pytest.mark.parametrize("page", CODED, ids=lambda page: page.stem)
def test_code_runs(page: Path):
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    exec(compile("\n".join(blocks), page.name, "exec"), {"__name__": page.stem})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        # Pages that are made with the site are checked there.
        assert "made/" in link or (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_bars_in_tables_part_no_code(page: Path):
    """A bar inside of code parts a table's cells too, unless a backslash stands before it."""
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = re.split(r"(?<!\\)\|", line) if line.startswith("|") else []
        assert all(cell.count("`") % 2 == 0 for cell in cells), line


def test_every_public_name_has_its_place_in_the_reference():
    told = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^   formix\.(\w+)$", told, re.MULTILINE)
    families = {family.name for family in FAMILIES}
    assert sorted(listed) == sorted(set(fx.__all__) - families)


def test_every_variable_of_the_environment_is_told():
    variable = re.compile(r"\bFORMIX_[A-Z_]+\b")
    source = Path(fx.__file__).parent.glob("**/*.py")
    read = {name for file in source for name in variable.findall(file.read_text(encoding="utf-8"))}
    told = variable.findall((DOCS / "reference" / "engines.md").read_text(encoding="utf-8"))
    assert len(read) > 1
    assert read == set(told)


def test_pages_of_families_are_as_their_values_say():
    writer = [sys.executable, str(DOCS / "make_families.py"), "--check"]
    done = subprocess.run(writer, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _data() -> pd.DataFrame:
    """A table with every column that the pages name, of 144 rows."""
    generator = np.random.default_rng(1)
    rows = 144
    columns: dict[str, Any] = {name: generator.normal(size=rows) for name in ("x", "z")}
    columns |= {name: generator.uniform(0.5, 1.5, size=rows) for name in ("y", "w", "v", "s")}
    columns |= {"k": generator.integers(0, 5, rows), "n": np.full(rows, 9), "c": np.zeros(rows)}
    columns |= {"g": np.repeat(list("abcdefghijkl"), 12), "h": np.tile(list("uvwxyz"), 24)}
    columns |= {"f": np.repeat(list("abc"), 48), "a": np.tile(["p", "q"], 72)}
    columns |= {"b": np.tile(["no", "yes"], 72)}
    return pd.DataFrame(columns)


def _codes(page: Path) -> list[str]:
    """Return what stands in code in the right column of the tables of a page."""
    rows = ROW.findall(page.read_text(encoding="utf-8"))
    return [code.replace("\\|", "|") for _, here in rows for code in CODE.findall(here)]


def _family(formula: str) -> str:
    """Return a family that has such a response, or such parameters."""
    starts = [family for start, family in MODELS.items() if formula.startswith(start)]
    inside = [family for said, family in AUXILIARIES.items() if said in formula]
    return next(iter(inside + starts), "gaussian")


def _formula(code: str) -> str:
    """Return the formula that a piece of code is or holds; empty if none."""
    if code.startswith('["'):
        return "; ".join(ast.literal_eval(code))
    if TERM.match(code) and "~" not in code:
        return f"y ~ {code}"
    found = re.search(r'fx\.Model\("([^"]+)"', code)
    if found:
        return found.group(1)
    return code if re.match(r'^[\w\[\]"() ,|=.-]+ ~ ', code) else ""


def _keywords(call: ast.Call) -> list[str]:
    return [keyword.arg for keyword in call.keywords if keyword.arg is not None]


def test_people_who_come_from_others_have_pages():
    assert len(COMING) == 6
    assert sum(len(_codes(page)) for page in COMING) > 300


@pytest.mark.parametrize("page", COMING, ids=lambda page: page.stem)
def test_formulas_make_models(page: Path):
    data = _data()
    relation = pd.DataFrame(np.eye(12), index=list("abcdefghijkl"), columns=list("abcdefghijkl"))
    seen = 0
    for formula in filter(None, map(_formula, _codes(page))):
        family = _family(formula)
        table = data.assign(y=data["k"]) if family == "zip" else data
        matrices = {"A": relation} if "cov = A" in formula else None
        own = {"hill": np.arctan} if "hill(x)" in formula else None
        model = fx.Model(formula, table, family, matrices=matrices, functions=own)
        assert bool(model.spec.blocks) == ("|" in formula.partition("~")[2]), formula
        seen += 1
    assert seen >= 8 or page.stem == "index"


@pytest.mark.parametrize("page", COMING, ids=lambda page: page.stem)
def test_calls_name_what_exists(page: Path):
    model = fx.Model("y ~ x + (x | g)", _data())
    for code in filter(CALL.match, _codes(page)):
        call = ast.parse(code.replace("...", "None"), mode="eval").body
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Attribute)
        assert isinstance(call.func.value, ast.Name)
        if call.func.value.id == "az":
            continue
        owner = {"fx": fx, "model": model}[call.func.value.id]
        accepted = inspect.signature(getattr(owner, call.func.attr)).parameters
        open_ended = any(p.kind is p.VAR_KEYWORD for p in accepted.values())
        assert open_ended or set(_keywords(call)) <= set(accepted), code


@pytest.mark.parametrize("page", COMING, ids=lambda page: page.stem)
def test_priors_have_addresses(page: Path):
    data = _data().assign(y=lambda table: table["y"] + table["x"])
    for code in _codes(page):
        if not re.match(r'^priors=[{"]', code) or "dist." in code:
            continue
        given = ast.literal_eval(code.removeprefix("priors="))
        formula = "y ~ x + (x | g); sigma ~ z" if "sigma." in code else "y ~ x + (x | g)"
        assert fx.Model(formula, data, priors=given).priors


@pytest.mark.parametrize("page", COMING, ids=lambda page: page.stem)
def test_families_have_their_names(page: Path):
    for code in _codes(page):
        if re.match(r'^"[a-z_.0-9]+(\([\w/^]+\))?"$', code) and not code.endswith('.nc"'):
            assert family_of(ast.literal_eval(code)), code
