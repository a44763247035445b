"""What holds for every family: its density, moments, draws, priors, responses and programs."""

from __future__ import annotations

import family_laws
import family_shapes
import numpy as np
import pytest
from families.cases import CASES, DATA, refusals
from families.drawn import check_moments

import formix as fx
from formix.engines.choice import choose
from formix.engines.concavity import CONCAVE
from formix.errors import ArgumentError, DataError
from formix.families import FAMILIES, Family, family
from formix.links import LINKS
from formix.prior import from_text

SINGLE = [one for one in FAMILIES if one.name in CASES]
OTHERS = [one for one in SINGLE if one.name != "gaussian"]
POINTS = [(one, point) for one in SINGLE for point in CASES[one.name].points]
POINT_IDS = [f"{one.name}-{i % 2}" for i, (one, _) in enumerate(POINTS)]


def whole(point, shape=(1, 1)) -> dict[str, np.ndarray]:
    """Parameters as a family takes them, of one value each, with what depends on the mean."""
    given = {name: np.full(shape, value) for name, value in point.items()}
    if 0.0 < point["mu"] < 1.0:
        given["logits"] = np.log(given["mu"]) - np.log1p(-given["mu"])
    return given


def as_law(point) -> dict[str, float]:
    return {**point, "not_mu": 1.0 - point["mu"]}


def shape_of(one: Family) -> family_shapes.FamilyShape:
    return next(s for s in family_shapes.SHAPES if s.name == f"{one.name}_intercepts")


def test_every_family_has_a_case():
    single = {one.name for one in FAMILIES if not (one.by_level or one.thresholds)}
    assert set(CASES) == single == set(family_laws.LAWS)


@pytest.mark.parametrize("one", FAMILIES, ids=repr)
def test_it_is_public_under_its_name(one: Family):
    assert getattr(fx, one.name) is one


@pytest.mark.parametrize("one", FAMILIES, ids=repr)
def test_it_is_found_by_every_name(one: Family):
    names = [one.name, one.name.capitalize(), *one.aliases]
    assert all(family(name) is one for name in names)
    assert all(name == name.lower() for name in one.aliases)


@pytest.mark.parametrize("one", FAMILIES, ids=repr)
def test_its_main_parameter_stands_first_and_default_links_do_too(one: Family):
    assert one.main == "mu"
    assert all(one.link(p.name).name == p.links[0] for p in one.parameters)
    assert family(one) is one


def test_names_are_of_one_family_each():
    names = [name for one in FAMILIES for name in (one.name, *one.aliases)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("one", FAMILIES, ids=repr)
def test_its_links_are_known_and_suit_where_its_parameters_live(one: Family):
    ranges = {link.name: link.range for link in LINKS}
    within = {"positive": (0.0, np.inf), "unit": (0.0, 1.0)}
    for parameter in one.parameters:
        assert set(parameter.links) <= set(ranges)
        if parameter.support in within and parameter.links[0] != "identity":
            assert ranges[parameter.links[0]] == within[parameter.support]


@pytest.mark.parametrize(("one", "point"), POINTS, ids=POINT_IDS)
def test_log_density_is_scipys_elementwise(one: Family, point):
    """At draws of its own, in an array of one value a row and parameters of one a sample."""
    y = one.draw(np.random.default_rng(3), whole(point, (5, 7)))[0]
    spread = np.exp(np.random.default_rng(4).normal(size=(5, 1)) * 0.2)
    moved = {
        name: value if name == "trials" or 0.0 < value < 1.0 else value * spread
        for name, value in point.items()
    }
    given = {name: value for name, value in whole(point, (5, 1)).items() if name == "logits"}
    given |= {name: np.broadcast_to(value, (5, 1)) for name, value in moved.items()}
    if "logits" in given:
        given["logits"] = np.log(given["mu"]) - np.log1p(-given["mu"])
    found = one.log_density(y, given)
    expected = family_laws.LAWS[one.name](y, {**given, "not_mu": 1.0 - given["mu"]})
    assert found.shape == (5, 7)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("one", "point"), POINTS, ids=POINT_IDS)
