"""Values survive being attributes."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from formix.errors import ResultError
from formix.results.json_text import decode, encode

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(VALUES)
def test_every_value_comes_back_with_its_type(value):
    attribute = encode(value)
    assert type(attribute) in (str, int, float)
    found = decode(attribute, "x")
    assert found == value
    assert type(found) is type(value)


@given(VALUES)
def test_attributes_hold_nothing_that_a_format_refuses(value):
    attribute = encode(value)
    if isinstance(attribute, str):
        assert attribute
        assert "\x00" not in attribute
        attribute.encode()
    elif isinstance(attribute, int):
        assert abs(attribute) < 2**63


@pytest.mark.parametrize("text", ["nuts", "y ~ x", "größe", "1e3", "-", "Normal(0, 1)"])
def test_plain_text_stays_readable(text):
    assert encode(text) == text


def test_scalars_of_a_reader_are_read_as_pythons():
    assert decode(np.int64(4), "x") == 4
    assert type(decode(np.int64(4), "x")) is int
    assert decode(np.array(0.5), "x") == 0.5
    assert encode(np.float64(0.5)) == 0.5
    assert decode(encode(np.arange(3)), "x") == [0, 1, 2]
    assert math.isnan(decode(encode(float("nan")), "x"))


def test_a_damaged_attribute_is_named():
    with pytest.raises(ResultError, match="`priors` of this result is damaged"):
        decode('[["sigma", ', "priors")
