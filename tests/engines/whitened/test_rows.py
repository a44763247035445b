from __future__ import annotations

import numpy as np
from scipy import special
from whitened_shapes import data

import formix as fx
from formix.engines.whitened.rows import distinct, linear_predictor, some, working


def test_equal_rows_are_kept_once_and_counted():
    model = fx.Model("hit ~ v + (1 | g)", data(), "bernoulli")
    found = distinct(model.spec, model.program)
    rows = data()
    counts = rows.groupby(["v", "g", "hit"], sort=False).size()
    assert found.counts.tolist() == counts.tolist()
    kept = np.array([[*row] for row in counts.index], dtype=object)
    assert found.data["X"][:, 1].tolist() == kept[:, 0].tolist()
    assert found.data["hit"].tolist() == kept[:, 2].tolist()
    assert len(found.spec.blocks[0].index) == len(counts)
    assert found.spec.predictors[0].X.shape == (len(counts), 2)


def test_rows_that_all_differ_are_kept_as_they_are():
    model = fx.Model("hit ~ x + (1 | g)", data(), "bernoulli")
    found = distinct(model.spec, model.program)
    assert found.data is model.program.data
    assert found.counts.tolist() == [1.0] * 60


def test_means_of_as_many_columns_as_there_are_rows_are_no_rows():
    frame = data()[["hit", "g"]].iloc[[0, 0, 0, 1, 1]].assign(p=[1, 1, 1, 2, 2])
    for power in range(1, 6):
        frame[f"p{power}"] = frame["p"] ** power * 1.0
    model = fx.Model("hit ~ p1 + (1 | g)", frame, "bernoulli")
    found = distinct(model.spec, model.program)
    assert found.counts.tolist() == [3.0, 2.0]


def test_some_rows_are_evenly_among_all_and_keep_what_is_known_of_them():
    model = fx.Model("s | trials(n) ~ x + offset(z) + (1 | g)", data(), "binomial")
    whole = distinct(model.spec, model.program)
    assert some(whole, 60) is whole
    few = some(whole, 25)
    assert len(few.counts) == 20
    eta = np.linspace(-2.0, 2.0, 60)
    known, of_few = working(whole, eta, {}), working(few, eta[::3], {})
    np.testing.assert_array_equal(of_few.weights, known.weights[::3])
    np.testing.assert_array_equal(of_few.response, known.response[::3])


def test_weights_and_working_responses_of_logits_are_known():
    model = fx.Model("s | trials(n) ~ x + offset(z) + (1 | g)", data(), "binomial")
    found = distinct(model.spec, model.program)
    eta = np.linspace(-2.0, 2.0, 60)
    given = working(found, eta, {})
    p, n = special.expit(eta), data()["n"].to_numpy()
    weights = n * p * (1.0 - p)
    np.testing.assert_allclose(given.weights, weights, rtol=1e-4)
    expected = eta + (data()["s"] - n * p) / weights - data()["z"]
    np.testing.assert_allclose(given.response, expected, rtol=1e-3, atol=1e-3)


def test_the_linear_predictor_is_that_of_the_sites():
    model = fx.Model("count ~ x + offset(z) + (x | g)", data(), "poisson")
    found = distinct(model.spec, model.program)
    generator = np.random.default_rng(1)
    beta, r = generator.normal(size=2), generator.normal(size=(6, 2))
    rows = data()
    g = rows["g"].str[1:].astype(int).to_numpy()
    eta = beta[0] + r[g, 0] + (beta[1] + r[g, 1]) * rows["x"] + rows["z"]
    np.testing.assert_allclose(linear_predictor(found, {"beta": beta, "r_g": r}), eta, rtol=1e-12)
