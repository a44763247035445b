"""Programs without the numbers of their data: the density is that of the program as printed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import formix as fx
from formix.engines.density import log_density, sites
from formix.program.apart import NUMBERS, apart


def frame(shift: float = 0.0) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(6)
    x, g = generator.normal(size=30), np.arange(30) % 5
    y = 2.0 + x + generator.normal(size=5)[g] + generator.normal(size=30)
    return {"y": (1.0 + shift) * y + shift, "x": x + shift, "z": y[::-1] ** 2 + shift, "g": g}


FORMULA = "y ~ x + z + (x | g)"


def test_other_data_of_the_same_shape_have_the_same_program():
    one, other = fx.Model(FORMULA, frame()), fx.Model(FORMULA, frame(0.7))
    assert one.source != other.source
    (first, a), (second, b) = apart(one.program), apart(other.program)
    assert first == second
    assert a[NUMBERS].shape == b[NUMBERS].shape
    assert not np.array_equal(a[NUMBERS], b[NUMBERS])
    further, _ = apart(fx.Model("y ~ x + (x | g)", frame()).program)
    assert first != further


@pytest.mark.parametrize(
    "priors",
    [
        "default",
        "brms",
        {"beta": "Normal(-1.5, 2)", "sd": "Exponential(1.5)"},
        {"beta": "Cauchy(0.5, 2)", "sd": "HalfCauchy(1.5)", "sigma": "HalfNormal(2)"},
    ],
)
def test_it_has_the_density_of_the_printed_program(priors):
    model = fx.Model(FORMULA, frame(), priors=priors)
    function, numbers = apart(model.program)
    same = replace(model.program, function=function, data={**model.program.data, **numbers})
    generator = np.random.default_rng(1)
    point = {s.name: generator.normal(size=(3, *s.free)) for s in sites(model.program)}
    np.testing.assert_allclose(
        log_density(same, point, free=True),
        log_density(model.program, point, free=True),
        rtol=1e-12,
    )


@pytest.mark.parametrize("prior", ["Exponential({})", "HalfNormal({})", "HalfCauchy({})"])
def test_another_number_of_a_prior_is_another_argument_alone(prior: str):
    models = [fx.Model(FORMULA, frame(), priors={"sd": prior.format(x)}) for x in (2.0, 3.0)]
    (first, a), (second, b) = (apart(model.program) for model in models)
    assert first == second
    assert not np.array_equal(a[NUMBERS], b[NUMBERS])


def test_without_such_numbers_it_is_the_program_itself():
    model = fx.Model("y ~ 0 + x", frame(), priors="flat")
    function, numbers = apart(model.program)
    assert function is model.program.function
    assert not numbers
