"""What is known of the rows: the program's expression and NumPy's are the same."""

from __future__ import annotations

import numpy as np
import pytest

from formix.dispersion import PARAMETER, SAID, STANDARD_DEVIATIONS, Dispersion
from formix.families import FAMILIES, gaussian

IDS = ["+".join(sorted(one.known)) for one in STANDARD_DEVIATIONS]
RNG = np.random.default_rng(6)
VALUES = {name: RNG.uniform(0.3, 3.0, (4, 7)) for name in (PARAMETER, "se", "weights")}
EXPECTED = {
    "se": VALUES["se"],
    "se+se_sigma": np.hypot(VALUES["se"], VALUES[PARAMETER]),
    "weights": np.sqrt(VALUES[PARAMETER] ** 2 / VALUES["weights"]),
}


@pytest.mark.parametrize("one", STANDARD_DEVIATIONS, ids=IDS)
def test_the_programs_expression_is_numpys(one: Dispersion):
    expression = one.source.format(**{name: name for name in VALUES})
    written = eval(expression, {"jnp": np, **VALUES})
    names = (*one.arrays, PARAMETER) if one.estimated else one.arrays
    value = one.value({name: VALUES[name] for name in names})
    expected = EXPECTED["+".join(sorted(one.known))]
    np.testing.assert_allclose(written, expected, rtol=1e-14)
    np.testing.assert_allclose(value, expected, rtol=1e-14)


@pytest.mark.parametrize("one", STANDARD_DEVIATIONS, ids=IDS)
def test_an_expression_names_what_it_takes(one: Dispersion):
    assert set(one.arrays) <= one.known <= SAID
    assert all(f"{{{name}}}" in one.source for name in one.arrays)
    assert (f"{{{PARAMETER}}}" in one.source) is one.estimated


def test_the_gaussian_family_takes_all_of_them():
    assert [p.name for p in gaussian.estimates(())] == ["mu", "sigma"]
    assert [p.name for p in gaussian.estimates({"se": 1})] == ["mu"]
    assert [p.name for p in gaussian.estimates({"se": 1, "se_sigma": 1})] == ["mu", "sigma"]
    assert [p.name for p in gaussian.estimates({"weights": 1, "cens": 1})] == ["mu", "sigma"]
    assert gaussian.given({"trials": 1}) is None
    assert gaussian.takes(["se"])
    assert not gaussian.takes(["se", "weights"])


@pytest.mark.parametrize("family", FAMILIES, ids=repr)
def test_a_family_with_a_dispersion_has_it_as_a_parameter(family):
    names = [parameter.name for parameter in family.parameters]
    assert family.dispersion in names if family.dispersions else not family.dispersion
