"""The log likelihood of each level, its effects integrated, beside that of each observation."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from fit_at import random_fit
from made_fits import drawn, sleepstudy
from scipy import special, stats

import formix as fx
from formix.results import inference_data, peaked
from formix.results.groups import Groups, opened

with_arviz = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore:Estimated shape")


def frame() -> pd.DataFrame:
    """Four batches of two casks, crossed with three samples."""
    generator = np.random.default_rng(4)
    number = np.arange(24)
    return pd.DataFrame(
        {
            "y": generator.normal(size=24),
            "x": generator.normal(size=24),
            "batch": number % 4,
            "cask": number // 4 % 2,
            "s": np.array(list("abc"))[number // 8],
        }
    )


def by_covariance(groups: Groups, model: fx.Model, target: str, inside: set[str]) -> np.ndarray:
    """The normal density of each level's rows, its covariance written out."""
    posterior = groups["posterior"]
    blocks = {block.group: block for block in model.design.blocks}
    levels = len(blocks[target].levels)
    answer = np.empty((*posterior["sigma"].shape, levels))
    y = model.spec.response.values
    for place in np.ndindex(posterior["sigma"].shape):
        at = {str(n): posterior[n].to_numpy()[place] for n in posterior.data_vars}
        mean = model.design.X @ at["beta"]
        covariance = at["sigma"] ** 2 * np.eye(len(y))
        for group, block in blocks.items():
            if group not in inside:
                mean = mean + np.sum(block.Z * at[f"r_{group}"][block.index], axis=1)
                continue
            sd = np.diag(at[f"sd_{group}"])
            matrix = sd @ at.get(f"cor_{group}", np.eye(len(sd))) @ sd
            same = np.equal.outer(block.index, block.index)
            covariance += same * (block.Z @ matrix @ block.Z.T)
        for level in range(levels):
            mine = blocks[target].index == level
            answer[(*place, level)] = stats.multivariate_normal.logpdf(
                y[mine], mean[mine], covariance[np.ix_(mine, mine)]
            )
    return answer


@pytest.mark.parametrize(
    ("formula", "asked", "group", "inside"),
    [
        ("y ~ x + (x | s)", "s", "s", {"s"}),
        ("y ~ x + (1 | batch / cask)", "batch", "batch", {"batch", "batch:cask"}),
        ("y ~ x + (1 | batch / cask)", "cask:batch", "batch:cask", {"batch:cask"}),
        ("y ~ x + (1 | batch) + (x | s)", "batch", "batch", {"batch"}),
        ("y ~ x + (1 | batch) + (x | s)", "s", "s", {"s"}),
    ],
)
def test_it_is_the_density_of_each_levels_rows(
    formula: str, asked: str, group: str, inside: set[str]
):
    groups = drawn(formula, frame(), draws=3, chains=2)
    found = opened(fx.log_likelihood(groups, integrate=asked))["log_likelihood"]
    values = found[f"y_by_{group}"]
    assert values.dims == ("chain", "draw", group)
    xr.testing.assert_equal(values[group], groups["posterior"][group])
    expected = by_covariance(groups, fx.Model(formula, frame()), group, inside)
    np.testing.assert_allclose(values, expected, rtol=1e-9)
    xr.testing.assert_identical(found["y"], groups["log_likelihood"]["y"])


def test_it_stands_beside_the_conditional_one_and_others():
    groups = drawn("y ~ x + (1 | batch) + (1 | s)", frame(), draws=4)
    found = fx.log_likelihood(fx.log_likelihood(groups, integrate="s"), integrate="batch")
    assert set(found["log_likelihood"].data_vars) == {"y", "y_by_s", "y_by_batch"}
    assert "y_by_s" not in groups["log_likelihood"]
    assert fx.log_likelihood(found) is found


def test_it_can_be_had_without_the_conditional_one_and_that_later():
    groups = drawn("y ~ x + (1 | s)", frame(), draws=4)
    without = Groups(
        {k: v for k, v in groups.datasets.items() if k != "log_likelihood"}, groups.attributes
    )
    found = fx.log_likelihood(without, integrate="s")
    assert list(found["log_likelihood"].data_vars) == ["y_by_s"]
    both = fx.log_likelihood(found)["log_likelihood"]
    assert set(both.data_vars) == {"y", "y_by_s"}
    np.testing.assert_array_equal(both["y"], groups["log_likelihood"]["y"])


