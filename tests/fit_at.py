"""A fit whose draws are given: so that verbs are tested at values that are known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import formix as fx
from formix.engines.draws import Draws
from formix.results.datasets import collect
from formix.results.groups import Groups


def fit_at(model: fx.Model, values: Mapping[str, object], chains: int = 1) -> Groups:
    """Return a fit of a model with these draws by site: the first axis is of samples."""
    drawn = {}
    for site, x in values.items():
        array = np.asarray(x, dtype=np.float64)
        drawn[site] = array.reshape(chains, -1, *array.shape[1:])
    return collect(model.spec, Draws(drawn, {}, {"engine": "given", "seed": 5}), model.recipe)


def random_fit(model: fx.Model, samples: int = 8, seed: int = 1, chains: int = 2) -> Groups:
    """Return a fit whose draws are those of the model's prior."""
    prior = model.prior(draws=samples, seed=seed)["prior"]
    sites = {p.site: prior[p.site].to_numpy()[0] for p in model.spec.parameters}
    return fit_at(model, sites, chains)
