"""Priors beside posteriors, read back from what is drawn."""

import family_shapes
import numpy as np
import pytest
from drawn import check_legible, curves, legend_texts
from fit_at import fit_at, random_fit
from matplotlib import pyplot as plt
from scipy import stats

import formix as fx


def test_both_densities_are_drawn(sleep):
    axes = fx.plot_prior(sleep)
    assert [ax.get_title(loc="left") for ax in axes] == [
        "beta[Intercept@means]",
        "beta[Days]",
        "sd_Subject[Intercept]",
        "sd_Subject[Days]",
        "cor_Subject[Days, Intercept]",
        "sigma",
    ]
    assert [ax.get_xlabel() for ax in axes[[1, 4]]] == ["~ Normal(0, 48.89)", "~ LKJ(1)"]
    before, after = curves(axes[1])
    np.testing.assert_allclose(before[:, 1], stats.norm(0.0, 48.89).pdf(before[:, 0]), rtol=1e-9)
    draws = sleep["posterior"]["beta"].to_numpy()[..., 1].ravel()
    middle = after[np.argmax(after[:, 1]), 0]
    assert np.quantile(draws, 0.1) < middle < np.quantile(draws, 0.9)
    low, high = axes[1].get_xlim()
    assert low <= np.quantile(draws, 0.01) < np.quantile(draws, 0.99) <= high
    assert legend_texts(axes[0]) == ["prior", "posterior"]
    check_legible(axes[0].figure)


def test_a_posterior_far_from_its_prior_is_seen_with_some_of_it():
    model = fx.Model("y ~ 1", {"y": np.arange(9.0)}, priors={"beta": "Normal(0, 1000)"})
    values = {"beta": np.linspace(3.0, 5.0, 50)[:, None], "sigma": np.ones(50)}
    ax = fx.plot_prior(fit_at(model, values), "beta")[0]
    low, high = ax.get_xlim()
    # Thrice the width of the posterior on either side, not the whole of the prior.
    assert (low, high) == (pytest.approx(3.0 - 6.0, abs=0.1), pytest.approx(5.0 + 6.0, abs=0.1))


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("sigma", ["sigma"]),
        (["sigma", "beta[Days]"], ["sigma", "beta[Days]"]),
        ("sd_Subject", ["sd_Subject[Intercept]", "sd_Subject[Days]"]),
        ("beta[Intercept]", ["beta[Intercept@means]"]),
        ("cor_Subject", ["cor_Subject[Days, Intercept]"]),
        ("cor_Subject[Intercept, Days]", ["cor_Subject[Days, Intercept]"]),
        (["beta", "beta[Days]"], ["beta[Intercept@means]", "beta[Days]"]),
    ],
)
def test_some_are_asked_for_by_site_or_number(sleep, asked, shown):
    titles = [ax.get_title(loc="left") for ax in fx.plot_prior(sleep, asked)]
    assert titles == shown


def test_of_very_many_the_last_panel_says_how_many():
    data = family_shapes.data()
    fit = random_fit(fx.Model("y ~ poly(x, 4) * f * h", data), 6)
    axes = fx.plot_prior(fit)
    assert len(axes) == 24
    assert axes[-1].get_xlabel().endswith("\n(24 of 31 priors)")
    check_legible(axes[0].figure)


def test_own_axes_and_what_is_wrong(sleep):
    figure, given = plt.subplots()
    (ax,) = fx.plot_prior(sleep, "sigma", ax=given)
    assert ax is given
    assert plt.get_fignums() == [figure.number]
    for options, says in (
        ({"parameters": "sigmas"}, "did you mean `sigma`"),
        ({"parameters": ["sigma", "r_Subject"]}, "`r_Subject` is nothing that has a prior"),
        ({"ax": given}, "holds 1 axes, and this picture has 6"),
    ):
        with pytest.raises(fx.ArgumentError) as caught:
            fx.plot_prior(sleep, **options)
        assert says in str(caught.value)
