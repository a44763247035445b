"""Datasets have the names, dimensions, coordinates and attributes of the contract."""

import warnings
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from made_fits import drawn, make, make_draws, sleep_spec, sleepstudy

import formix as fx
from formix.design.column import DataColumn
from formix.results import collect_prior, datasets, inference_data
from formix.results.datasets import collect
from formix.results.inference import ARVIZ_1


def test_a_fit_has_every_group(made):
    assert list(made.groups.datasets) == [
        "posterior", "sample_stats", "log_likelihood", "log_prior", "observed_data",
        "constant_data", "sampler_state",
    ]  # fmt: skip


def test_the_draws_are_those_of_the_engine(made):
    posterior = made.groups["posterior"]
    assert set(posterior.data_vars) == set(made.draws.values)
    for site, values in made.draws.values.items():
        np.testing.assert_array_equal(posterior[site], values)
        assert posterior[site].dims[:2] == ("chain", "draw")
    for name, values in made.draws.stats.items():
        np.testing.assert_array_equal(made.groups["sample_stats"][name], values)


def test_sample_stats_say_how_good_the_proposals_were():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    stats = model.sample(seed=1)["sample_stats"]
    assert stats.attrs["engine"] == "marginal"
    assert stats.attrs["k_hat"] < 0.5
    assert 0 < stats.attrs["importance_ess"] <= stats.attrs["proposals"]
    assert set(stats.data_vars) == {"lp", "acceptance_rate"}


def test_every_dimension_has_a_coordinate(made):
    for dataset in made.groups.datasets.values():
        assert set(dataset.sizes) <= set(dataset.coords)


def test_no_variable_has_the_name_of_a_dimension_in_any_group(made):
    dims = {dim for dataset in made.groups.datasets.values() for dim in dataset.sizes}
    names = {str(name) for dataset in made.groups.datasets.values() for name in dataset.data_vars}
    assert not dims & names


def test_every_group_says_when_and_by_what_it_was_made(made):
    for dataset in made.groups.datasets.values():
        assert dataset.attrs["inference_library"] == "formix"
        assert dataset.attrs["inference_library_version"] == fx.__version__
        assert datetime.fromisoformat(dataset.attrs["created_at"]).utcoffset() is not None


def test_one_log_likelihood_named_as_the_response(made):
    found = made.groups["log_likelihood"]
    assert list(found.data_vars) == ["Reaction"]
    assert found["Reaction"].dims == ("chain", "draw", "obs")
    observed = made.groups["observed_data"]["Reaction"]
    np.testing.assert_array_equal(observed, made.spec.response.values)


def test_a_large_log_likelihood_is_not_stored_unasked(monkeypatch):
    spec = sleep_spec(rows=30)
    monkeypatch.setattr(datasets, "MOST", 4 * 10 * 30)
    assert "log_likelihood" in make(spec, draws=10).groups
    assert "log_likelihood" not in make(spec, draws=11).groups


def test_an_engine_without_state_leaves_no_group():
    assert "sampler_state" not in make(state=False).groups


@pytest.mark.parametrize(
    ("levels", "kind"),
    [((308, 309), "i"), ((1.5, 2.5), "f"), (("b", "a"), "O"), ((False, True), "O")],
)
def test_levels_keep_their_type_as_coordinates(levels, kind):
    found = make(sleep_spec(levels=levels, rows=12), draws=4).groups["posterior"]["Subject"]
    assert found.dtype.kind == kind
    shown = [str(x) for x in levels] if kind == "O" else list(levels)
    assert found.to_numpy().tolist() == shown


def test_true_names_stand_beside_slugs():
    found = make(sleep_spec("y/n", "obs", "größe"), draws=4).groups
    assert found["posterior"]["obs_"].attrs["name"] == "obs"
    assert found["observed_data"]["y_n"].attrs["name"] == "y/n"
    assert found["log_likelihood"]["y_n"].attrs["name"] == "y/n"
    assert found["constant_data"]["obs__"].attrs["name"] == "obs"
    assert "name" not in found["constant_data"]["größe"].attrs


def test_the_data_are_stored_once_each():
    extra = (
        DataColumn("when", "date", np.array(["2020-01-01"] * 30, dtype="datetime64[ns]")),
        DataColumn("ok", "bool", np.zeros(30, dtype=np.int32), (False, True)),
    )
    found = make(extra=extra, draws=4).groups["constant_data"]
    assert list(found.data_vars) == ["Reaction", "Days", "Subject_", "when", "ok"]
    assert found["Subject_"].dtype == np.int32
    assert found["when"].dtype.kind == "M"


