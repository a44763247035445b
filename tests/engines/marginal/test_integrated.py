"""The log likelihood with a group integrated, against the covariance of each level's rows."""

from __future__ import annotations

import marginal_shapes as grid
import numpy as np
import pytest
import shapes
from scipy import stats

from formix import Model
from formix.engines.marginal.integrated import integrated_log_likelihood
from formix.engines.marginal.sampling import run
from formix.errors import ArgumentError
from formix.spec import Spec


def draws(spec: Spec, count: int = 5) -> dict[str, np.ndarray]:
    values = run(spec, draws=count, chains=1, seed=1).values
    return {site: value[0] for site, value in values.items()}


def by_covariance(
    spec: Spec, values: dict[str, np.ndarray], group: str, inside: set[str]
) -> np.ndarray:
    target = next(blocks for blocks in spec.groups if blocks[0].group == group)[0]
    known = spec.response.known
    rows = len(spec.response.values)
    count = len(values["beta"])
    sigma = values.get("sigma", np.zeros(count))
    answer = np.empty((count, len(target.levels)))
    for s in range(len(answer)):
        mean = spec.predictors[0].X @ values["beta"][s]
        variance = sigma[s] ** 2 / known.get("weights", np.ones(rows))
        if "se" in known:
            variance = known["se"] ** 2 + sigma[s] ** 2
        covariance = np.diag(variance)
        for blocks in spec.groups:
            name, index = blocks[0].group, blocks[0].index
            Z = np.concatenate([block.Z for block in blocks], axis=1)
            if name not in inside:
                mean = mean + np.sum(Z * values[f"r_{name}"][s][index], axis=1)
                continue
            sd = values[f"sd_{name}"][s]
            matrix = values.get(f"cor_{name}", np.eye(len(sd))[None].repeat(s + 1, axis=0))[s]
            same = np.equal.outer(index, index)
            covariance += same * (Z @ (np.outer(sd, sd) * matrix) @ Z.T)
        for level in range(len(target.levels)):
            mine = target.index == level
            answer[s, level] = stats.multivariate_normal.logpdf(
                spec.response.values[mine], mean[mine], covariance[np.ix_(mine, mine)]
            )
    return answer


@pytest.mark.parametrize(
    ("name", "group", "inside"),
    [
        ("random_slope", "g", {"g"}),
        ("crossed_slopes", "g", {"g"}),
        ("crossed_slopes", "k", {"k"}),
        ("nested_slopes", "k", {"k", "k:c"}),
        ("nested_slopes", "k:c", {"k:c"}),
        ("mixed_blocks", "g", {"g"}),
        ("nested_and_crossed", "k", {"k", "k:c"}),
    ],
)
@pytest.mark.parametrize("known", ["", "weights(w)", "se(w)", "se(w, sigma = TRUE)"])
def test_it_is_that_of_each_levels_rows(name: str, group: str, inside: set[str], known: str):
    shape = next(shape for shape in grid.SHAPES if shape.name == name)
    frame = shapes.data().assign(w=np.random.default_rng(2).uniform(0.5, 1.5, 60))
    formula = shape.formula.replace("~", f"| {known} ~") if known else shape.formula
    spec = Model(formula, frame, priors=shape.priors).spec
    values = draws(spec)
    found = integrated_log_likelihood(spec, values, group)
    np.testing.assert_allclose(found, by_covariance(spec, values, group, inside), rtol=1e-8)


def test_chunks_are_the_whole(monkeypatch):
    spec = grid.model_of("nested_slopes").spec
    values = draws(spec, 7)
    expected = integrated_log_likelihood(spec, values, "k")
    monkeypatch.setattr("formix.engines.marginal.integrated._AT_ONCE", 121)
    np.testing.assert_allclose(integrated_log_likelihood(spec, values, "k"), expected)


def test_a_group_that_there_is_not_is_refused():
    spec = grid.model_of("crossed").spec
    with pytest.raises(ArgumentError, match="`x` is not a group") as caught:
        integrated_log_likelihood(spec, draws(spec), "x")
    assert caught.value.hint == "its groups: g, k"
