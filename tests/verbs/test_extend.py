"""A fit that goes on where it stopped."""

import subprocess
import sys
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from made_fits import make, make_draws

import formix as fx
import formix.verbs.extend  # replaced below
from formix.errors import ArgumentError, ConvergenceWarning, ResultError
from formix.results import inference_data
from formix.results.datasets import collect
from formix.results.groups import opened

DATA = {
    "y": [1.1, 2.3, 2.9, 4.2, 5.1, 5.8, 7.3, 8.1],
    "x": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
    "g": ["a", "b", "a", "b", "c", "c", "a", "b"],
}
RUN = {"engine": "nuts", "warmup": 60, "chains": 2, "seed": 3, "chain_method": "vectorized"}


def fit(model, draws):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(draws=draws, **RUN)


@pytest.fixture(scope="module")
def fits():
    """A fit of 15 draws a chain, and one of 40 that was not interrupted."""
    model = fx.Model("y ~ x + (1 | g)", DATA)
    return fit(model, 15), fit(model, 40)


def same_draws(found, expected):
    for group in ("posterior", "sample_stats", "log_likelihood", "log_prior"):
        one, other = opened(found)[group], opened(expected)[group]
        assert set(one.data_vars) == set(other.data_vars)
        for name in one.data_vars:
            np.testing.assert_array_equal(one[name], other[name], err_msg=str(name))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::formix.errors.ConvergenceWarning")
def test_draws_in_several_parts_are_those_of_an_uninterrupted_fit(fits):
    short, whole = fits
    same_draws(fx.extend(short, draws=25), whole)
    same_draws(fx.extend(fx.extend(short, draws=5), draws=20), whole)


@pytest.mark.parametrize("ending", ["nc", pytest.param("zarr", marks=pytest.mark.slow)])
def test_in_a_new_process_they_are_so_bit_by_bit(fits, tmp_path, ending):
    short, whole = fits
    path = fx.write(short, tmp_path / f"fit.{ending}")
    script = (
        "import sys, warnings\n"
        "import formix as fx\n"
        "warnings.simplefilter('ignore', fx.ConvergenceWarning)\n"
        "fx.write(fx.extend(fx.read(sys.argv[1]), draws=25), sys.argv[1])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    same_draws(fx.read(path), whole)


@pytest.fixture
def stub(monkeypatch):
    """Replace the sampler, and tell what it was asked for."""
    asked = {}
    whole = make()
    model = SimpleNamespace(spec=whole.spec, program=None, recipe=whole.recipe)

    def continued(spec, program, recipe, state, **options):
        asked.update(options, state=state)
        draws = make_draws(whole.spec, draws=options["draws"], seed=8)
        return collect(whole.spec, draws, whole.recipe)

    verb = sys.modules["formix.verbs.extend"]
    monkeypatch.setattr(verb, "continued", continued)
    monkeypatch.setattr(verb, "model", lambda fit, **given: model)
    return asked


def test_the_sampler_goes_on_from_its_state(stub):
    fit = inference_data(make().groups)
    with pytest.warns(ConvergenceWarning) as caught:
        found = fx.extend(fit, draws=7, progress=False)
    assert (stub["engine"], stub["draws"], stub["progress"]) == ("nuts", 7, False)
    assert set(stub["state"]) == {"z.r_a/b", "rng_key"}
    assert type(found) is type(fit)
    assert opened(found)["posterior"].sizes["draw"] == 67
    assert opened(fit)["posterior"].sizes["draw"] == 60
    # Once for all draws, at the user's own line.
    assert len(caught) == 1
    assert caught[0].filename == __file__


@pytest.mark.parametrize("draws", [0, -1, 2.5, "many", True])
def test_draws_are_a_whole_number(draws):
    with pytest.raises(ArgumentError, match="draws is"):
        fx.extend(make().groups, draws=draws)


def test_a_fit_without_state_says_what_to_do():
    with pytest.raises(ResultError, match="holds no state of its sampler") as caught:
        fx.extend(make(state=False).groups, draws=5)
    assert "model.fit(draws=...)" in caught.value.hint


def test_what_a_run_says_of_all_its_draws_is_of_the_last_part():
    model = fx.Model("y ~ x + (1 | g)", DATA)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        short, whole = (model.fit(draws=n, chains=2, seed=3) for n in (100, 150))
        longer = opened(fx.extend(short, draws=50))
    same_draws(longer, whole)
    for name in ("k_hat", "importance_ess", "proposals"):
        assert longer.attributes[name] == opened(whole).attributes[name]
        stats = longer["sample_stats"].attrs
        assert stats[name] == opened(whole)["sample_stats"].attrs[name]
