"""A fit at a glance."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from made_fits import drawn, make_draws, sleepstudy

import formix as fx
from formix.errors import ArgumentError, ResultError
from formix.results import collect_prior, inference_data
from formix.results.ess import convergence
from formix.results.groups import Groups

COLUMNS = ["mean", "sd", "2.5%", "97.5%", "rhat", "ess_bulk", "ess_tail"]


def test_rows_are_addresses_and_columns_numbers(made):
    frame = fx.summary(made.groups).frame
    assert frame.columns.tolist() == COLUMNS
    assert frame.index.tolist() == [
        "sd_Subject[Intercept]",
        "sd_Subject[Days]",
        "cor_Subject[Days, Intercept]",
        "beta[Intercept]",
        "beta[Days]",
        "sigma",
    ]
    values = made.draws.values
    assert np.isclose(frame.loc["sigma", "mean"], values["sigma"].mean())
    rho = values["cor_Subject"][..., 1, 0]
    assert np.isclose(frame.loc["cor_Subject[Days, Intercept]", "sd"], rho.std(ddof=1))
    found = convergence(values["beta"])
    np.testing.assert_array_equal(frame.loc[["beta[Intercept]", "beta[Days]"], "rhat"], found.rhat)


def test_group_level_effects_are_listed_when_asked_for(made):
    frame = fx.summary(made.groups, ranef=True).frame
    assert "r_Subject[308, Days]" in frame.index
    assert len(frame) == 18
    r = made.draws.values["r_Subject"]
    assert np.isclose(frame.loc["r_Subject[313, Days]", "mean"], r[:, :, 5, 1].mean())


def test_the_text_is_grouped_and_counted(made):
    lines = str(fx.summary(made.groups)).splitlines()
    assert lines[:3] == [
        "Formula: Reaction ~ Days + (Days | Subject)",
        "Family:  gaussian (mu identity)",
        "Draws:   4 chains of 60 draws by nuts",
    ]
    assert lines[4].split() == [
        "mean", "sd", "2.5%", "97.5%", "R-hat", "bulk", "ESS", "tail", "ESS",
    ]  # fmt: skip
    titles = [line for line in lines[5:-2] if not line.startswith(" ")]
    assert titles == [
        "Group-level effects: Subject (6 levels)",
        "Common effects",
        "Family parameters",
    ]
    assert [line.split()[0] for line in lines if line.startswith("  ") and line != lines[4]] == [
        "sd(Intercept)", "sd(Days)", "cor(Intercept,", "Intercept", "Days", "sigma",
    ]  # fmt: skip
    assert lines[-1] == "Number of obs: 30, groups: Subject, 6"


def test_numbers_are_aligned_and_have_three_digits_of_their_spread(made):
    lines = str(fx.summary(made.groups)).splitlines()
    rows = [line for line in lines if line.startswith("  ")]
    assert len({len(row) for row in rows}) == 1
    frame = fx.summary(made.groups).frame
    sigma = next(line for line in rows if "sigma" in line).split()
    assert sigma[1] == f"{frame.loc['sigma', 'mean']:.3f}"
    assert sigma[2] == f"{frame.loc['sigma', 'sd']:.3f}"
    assert sigma[6] == f"{frame.loc['sigma', 'ess_bulk']:.0f}"


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1.0, 1e4, 1e12])
def test_numbers_of_any_size_are_shown(made, scale):
    posterior = made.groups["posterior"]
    scaled = made.groups.with_group("posterior", posterior.assign(beta=posterior["beta"] * scale))
    text = str(fx.summary(scaled))
    shown = next(line for line in text.splitlines() if line.startswith("  Days")).split()
    mean = float(posterior["beta"][..., 1].mean()) * scale
    sd = float(posterior["beta"][..., 1].std(ddof=1)) * scale
    assert abs(float(shown[1]) - mean) <= 0.01 * sd
    assert abs(float(shown[2]) - sd) <= 0.01 * sd


def test_several_groups_and_predictors(crossed, distributional):
    text = str(fx.summary(crossed.groups))
    assert "Group-level effects: g (3 levels)" in text
    assert "Group-level effects: h:k (4 levels)" in text
    assert text.endswith("Number of obs: 24, groups: g, 3; h:k, 4")
    # The zeros between blocks are no parameters.
    assert text.count("cor(") == 1
    frame = fx.summary(distributional.groups).frame
    assert "sigma.sd_g[Days]" in frame.index
    text = str(fx.summary(distributional.groups))
    assert "sd(sigma.Days)" in text
    assert "sigma.Intercept" in text


def test_a_model_without_groups(plain):
    text = str(fx.summary(plain))
    assert "Group-level" not in text
    assert text.endswith("Number of obs: 4")


def test_another_interval(made):
    frame = fx.summary(made.groups, prob=0.5).frame
    assert frame.columns.tolist()[2:4] == ["25%", "75%"]
    with pytest.raises(ArgumentError):
        fx.summary(made.groups, prob=50)


def test_draws_of_the_prior_have_no_diagnostics(made):
    values = make_draws(made.spec, chains=1, draws=9).values
    prior = collect_prior(made.spec, values, np.zeros((1, 9, 30)), made.recipe, {})
    table = fx.summary(prior)
    assert table.frame.columns.tolist() == COLUMNS[:4]
    assert "1 chain of 9 draws from the prior" in str(table)


def test_both_containers_give_the_same_table(made):
    one, other = fx.summary(made.groups), fx.summary(inference_data(made.groups))
    assert one.frame.equals(other.frame)
    assert str(one) == str(other) == repr(other)


def test_html_is_escaped():
    made = sleepstudy(draws=6)
    attributes = {**made.attributes, "formula": "y ~ x + (1 | <b>&)"}
    html = fx.summary(Groups(made.datasets, attributes))._repr_html_()
    assert "(1 | &lt;b&gt;&amp;)" in html


def test_html_has_the_numbers_of_the_text_and_asks_for_nothing(made):
    table = fx.summary(made.groups)
    html = table._repr_html_()
    page = ET.fromstring(f"<page>{html}</page>")
    cells = [[(one.text or "").strip() for one in row] for row in page.iter("tr")]
    words = " ".join(" ".join(row) for row in cells).split()
    assert words == " ".join(str(table).splitlines()[4:-2]).split()
    assert not re.search(r"https?:|src=|href=|url\(|#[0-9a-f]{3}", html)


def test_results_of_others_are_refused(made):
    with pytest.raises(ResultError, match="was not made by formix"):
        fx.summary(Groups(made.groups.datasets))


def test_several_formulas_stand_below_one_another(made):
    attributes = {**made.groups.attributes, "formula": "y ~ x\nsigma ~ x"}
    lines = str(fx.summary(Groups(made.groups.datasets, attributes))).splitlines()
    assert lines[:2] == ["Formula: y ~ x", "         sigma ~ x"]


def test_labels_are_printed_on_one_line_and_short():
    names = {"f": ["a\nb", "c" * 90] * 12, "y": [1.0, 2.0, 4.0, 3.0] * 6}
    table = fx.summary(drawn("y ~ 0 + f", names, draws=8))
    assert "beta[f[a\nb]]" in table.frame.index
    lines = str(table).splitlines()
    assert any(line.startswith("  f[a\\nb] ") for line in lines)
    assert any("c...c" in line for line in lines)
    assert "c" * 61 not in str(table)
    assert any("c" * 90 in name for name in table.frame.index)
    model = str(fx.Model("y ~ 0 + f", names))
    assert "f[a\\nb]" in model
    assert "f[a\nb]" not in model