def test_mean_and_variance_are_those_of_its_density(one: Family, point):
    law, given = as_law(point), whole(point)
    assert family_laws.expectation(one.name, law, np.ones_like) == pytest.approx(1.0, rel=1e-8)
    mean, variance, _ = family_laws.moments(one.name, law)
    assert one.mean(given).item() == pytest.approx(mean, rel=1e-7)
    assert one.variance(given).item() == pytest.approx(variance, rel=1e-6)


@pytest.mark.parametrize(("one", "point"), POINTS, ids=POINT_IDS)
def test_draws_have_their_mean_and_variance(one: Family, point):
    check_moments(one, whole(point, (20_000, 1)), family_laws.moments(one.name, as_law(point)))


@pytest.mark.parametrize("one", SINGLE, ids=repr)
def test_moments_have_a_value_a_row(one: Family):
    point = CASES[one.name].points[0]
    by_row = {name: value[:1] for name, value in whole(point, (5, 7)).items() if name == "trials"}
    given = whole(point, (5, 1)) | by_row | {"mu": np.full((5, 7), point["mu"])}
    for function in (one.mean, one.variance):
        assert function(given).shape == (5, 7)
        assert len(np.unique(function(given))) == 1


@pytest.mark.parametrize(
    ("name", "parameter", "priors", "says"),
    [(name, *row) for name, case in CASES.items() for row in case.priors],
)
def test_priors_of_its_own_parameters(name: str, parameter: str, priors: str, says: str):
    model = fx.Model(f"{CASES[name].response} ~ x", DATA, name, priors=priors)
    assert str(model.priors[parameter].prior) == says


@pytest.mark.parametrize("one", SINGLE, ids=repr)
def test_its_own_parameters_are_those_of_the_table_and_take_a_users_prior(one: Family):
    case = CASES[one.name]
    own = {parameter.name for parameter in one.parameters[1:]}
    assert own == {parameter for parameter, _, _ in case.priors}
    if own:
        priors = dict.fromkeys(own, "Uniform(0.1, 0.9)")
        model = fx.Model(f"{case.response} ~ x", DATA, one, priors=priors)
        assert model.source.count("dist.Uniform(0.1, 0.9)") == len(own)


@pytest.mark.parametrize("one", SINGLE, ids=repr)
def test_the_priors_of_a_predicted_parameter_are_of_the_table(one: Family):
    where = {"location": "0.5", "spread": "2.0"}
    for parameter in one.parameters[1:]:
        texts = dict(parameter.predicted)
        assert set(texts) == (set() if parameter.name == "sigma" else {"default", "brms"})
        for text in texts.values():
            assert from_text(text.format(**where)).is_proper


@pytest.mark.parametrize(
    ("name", "response", "says"),
    [(name, *row) for name in CASES for row in refusals(name)],
)
def test_other_responses_are_refused(name: str, response: str, says: str):
    with pytest.raises(DataError) as caught:
        fx.Model(f"{response} ~ x", DATA, name)
    assert says in str(caught.value)
    assert caught.value.span.of(f"{response} ~ x").startswith(response.split(" |")[0])


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("gausian", "gaussian"),
        ("neg_binomial", "negative_binomial"),
        ("nbinom", "negative_binomial"),
        ("binom", "binomial"),
        ("Student-t", "student"),
        ("zero_inflated_negbin", "zero_inflated_negative_binomial"),
        ("quasipoisson", "poisson"),
        ("gama(log)", "gamma"),
    ],
)
def test_an_unknown_family_is_an_error_that_asks_for_the_one_meant(asked: str, meant: str):
    with pytest.raises(ArgumentError, match=f"did you mean `{meant}`"):
        family(asked)


