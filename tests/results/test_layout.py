"""Every name in a result is unique, and each keeps its own where it can."""

import numpy as np
import pytest
from made_fits import block, make_frame, make_spec, predictor, sleep_spec

from formix.design.column import DataColumn
from formix.results.layout import RESERVED, in_storage, lay_out
from formix.spec import Block


def laid(spec, extra=()):
    return lay_out(spec, make_frame(spec, extra))


def shared_block(main, other, group="g"):
    """Return one block that serves two predictors, `(1 | p | g)`."""
    one = block(group, ("a", "b"), main, ("Intercept",))
    two = block(group, ("a", "b"), other, ("Intercept",), parameter=other.name)
    return Block(
        "group", group, (group,), "us", one.effects + two.effects,
        np.hstack([one.Z, two.Z]), one.index, one.levels, "(1 | p | g)", "p",
    )  # fmt: skip


def test_the_sleep_study():
    found = laid(sleep_spec())
    dims = {site.name: site.dims for site in found.sites}
    assert dims == {
        "beta": ("coef",),
        "sd_Subject": ("Subject_effect",),
        "cor_Subject": ("Subject_effect", "Subject_effect_bis"),
        "r_Subject": ("Subject", "Subject_effect"),
        "sigma": (),
    }
    kinds = {site.name: site.kind for site in found.sites}
    assert kinds == {
        "beta": "common", "sd_Subject": "sd", "cor_Subject": "cor", "r_Subject": "ranef",
        "sigma": "auxiliary",
    }  # fmt: skip
    assert found.axis("Subject").labels.tolist() == [308, 309, 310, 311, 312, 313]
    assert found.axis("Subject_effect_bis").labels.tolist() == ["Intercept", "Days"]
    assert found.response == "Reaction"
    stored = {column.name: column.variable for column in found.columns}
    assert stored == {"Reaction": "Reaction", "Days": "Days", "Subject": "Subject_"}


NAMES = [
    "obs", "chain", "draw", "coef", "beta", "sigma", "Intercept", "a/b", "größe", "日本",
    ".dot", "x" * 300, "sd_obs", "r_obs", "obs_effect", "obs_", "lambda", "a\nb", "", "Days",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", ["group", "slope", "response", "column"])
def test_no_variable_has_the_name_of_a_dimension(name, role):
    names = {"group": "g", "slope": "s", "response": "y"}
    extra = ()
    if role == "column":
        extra = (DataColumn(name, "number", np.zeros(30)),)
    else:
        names[role] = name
    found = laid(sleep_spec(names["response"], names["group"], names["slope"]), extra)
    dims = {axis.name for axis in found.axes} | {"chain", "draw"}
    variables = [site.variable for site in found.sites]
    columns = [column.variable for column in found.columns]
    assert len({axis.name for axis in found.axes}) == len(found.axes)
    assert len(set(variables)) == len(variables)
    assert len(set(columns)) == len(columns)
    assert not dims & {*variables, *columns, found.response}
    assert not set(variables) & {*columns, found.response}
    for stored in (*dims, *variables, *columns, found.response):
        assert 0 < len(stored.encode()) <= 200
        assert "/" not in stored
        assert not stored.startswith(".")


def test_a_group_called_as_a_dimension_is_stored_beside_it():
    found = laid(sleep_spec(group="obs"))
    dims = {site.name: site.dims for site in found.sites}
    assert dims["r_obs"] == ("obs_", "obs_effect")
    assert found.axis("obs_").true == "obs"
    assert found.axis("obs").labels.tolist() == list(range(30))
    found = laid(sleep_spec(group="coef"))
    dims = {site.name: site.dims for site in found.sites}
    assert dims["beta"] == ("coef",)
    assert dims["r_coef"] == ("coef_", "coef_effect")
    assert found.axis("coef").labels.tolist() == ["Intercept", "Days"]
    assert found.axis("coef_").labels.tolist() == [308, 309, 310, 311, 312, 313]


def test_groups_whose_dimensions_would_be_one_another_s():
    mu = predictor("mu", 12)
    blocks = [block("g", ("a", "b"), mu), block("g_effect", ("u", "v", "w"), mu)]
    found = laid(make_spec([mu], blocks))
    dims = {site.name: site.dims for site in found.sites}
    assert dims["r_g"] == ("g", "g_effect")
    assert dims["r_g_effect"] == ("g_effect_", "g_effect_effect")
    assert found.axis("g_effect").labels.tolist() == ["Intercept", "Days"]
    assert found.axis("g_effect_").labels.tolist() == ["u", "v", "w"]


def test_sites_keep_their_names_and_say_so_where_they_cannot():
    found = laid(sleep_spec(group="a/b"))
    site = next(site for site in found.sites if site.kind == "sd")
    assert (site.name, site.variable, site.group) == ("sd_a/b", "sd_a_b", "a/b")


def test_further_predictors_have_their_own_axes_and_share_levels():
    mu, sigma = predictor("mu", 12), predictor("sigma", 12, ("Intercept", "Days"), seed=2)
    blocks = [
        block("g", ("a", "b"), mu, ("Intercept",)),
        block("g", ("a", "b"), sigma, ("Intercept", "Days"), parameter="sigma"),
    ]
    found = laid(make_spec([mu, sigma], blocks, auxiliary=()))
    dims = {site.name: site.dims for site in found.sites}
    assert dims["sigma.beta"] == ("sigma.coef",)
    assert dims["r_g"] == ("g", "g_effect")
    assert dims["sigma.r_g"] == ("g", "sigma.g_effect")
    assert dims["sigma.cor_g"] == ("sigma.g_effect", "sigma.g_effect_bis")
    predictors = {site.name: site.predictor for site in found.sites}
    assert predictors["sigma.sd_g"] == "sigma"


def test_a_shared_block_has_one_site_of_each_kind():
    mu, sigma = predictor("mu", 12, ("Intercept",)), predictor("sigma", 12, ("Intercept",), seed=2)
    found = laid(make_spec([mu, sigma], [shared_block(mu, sigma)], auxiliary=()))
    assert [site.name for site in found.sites if site.group] == ["sd_g", "cor_g", "r_g"]
    assert found.axis("g_effect").labels.tolist() == ["Intercept", "sigma.Intercept"]
    ranef = next(site for site in found.sites if site.kind == "ranef")
    assert ranef.effects == (("mu", "Intercept"), ("sigma", "Intercept"))


def test_blocks_of_one_group_lie_side_by_side():
    mu = predictor("mu", 12, ("Intercept", "Days", "x"))
    blocks = [block("g", ("a", "b"), mu, ("Intercept", "Days")), block("g", ("a", "b"), mu, ("x",))]
    found = laid(make_spec([mu], blocks))
    assert found.axis("g_effect").labels.tolist() == ["Intercept", "Days", "x"]
    assert sum(site.kind == "ranef" for site in found.sites) == 1


def test_the_response_and_its_own_column_are_one():
    found = laid(sleep_spec(response="chain"))
    assert found.response == "chain_"
    assert found.columns[0].variable == "chain_"


def test_reserved_names_are_never_given():
    found = laid(sleep_spec(group="chain", slope="draw", response="obs"))
    given = {axis.name for axis in found.axes} - {"obs", "coef"}
    assert not given & set(RESERVED)


def test_levels_are_stored_before_the_effects_they_have():
    order = [site.name for site in in_storage(laid(sleep_spec()).sites)]
    assert order == ["beta", "r_Subject", "sd_Subject", "cor_Subject", "sigma"]
