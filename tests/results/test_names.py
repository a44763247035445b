"""Names that every format takes, unique, and labels that survive it."""

import numpy as np
import pytest

from formix.results.names import LONGEST, claim, coordinate, storable, text


@pytest.mark.parametrize(
    "name",
    ["Days", "größe", "日本", "a b", "a:b", "y|z", "1x", "a\nb", "'q\"", "sigma.coef", "_x", "a.b"],
)
def test_a_name_that_formats_take_stays(name):
    assert storable(name) == name


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("a/b", "a_b"),
        ("a\\b", "a_b"),
        (".hidden", "_hidden"),
        ("..", "_."),
        ("", "_"),
        ("nul\x00", "nul_"),
        ("\ud800", "_"),
        ("zarr.json", "_"),
    ],
)
def test_what_a_format_refuses_is_replaced(name, slug):
    assert storable(name) == slug


@pytest.mark.parametrize("letter", ["x", "ü", "日", "\U0001f600"])
def test_long_names_end_between_letters(letter):
    slug = storable(letter * 300)
    assert len(slug.encode()) <= LONGEST
    assert set(slug) == {letter}


def test_a_claimed_name_is_never_given_again():
    taken = {"obs"}
    given = [claim(name, taken) for name in ["obs", "a/b", "a_b", "a/b", "obs", "obs_"]]
    assert given == ["obs_", "a_b", "a_b_", "a_b__", "obs__", "obs___"]


def test_long_names_that_begin_alike_are_told_apart():
    taken = set()
    given = [claim("x" * 300 + str(i), taken) for i in range(50)]
    assert len(set(given)) == 50
    assert all(len(name.encode()) <= LONGEST for name in given)


@pytest.mark.parametrize(
    ("labels", "values", "kind"),
    [
        ([308, 309], [308, 309], "i"),
        ([1.0, 2.0], [1, 2], "i"),
        ([1.5, 2.0], [1.5, 2.0], "f"),
        ([1, 2.5], [1.0, 2.5], "f"),
        ([False, True], ["False", "True"], "O"),
        (["b", "a"], ["b", "a"], "O"),
        (["a", 1], ["a", "1"], "O"),
        ([2**70, 1], [str(2**70), "1"], "O"),
        ([1e300, 2.0], [1e300, 2.0], "f"),
        ([], [], "O"),
        (np.array([1, 2], dtype=np.int16), [1, 2], "i"),
        (np.array([3.0, 4.0]), [3, 4], "i"),
        (np.array([1.0, np.nan]), [1.0, np.nan], "f"),
        (np.array(["x", "y"]), ["x", "y"], "O"),
        (np.array([2**63], dtype=np.uint64), [str(2**63)], "O"),
    ],
)
def test_labels_keep_their_type_where_a_coordinate_has_it(labels, values, kind):
    found = coordinate(labels)
    assert found.dtype.kind == kind
    np.testing.assert_array_equal(found, np.array(values, dtype=found.dtype))


def test_dates_stay_dates():
    found = coordinate(np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]"))
    assert found.dtype == np.dtype("datetime64[ns]")


def test_text_is_without_what_netcdf_cannot_hold():
    assert text(["a\x00b", "\ud800"]).tolist() == ["a\\x00b", "\\ud800"]