def test_thinned_draws_keep_their_labels():
    groups = drawn("y ~ x + (1 | s)", frame(), draws=6)
    thinned = groups.with_group("posterior", groups["posterior"].isel(draw=slice(1, None, 2)))
    found = fx.log_likelihood(thinned, integrate="s")["log_likelihood"]
    assert found["draw"].to_numpy().tolist() == [1, 3, 5]
    whole = fx.log_likelihood(groups, integrate="s")["log_likelihood"]
    np.testing.assert_allclose(found["y_by_s"], whole["y_by_s"].sel(draw=[1, 3, 5]))


def test_names_that_are_taken_are_stored_under_others():
    data = frame().rename(columns={"s": "s/t", "x": "y_by_s_t"})
    groups = drawn("y ~ y_by_s_t + (1 | `s/t`)", data, draws=3)
    found = fx.log_likelihood(groups, integrate="s/t")["log_likelihood"]
    (name,) = set(found.data_vars) - {"y"}
    assert name == "y_by_s_t_"
    assert found[name].attrs["name"] == "y_by_s/t"


def test_a_group_that_there_is_not_is_refused():
    groups = drawn("y ~ x + (1 | batch / cask)", frame(), draws=3)
    with pytest.raises(fx.ArgumentError, match="`batches` is not a group") as caught:
        fx.log_likelihood(groups, integrate="batches")
    assert caught.value.hint == "did you mean `batch`? its groups: batch, batch:cask"
    with pytest.raises(fx.ResultError, match="no group-level effects"):
        fx.log_likelihood(drawn("y ~ x", frame(), draws=3), integrate="batch")


def test_what_is_not_gaussian_is_integrated_by_quadrature():
    data = frame().assign(y=lambda d: np.exp(d["y"]))
    model = fx.Model("y ~ x + (1 | s)", data, fx.gaussian(link="log"))
    fit = random_fit(model, samples=4)
    found = fx.log_likelihood(fit, integrate="s")["log_likelihood"]["y_by_s"]
    (block,) = model.design.blocks
    y, u = model.spec.response.values, np.arange(-9.0, 9.0, 0.001)
    at = {name: fit["posterior"][name].to_numpy()[1, 0] for name in ("beta", "sd_s", "sigma")}
    for level in range(3):
        mine = block.index == level
        mean = np.exp((model.design.X @ at["beta"])[mine] + at["sd_s"] * u[:, None])
        logs = stats.norm.logpdf(y[mine], mean, at["sigma"]).sum(axis=1) + stats.norm.logpdf(u)
        expected = special.logsumexp(logs) + np.log(0.001)
        assert found[1, 0, level] == pytest.approx(expected, abs=1e-8)


def test_an_integral_that_has_not_settled_is_told(monkeypatch):
    """The density of the asymmetric Laplace distribution has a kink for every row."""
    monkeypatch.setattr(peaked, "_HALVINGS", {1: 3})
    model = fx.Model("y ~ x + (1 | s)", frame(), "asymmetric_laplace")
    with pytest.warns(fx.FormixWarning, match="likelihood of the levels of s is integrated to"):
        fx.log_likelihood(random_fit(model, samples=4), integrate="s")


@with_arviz
@pytest.mark.parametrize("ending", [".nc", ".zarr"])
def test_arviz_leaves_levels_out_also_from_a_file(tmp_path, ending: str):
    import arviz as az

    fit = fx.log_likelihood(inference_data(sleepstudy()), integrate="Subject")
    path = fx.write(fit, tmp_path / f"fit{ending}")
    script = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "import arviz as az, formix as fx\n"
        "fit = fx.read(sys.argv[1])\n"
        "print(float(az.loo(fit, var_name='Reaction_by_Subject').elpd_loo)\n"
        "      if hasattr(az.loo(fit, var_name='Reaction'), 'elpd_loo')\n"
        "      else float(az.loo(fit, var_name='Reaction_by_Subject').elpd))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, check=True
    )
    here = az.loo(fit, var_name="Reaction_by_Subject")
    elpd = here.elpd_loo if hasattr(here, "elpd_loo") else here.elpd
    assert float(run.stdout) == pytest.approx(float(elpd))
    assert here.n_data_points == 18


def test_draws_that_continue_a_fit_leave_it_out():
    """It would be of the first draws only."""
    model = fx.Model("y ~ x + (1 | s)", frame())
    short = opened(model.fit(draws=600, seed=3))
    longer = fx.extend(fx.log_likelihood(short, integrate="s"), draws=30)
    assert list(longer["log_likelihood"].data_vars) == ["y"]
    assert "s" not in longer["log_likelihood"].coords
    assert longer["log_likelihood"].sizes["draw"] == 630
