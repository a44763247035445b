"""Names that mean something to Python, R or a file: fitted, stored and read under what they are."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import formix as fx
from formix.engines.density import log_density
from formix.engines.latent import arrays, latent_sites

NAMES = {
    "keyword": "lambda",
    "statement": "class",
    "space": "x y",
    "umlaut": "größe",
    "japanese": "日本",
    "digit_first": "1x",
    "slash": "a/b",
    "double_quote": 'say "so"',
    "single_quote": "it's",
    "newline": "two\nlines",
    "backslash": "back\\slash",
    "code": 'x"]; import os; data["y',
    "dunder": "__class__",
    "composed": "\u00e9",
    "decomposed": "e\u0301",
    "ligature": "\ufb01t",
    "long": "x" * 300,
    "backtick": "a`b",
    "bar": "a | b",
    "tilde": "a ~ b",
    "number": "1",
    "coefficient": "Intercept",
    "site": "beta",
    "parameter": "sigma",
    "dimension": "obs",
    "module": "jnp",
    "argument": "X",
    "brace": "{sigma}",
    "percent": "%s",
    "braces": "a{0}b",
}
ROWS = 24
FORMULA = "{0} ~ {1} + ({1} || {2}); sigma ~ {1}"


def table(response: str, x: str, group: str, level: str = "level") -> pd.DataFrame:
    generator = np.random.default_rng(80)
    return pd.DataFrame(
        {
            response: generator.normal(size=ROWS),
            x: generator.normal(size=ROWS),
            group: pd.Categorical.from_codes(np.arange(ROWS) % 3, [level, "b", "c"]),
        }
    )


def quoted(name: str) -> str:
    """The name as a formula writes any column."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


@cache
def plain_density() -> tuple[dict[str, np.ndarray], float]:
    """A point of the model of plain names, and the log density there."""
    program = fx.Model(FORMULA.format("y", "x", "g"), table("y", "x", "g")).program
    sites = latent_sites(program.function, arrays(program))
    generator = np.random.default_rng(81)
    point = {site.name: np.exp(generator.normal(size=site.shape)) for site in sites}
    return point, float(log_density(program, point))


FOURS = [
    pytest.param(start, turn, marks=[pytest.mark.slow] if turn else [])
    for turn in range(4)
    for start in range(0, len(NAMES), 4)
]
"""Names four at a time; each of them in another place at every turn."""


@pytest.mark.parametrize(("start", "turn"), FOURS)
def test_the_program_is_that_of_plain_names(start: int, turn: int):
    """Of one density, whatever the response, the column, the group and a level are called."""
    names = list(NAMES.values()) * 2
    four = names[start : start + 4]
    *columns, level = four[turn:] + four[:turn]
    text = FORMULA.format(*(quoted(each) for each in columns))
    program = fx.Model(text, table(*columns, level=level)).program
    plain, expected = plain_density()
    point = {site.replace("_g", f"_{columns[2]}"): value for site, value in plain.items()}
    assert np.isfinite(expected)
    assert log_density(program, point) == pytest.approx(expected, rel=1e-12)


@pytest.mark.filterwarnings("ignore::formix.errors.ConvergenceWarning")
@pytest.mark.parametrize("place", range(len(NAMES)), ids=NAMES)
def test_labels_are_the_same_after_a_file(place: int, tmp_path):
    """Fitted, stored and read, with every name that of a column, of a group and of a level."""
    names = list(NAMES.values())
    name, group = names[place], names[place - 1]
    formula = f"y ~ {quoted(name)} + ({quoted(name)} || {quoted(group)})"
    model = fx.Model(formula, table("y", name, group, level=name))
    fit = model.fit(draws=20, chains=2, seed=1, progress=False)
    fit.to_netcdf(tmp_path / "fit.nc")
    read = fx.read(tmp_path / "fit.nc")
    labels = list(fx.fixef(read).index)
    assert labels == list(fx.fixef(fit).index) == list(model.design.columns)
    assert labels[1] in (name, quoted(name))
    assert fx.ranef(read).equals(fx.ranef(fit))
    assert fx.model(read).source == model.source
    assert list(model.design.blocks[0].levels) == [name, "b", "c"]
    assert model.design.blocks[0].group == group
