"""Linear predictors against sums written out, row by row and effect by effect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import formix as fx
from formix.linear import by_level, eta

SAMPLES = 3


def frame() -> pd.DataFrame:
    generator = np.random.default_rng(2)
    rows = np.arange(24)
    made = {"y": generator.normal(size=24), "x": generator.normal(size=24), "g": rows % 4}
    made |= {"h": rows // 6, "k": (rows + 1) % 4, "w": generator.random(24), "n": 1.0 + rows}
    return pd.DataFrame(made).assign(v=lambda d: 1.0 - d["w"])


def written_out(spec, predictor, values) -> np.ndarray:
    start = "" if predictor.name == "mu" else f"{predictor.name}."
    total = np.zeros((SAMPLES, len(predictor.X)))
    for s in range(SAMPLES):
        for row, x in enumerate(predictor.X):
            total[s, row] = sum(x * values[f"{start}beta"][s]) if len(x) else 0.0
            total[s, row] += 0.0 if predictor.offset is None else predictor.offset[row]
            for blocks in spec.groups:
                r = values[f"{blocks[0].prefix}r_{blocks[0].group}"][s]
                effects = [(b, j) for b in blocks for j in range(len(b.effects))]
                for place, (block, j) in enumerate(effects):
                    if block.effects[j].predictor != predictor.name:
                        continue
                    levels = np.atleast_1d(block.index[row])
                    weights = block.varying.weights
                    each = (
                        np.full(len(levels), 1 / len(levels)) if weights is None else weights[row]
                    )
                    total[s, row] += sum(each * r[levels, place]) * block.Z[row, j]
    return total


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ x + offset(log(n)) + (x | g) + (1 | h / g)",
        "y ~ 0 + (1 | g) + (0 + x | g) + (1 | h)",
        "y ~ x + (1 | p | g); sigma ~ x + (x | p | g)",
        "y ~ 1 + (x | mm(g, k))",
        "y ~ x + (1 | mm(g, k, weights = cbind(w, v))) + (1 | h)",
    ],
)
def test_a_linear_predictor_is_the_sum_of_its_parts(formula: str):
    spec = fx.Model(formula, frame()).spec
    generator = np.random.default_rng(3)
    values = {p.site: generator.normal(size=(SAMPLES, *p.shape)) for p in spec.parameters}
    values |= {
        f"{b.prefix}r_{b.group}": generator.normal(
            size=(SAMPLES, len(b.levels), sum(len(one.effects) for one in blocks))
        )
        for blocks in spec.groups
        for b in blocks[:1]
    }
    laid = {site: by_level(x) if x.ndim == 3 else x for site, x in values.items()}
    for predictor in spec.predictors:
        expected = written_out(spec, predictor, values)
        for some in (values, laid):
            np.testing.assert_allclose(eta(spec, predictor, some), expected, rtol=1e-12, atol=1e-12)
