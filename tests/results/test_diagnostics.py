"""Poor draws are one warning's worth of findings, each naming the parameter and what to do."""

import numpy as np
import pytest
from made_fits import block, make, make_spec, predictor, sleep_spec

from formix.results.datasets import collect
from formix.results.diagnostics import diagnose, warning_text


def fit(change=None, stats=None, attributes=None, spec=None, draws=500, **options):
    made = make(spec or sleep_spec(levels=("a", "b")), draws=draws, **options)
    values = {site: x.copy() for site, x in made.draws.values.items()}
    if change is not None:
        change(values)
    whole = type(made.draws)(
        values, {**made.draws.stats, **(stats or {})},
        {**made.draws.attributes, **(attributes or {})}, {},
    )  # fmt: skip
    return collect(made.spec, whole, made.recipe)


def said(found):
    return [finding.what for finding in diagnose(found)]


def test_good_draws_have_no_findings():
    """Independent draws: R-hat above 1.01 or an ESS below 400 of 2000 has a chance below 1e-6."""
    assert not diagnose(fit())


def test_a_draw_alone_is_told_without_a_word_from_numpy():
    alone = fit(draws=1, chains=1, stats={"energy": np.array([[3.0]])})
    (finding,) = diagnose(alone)
    assert "do not move in some chain" in finding.what


def test_constants_by_construction_are_passed_over():
    """The diagonal of `cor_`, and the zeros between its blocks."""
    mu = predictor("mu", 24, ("Intercept", "Days", "x"))
    blocks = [
        block("g", ("a", "b"), mu, ("Intercept", "Days")),
        block("g", ("a", "b"), mu, ("x",)),
    ]
    assert not diagnose(fit(spec=make_spec([mu], blocks)))


def test_a_chain_elsewhere_is_named():
    def shift(values):
        values["sd_Subject"][2, :, 1] += 1.0

    found = said(fit(shift))
    assert found[0].startswith("R-hat of sd_Subject[Days] is 1.")
    assert "chains have not mixed" in found[0]


def test_group_level_effects_are_checked_and_others_counted():
    def shift(values):
        values["r_Subject"][0, :, 0, 0] += 3.0
        values["r_Subject"][0, :, 1, 1] += 2.0
        values["r_Subject"][0, :, 1, 0] += 1.0

    found = said(fit(shift))
    assert found[0].startswith("R-hat of r_Subject[a, Intercept]")
    assert found[0].endswith(", and of 2 more parameters: the chains have not mixed")


def test_only_one_of_two_triangles_is_counted():
    def shift(values):
        values["cor_Subject"][0, :, 1, 0] += 0.5
        values["cor_Subject"][0, :, 0, 1] += 0.5

    found = said(fit(shift))
    assert found[0].startswith("R-hat of cor_Subject[Days, Intercept]")
    assert "more parameter" not in found[0]


def test_slow_draws_are_named_with_their_size():
    def slow(values):
        x = values["sigma"]
        for t in range(1, x.shape[1]):
            x[:, t] = 0.95 * x[:, t - 1] + 0.05 * x[:, t]

    found = said(fit(slow))
    assert any(text.startswith("the bulk ESS of sigma is ") for text in found)
    assert any(text.startswith("the tail ESS of sigma is ") for text in found)
    assert all("below 400, 100 a chain" in text for text in found if "ESS" in text)


def test_a_parameter_that_never_moves():
    def stuck(values):
        values["beta"][..., 1] = 2.0

    assert said(fit(stuck)) == ["beta[Days] does not move in some chain, or is not finite"]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_parameter_that_is_not_finite(bad):
    def broken(values):
        values["beta"][1, 7, 0] = bad

    assert said(fit(broken)) == ["beta[Intercept] does not move in some chain, or is not finite"]


def test_chains_that_never_move_at_different_places():
    def stuck(values):
        values["sigma"][:] = np.arange(1.0, 5.0)[:, None]

    assert said(fit(stuck)) == ["sigma does not move in some chain, or is not finite"]