@pytest.mark.parametrize("asked", ["ordinal", "tweedie", "hurdle", ""])
def test_an_unknown_family_like_none_is_an_error_that_lists_them(asked: str):
    with pytest.raises(ArgumentError, match="families: gaussian, student") as caught:
        family(asked)
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("one", OTHERS, ids=repr)
def test_it_has_shapes_of_every_link(one: Family):
    tried = {s.family.link("mu").name for s in family_shapes.SHAPES if s.family.name == one.name}
    assert tried == set(one["mu"].links)


@pytest.mark.parametrize("one", OTHERS, ids=repr)
def test_what_samples_it_and_the_reason_is_said(one: Family):
    engine, declined = choose(shape_of(one).model().spec, "auto")
    concave = one.link("mu").name in CONCAVE.get(one.name, ())
    assert engine.name == ("whitened" if concave else "nuts")
    assert declined["marginal"].startswith(f"the family is {one.name}, and only a gaussian")


@pytest.mark.parametrize("one", OTHERS, ids=repr)
@pytest.mark.parametrize("priors", ["default", "brms", "flat"])
def test_every_set_of_priors_prints_a_program(one: Family, priors):
    model = shape_of(one).model(priors=priors)
    assert "numpyro.sample" in model.source
    named = [item for entry in model.priors for item in entry.prior.named.items()]
    assert all(np.isfinite(value) for name, value in named if name not in ("low", "high"))


@pytest.mark.parametrize("one", OTHERS, ids=repr)
def test_a_prior_predictive_draw_is_a_response_that_the_family_takes(one: Family):
    model = shape_of(one).model()
    name = model.design.response.name
    drawn = model.prior(draws=50, seed=2)["prior_predictive"][name].to_numpy()
    assert drawn.shape == (1, 50, 60)
    assert not np.isnan(drawn).any()
    law = family_laws.RANGES.get(one.name, (-np.inf, np.inf))
    assert drawn.min() >= (0.0 if one.name in family_laws.COUNTS else law[0])
    assert drawn.max() <= (law[1] if law[1] < 10.0 else np.inf)
    if one.name in family_laws.COUNTS:
        assert (drawn == np.round(drawn)).all()


@pytest.mark.parametrize("shape", family_shapes.LINKED, ids=lambda shape: shape.name)
def test_a_result_knows_its_family_and_link(shape: family_shapes.FamilyShape):
    model = shape.model()
    again = fx.Model.from_recipe(model.recipe)
    assert again.family.link("mu") == model.family.link("mu")
    assert again.source == model.source


@pytest.mark.parametrize(
    ("text", "name", "links"),
    [
        ("gamma(inverse)", "gamma", {"mu": "inverse"}),
        ('binomial(link = "probit")', "binomial", {"mu": "probit"}),
        ("Gaussian( mu=log , sigma = 'identity')", "gaussian", {"mu": "log", "sigma": "identity"}),
        ("inverse_gaussian(1/mu^2)", "inverse_gaussian", {"mu": "1/mu^2"}),
        ("poisson()", "poisson", {"mu": "log"}),
    ],
)
def test_a_text_may_name_the_links(text: str, name: str, links: dict[str, str]):
    found = family(text)
    assert found.name == name
    assert {parameter: found.link(parameter).name for parameter in links} == links


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("gama(log)", "`gama` is not a family"),
        ("gamma(logg)", "`logg` is not a link of gamma's mu"),
        ("gamma(nu=log)", "the family gamma has no parameter `nu`"),
        ("gamma(log, inverse)", "`gamma(log, inverse)` is not a family with links"),
        ("gamma(log=)", "`gamma(log=)` is not a family with links"),
        ("gamma(log", "`gamma(log` is not a family"),
    ],
)
def test_a_text_that_names_no_family_or_link_is_refused(text: str, says: str):
    with pytest.raises(fx.ArgumentError) as caught:
        family(text)
    assert says in str(caught.value)