def test_rows_keep_their_labels():
    data = fx.load("sleepstudy").iloc[5:25].copy()
    data.index = [f"row {i}" for i in range(20)]
    found = drawn("Reaction ~ Days", data, draws=4)
    for name in ("observed_data", "constant_data", "log_likelihood"):
        assert found[name]["obs"].to_numpy().tolist() == list(data.index)


def test_dropped_rows_are_in_no_group():
    data = fx.load("sleepstudy").iloc[:20].copy()
    data.loc[data.index[3], "Days"] = np.nan
    found = drawn("Reaction ~ Days", data, draws=4)
    assert found["constant_data"].sizes["obs"] == 19
    assert found["log_likelihood"].sizes["obs"] == 19
    assert 3 not in found["observed_data"]["obs"]


def test_prior_draws_have_groups_of_their_own(made):
    values = make_draws(made.spec, chains=1, draws=5).values
    predictive = np.zeros((1, 5, 30))
    found = collect_prior(made.spec, values, predictive, made.recipe, {"seed": 1})
    assert set(found.datasets) == {"prior", "prior_predictive", "observed_data", "constant_data"}
    assert found["prior"].sizes["chain"] == 1
    assert found["prior_predictive"]["Reaction"].dims == ("chain", "draw", "obs")
    assert found.attributes["formula"] == made.spec.text


def test_a_model_without_columns_still_says_its_rows():
    """`y ~ 1`: nothing but the response is used."""
    found = drawn("Reaction ~ 1", fx.load("sleepstudy"), draws=4)
    assert found["constant_data"].sizes["obs"] == 180
    assert list(found["posterior"].data_vars) == ["beta", "sigma"]


def test_the_sleep_study_has_the_coordinates_of_its_data():
    found = sleepstudy(draws=4)["posterior"]
    assert found["coef"].to_numpy().tolist() == ["Intercept", "Days"]
    assert found.sizes["Subject"] == 18
    assert found["r_Subject"].dims == ("chain", "draw", "Subject", "Subject_effect")


def test_collecting_again_gives_the_same_numbers(made):
    again = collect(made.spec, made.draws, made.recipe)
    for name, dataset in made.groups.datasets.items():
        assert dataset.equals(again[name])


def rounded(correlations):
    """Return correlations as a factor gives them: a little off the diagonal, and asymmetric."""
    noise = np.random.default_rng(1).choice([-2e-16, 0.0, 4e-16], size=correlations.shape)
    return np.clip(correlations, -0.999, None) * (1.0 + noise) + noise


@pytest.mark.parametrize("group", ["posterior", "prior"])
def test_correlations_are_stored_exactly_and_the_draws_stay(group):
    made = make(draws=20)
    values = dict(made.draws.values)
    values["cor_Subject"] = rounded(values["cor_Subject"])
    given = values["cor_Subject"].copy()
    if group == "posterior":
        found = collect(made.spec, replace(made.draws, values=values), made.recipe)
    else:
        predictive = np.zeros((4, 20, 30))
        found = collect_prior(made.spec, values, predictive, made.recipe, {})
    stored = found[group]["cor_Subject"].to_numpy()
    assert (np.diagonal(stored, axis1=-2, axis2=-1) == 1.0).all()
    np.testing.assert_array_equal(stored, np.swapaxes(stored, -1, -2))
    assert np.abs(stored).max() <= 1.0
    np.testing.assert_allclose(stored, given, atol=2e-15)
    np.testing.assert_array_equal(values["cor_Subject"], given)
    assert not (np.diagonal(given, axis1=-2, axis2=-1) == 1.0).all()


def test_arviz_plots_the_traces_of_a_whole_fit():
    made = make(draws=30)
    values = {**made.draws.values, "cor_Subject": rounded(made.draws.values["cor_Subject"])}
    found = collect(made.spec, replace(made.draws, values=values), made.recipe)
    fit = inference_data(found)
    plt = pytest.importorskip("matplotlib.pyplot")
    with warnings.catch_warnings(), plt.rc_context({"backend": "agg"}):
        # What ArviZ warns of is not ours: the number of its plots, and its own next version.
        warnings.simplefilter("ignore")
        az = pytest.importorskip("arviz")
        if ARVIZ_1:
            with az.rc_context({"plot.max_subplots": 1000}):
                assert az.plot_trace_dist(fit, backend="matplotlib") is not None
                assert az.plot_trace(fit, backend="matplotlib") is not None
        else:
            assert az.plot_trace(fit).shape[1] == 2
        plt.close("all")