def test_one_chain_that_never_moves():
    def stuck(values):
        values["sigma"][3] = values["sigma"][0, 0]

    assert said(fit(stuck)) == ["sigma does not move in some chain, or is not finite"]


def test_divergences_are_counted_and_the_next_rate_is_said():
    diverging = np.zeros((4, 500), dtype=bool)
    diverging[1, :7] = True
    (finding,) = diagnose(fit(stats={"diverging": diverging}))
    assert finding.what.startswith("7 of 2000 transitions diverged")
    assert "target_accept=0.95" in finding.remedies[0]
    (finding,) = diagnose(fit(stats={"diverging": diverging}, attributes={"target_accept": 0.95}))
    assert "target_accept=0.99" in finding.remedies[0]


@pytest.mark.parametrize("limit", [5, 10])
def test_trajectories_cut_short_are_counted(limit):
    depth = np.full((4, 500), limit - 1)
    assert not diagnose(fit(stats={"tree_depth": depth}, attributes={"max_tree_depth": limit}))
    depth[0, 3] = limit
    (finding,) = diagnose(fit(stats={"tree_depth": depth}, attributes={"max_tree_depth": limit}))
    assert finding.what == f"1 of 2000 trajectories ended at tree depth {limit}"
    assert f"fit(max_tree_depth={limit + 2})" in finding.remedies[0]
    # Trees of `whitened` have no such setting.
    known = {"max_tree_depth": limit, "trajectories": "nuts"}
    (finding,) = diagnose(fit(stats={"tree_depth": depth}, attributes=known))
    assert f'fit(engine="nuts", max_tree_depth={limit + 2})' in finding.remedies[0]


@pytest.mark.parametrize(
    ("k_hat", "says"),
    [(0.6, ()), (0.71, ("is 0.71 (above 0.7)",)), (None, ("cannot be found",))],
)
def test_an_approximation_that_is_far_is_told(k_hat, says):
    told = said(fit(attributes={"k_hat": k_hat, "max_k_hat": 0.7, "settled": True}))
    assert len(told) == len(says)
    assert all(part in what for part, what in zip(says, told, strict=True))
    # Of an engine whose draws weights have made right, k-hat tells how many they are worth.
    assert not diagnose(fit(attributes={"k_hat": k_hat}))


def test_a_bound_that_has_not_settled_is_told():
    (finding,) = diagnose(fit(attributes={"settled": False, "steps": 30_000}))
    assert "had not settled after 30000 steps" in finding.what
    assert "fit(steps=120000)" in finding.remedies[0]


def test_a_slow_energy_is_named_by_chain():
    energy = np.random.default_rng(1).normal(size=(4, 500))
    energy[2] = np.cumsum(energy[2])
    (finding,) = diagnose(fit(stats={"energy": energy}))
    assert finding.what.startswith("E-BFMI is 0.0")
    assert "in chain 2" in finding.what


def test_an_engine_without_statistics_is_judged_by_its_draws():
    found = fit()
    del found.datasets["sample_stats"]
    assert not diagnose(found)


def test_one_chain_is_judged_by_its_effective_sizes():
    assert not diagnose(fit(chains=1, draws=1000))


def test_a_sampler_that_can_go_on_is_told_to():
    made = make(sleep_spec(levels=("a", "b")), draws=20)
    assert "draw more: fx.extend(fit, draws=80)" in warning_text(diagnose(made.groups))


def test_the_warning_says_each_remedy_once():
    def shift(values):
        values["sd_Subject"][2, :, 1] += 1.0
        values["sigma"][2] += 5.0

    diverging = np.zeros((4, 500), dtype=bool)
    diverging[0, 0] = True
    findings = diagnose(fit(shift, stats={"diverging": diverging}))
    text = warning_text(findings)
    lines = text.splitlines()
    assert lines[0] == "these draws should not be trusted yet"
    assert len(set(lines)) == len(lines)
    assert sum("draw more: model.fit(draws=2000)" in line for line in lines) == 1
    assert sum(line.startswith("  - ") for line in lines) == len(findings)
