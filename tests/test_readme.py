"""README says what is so: its Python runs, prints what stands there, and its table is true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from formix.resources import resource
from formix.results.ess import mcse_mean

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(?P<name>[^`]+)` \| (?P<lme4>.+?) \| (?P<formix>.+?) \|$", re.MULTILINE)
NUMBERS = re.compile(r"^(-?[\d.]+)(?: \(([\d.]+)\))?$")


def _blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCKS if kind == language]


def _table() -> dict[str, tuple[re.Match[str], re.Match[str]]]:
    rows = {}
    for row in ROW.finditer(README):
        lme4, ours = NUMBERS.match(row["lme4"]), NUMBERS.match(row["formix"])
        assert lme4, row[0]
        assert ours, row[0]
        rows[row["name"]] = (lme4, ours)
    return rows


@pytest.fixture(scope="module")
def ran() -> dict[str, object]:
    """The names that README's code leaves behind, run as one script."""
    names: dict[str, object] = {"__name__": "readme"}
    code, program = _blocks("python")
    exec(compile(code, "README.md", "exec"), names)
    names["program"] = program
    return names


def _lme4() -> dict[str, tuple[float, float | None]]:
    """lme4's REML estimates and standard errors under formix's names."""
    results = json.loads(resource("data", "lme4/fits.json").read_text(encoding="utf-8"))
    fit = next(fit for fit in results["fits"] if fit["id"] == "sleepstudy")["reml"]
    (group,) = fit["groups"]
    fixed = zip(fit["fixed"]["estimate"], fit["fixed"]["se"], strict=True)
    names = ["beta[Intercept]", "beta[Days]"]
    return {
        **dict(zip(names, fixed, strict=True)),
        "sd_Subject[Intercept]": (group["sd"][0], None),
        "sd_Subject[Days]": (group["sd"][1], None),
        "cor_Subject": (group["cor"][0][1], None),
        "sigma": (fit["sigma"], None),
    }


def test_there_are_two_commands_for_the_check_of_a_clone():
    assert [block.count("pip install") for block in _blocks("sh")] == [1, 1]


def test_the_table_holds_what_lme4_estimates():
    table, expected = _table(), _lme4()
    assert set(table) == set(expected)
    for name, (estimate, error) in expected.items():
        shown, _ = table[name]
        places = len(shown[1].partition(".")[2])
        assert shown[1] == f"{estimate:.{places}f}", name
        assert shown[2] == (None if error is None else f"{error:.{places}f}"), name


def test_the_program_is_the_one_that_is_printed(ran):
    assert ran["program"] == ran["model"].source


def test_the_table_holds_what_the_code_gives(ran):
    """README's run and this one may differ by their Monte Carlo errors, where versions differ.

    Each of twelve numbers is within 5 standard errors of that difference: fewer than 1 run in
    100,000 fails by chance.
    """
    draws = _draws(ran["fit"])
    table = _table()
    assert set(draws) == set(table)
    for name, (_, shown) in table.items():
        x = draws[name]
        mean, sd = float(shown[1]), float(shown[2])
        rounding = 0.51 * 10.0 ** -len(shown[1].partition(".")[2])
        squares = np.square(x - x.mean())
        assert abs(x.mean() - mean) < 5 * np.sqrt(2) * mcse_mean(x) + rounding, name
        error = mcse_mean(squares) / (2 * x.std())
        assert abs(x.std(ddof=1) - sd) < 5 * np.sqrt(2) * error + rounding, name


def _draws(fit) -> dict[str, np.ndarray]:
    """The draws of every row of the table, chain by draw."""
    posterior = fit.posterior
    beta, sd = posterior["beta"], posterior["sd_Subject"]
    return {
        "beta[Intercept]": beta.sel(coef="Intercept").to_numpy(),
        "beta[Days]": beta.sel(coef="Days").to_numpy(),
        "sd_Subject[Intercept]": sd.sel(Subject_effect="Intercept").to_numpy(),
        "sd_Subject[Days]": sd.sel(Subject_effect="Days").to_numpy(),
        "cor_Subject": posterior["cor_Subject"].to_numpy()[..., 0, 1],
        "sigma": posterior["sigma"].to_numpy(),
    }
