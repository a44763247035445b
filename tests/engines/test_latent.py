from __future__ import annotations

import numpy as np
import pytest
from engines.programs import line, program

from formix.engines.density import sites
from formix.engines.latent import LatentSite, arrays, dense_block
from formix.errors import EngineError


def test_arrays_are_double_aligned_and_equal():
    study = program(
        line().text,
        {"X": np.arange(6, dtype=np.float32).reshape(3, 2), "index": np.array([2, 0], np.int32)},
        "y",
    )
    found = arrays(study)
    assert found["X"].dtype == np.float64
    assert found["index"].dtype == np.int32
    for name, values in study.data.items():
        np.testing.assert_array_equal(found[name], values)
        assert found[name].ctypes.data % 64 == 0


def test_small_sites_share_a_dense_block_and_group_level_effects_do_not():
    known = (
        LatentSite("slopes", (4,), (4,)),
        LatentSite("sigma", (), ()),
        LatentSite("z_Subject", (18, 2), (18, 2)),
        LatentSite("sigma.z_Subject", (3, 1), (3, 1)),
        LatentSite("sigma.slopes", (2,), (2,)),
    )
    assert dense_block(known) == ("sigma", "sigma.slopes", "slopes")


def test_the_dense_block_has_at_most_a_hundred_coordinates():
    known = (LatentSite("wide", (98,), (98,)), LatentSite("a", (2,), (2,)), LatentSite("b", (), ()))
    assert dense_block(known) == ("a", "b")
    assert dense_block(known[:2]) == ("a", "wide")
    assert dense_block((LatentSite("wider", (101,), (101,)),)) == ()


def test_a_discrete_site_is_refused_by_name():
    text = line().text.replace("dist.Normal(jnp.zeros(2), 10.0)", "dist.Poisson(jnp.ones(2))")
    with pytest.raises(EngineError, match="site `beta` is discrete"):
        sites(program(text, line().data, "y"))


def test_a_program_that_fails_is_an_error_of_ours():
    text = line().text.replace("X @ beta", "X @ jnp.ones(7)")
    with pytest.raises(EngineError, match="the program fails before any sampling: TypeError"):
        sites(program(text, line().data, "y"))
