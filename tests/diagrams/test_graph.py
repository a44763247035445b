"""Models as graphs: texts written by hand, and laws for every family and kind of group."""

import family_shapes
import group_shapes
import level_shapes
import pytest
import shapes

import formix as fx
from formix.diagrams.diagram import Diagram
from formix.diagrams.graph import graph_of

# One a family: of its other links and ways to write the response, the graph differs in a label.
FAMILIES = {
    shape.family.name: shape for shape in reversed((*family_shapes.SHAPES, *level_shapes.SHAPES))
}


def graph(formula, family="gaussian", data=None, **options) -> Diagram:
    data = family_shapes.data() if data is None else data
    return graph_of(fx.Model(formula, data, family, **options).spec)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def test_a_block_that_two_predictors_share_stands_once():
    found = graph(["y ~ x + (1 | p | g)", "sigma ~ z + (1 | p | g)"], "student")
    assert str(found) == "\n".join(
        (
            "y ~ student, 60 rows",
            "├─ mu = 1 + x + (1 | p | g)",
            "│  ├─ beta[Intercept, x]",
            "│  │  ├─ Intercept at the means ~ Normal(6.576, 6.502)",
            "│  │  └─ x ~ Normal(0, 3.901)",
            "│  └─ r_g[Intercept, sigma.Intercept], 6 levels of g",
            "│     ├─ sd_g[Intercept, sigma.Intercept]",
            "│     │  ├─ Intercept ~ HalfStudentT(3, 2.601)",
            "│     │  └─ sigma.Intercept ~ HalfStudentT(3, 1)",
            "│     └─ cor_g ~ LKJ(1)",
            "├─ log(sigma) = 1 + z + (1 | p | g)",
            "│  ├─ sigma.beta[Intercept, z]",
            "│  │  ├─ Intercept at the means ~ Normal(0.9559, 2.5)",
            "│  │  └─ z ~ Normal(0, 6.964)",
            "│  └─ r_g[Intercept, sigma.Intercept], 6 levels of g (above)",
            "└─ nu ~ Gamma(2, 0.1)",
        )
    )


def test_thresholds_and_a_value_that_is_held():
    data = family_shapes.data()
    data["f"] = data["f"].cat.as_ordered()
    assert str(graph("f ~ x + (1 | g)", "cumulative", data)) == "\n".join(
        (
            "f ~ cumulative (logit), 60 rows",
            "├─ mu = x + (1 | g)",
            "│  ├─ beta[x] ~ Normal(0, 1.5)",
            "│  └─ r_g[Intercept], 6 levels of g",
            "│     └─ sd_g[Intercept] ~ HalfStudentT(3, 1)",
            "├─ threshold[lo|mid, mid|hi]",
            "│  └─ at the means ~ Normal(0, 2.5)",
            "└─ disc = 1",
        )
    )


def test_every_level_of_a_categorical_response_has_a_predictor():
    found = str(graph("f ~ x + (1 | g)", "categorical"))
    assert "├─ log(mu[mid] / mu[lo]) = 1 + x + (1 | g)" in found
    assert "└─ log(mu[hi] / mu[lo]) = 1 + x + (1 | g)" in found
    assert "   └─ mu[hi].r_g[Intercept], 6 levels of g" in found


def test_what_is_known_and_what_the_prior_is_on():
    found = str(
        graph(
            ["s | trials(n) ~ x + offset(z) + (x | gr(g, cov = A))"],
            "binomial",
            data=group_shapes.data().assign(s=lambda frame: frame["n"] // 2),
            matrices={"A": group_shapes.relation()},
            priors={"sd_g^2": "InverseGamma(2, 1)"},
        )
    )
    assert "├─ logit(mu) = 1 + x + (1 + x | gr(g, cov = A)) + offset" in found
    assert "├─ sd_g[Intercept]^2 ~ InverseGamma(2, 1)" in found
    assert "└─ A (known)" in found
    assert found.endswith("└─ trials (known)")


def test_coefficients_that_have_a_prior_together():
    shape = shapes.SHRUNK[0]
    found = lines(str(graph(shape.formula, priors=shape.priors)))
    start = found.index("│  ├─ beta[Intercept, x, z, f[mid], f[hi]]")
    assert [line.split("─ ")[1] for line in found[start + 1 : start + 7]] == [
        "Intercept at the means ~ Normal(6.576, 6.502)",
        "others ~ Horseshoe(df=1, scale_global=1, df_global=1, scale_slab=2, df_slab=4)",
        "hs_local[x, z, f[mid], f[hi]]",
        "hs_global",
        "hs_slab",
        "sigma ~ HalfStudentT(3, 2.601)",
    ]


def test_the_plates_have_their_sizes():
    found = graph("y ~ x + (1 | k / c)")
    assert [plate.label for plate in found.plates] == ["60 rows", "k: 4 levels", "k:c: 12 levels"]
    inside = {node.lines[0]: node.plate for node in found.nodes if node.plate}
    assert inside == {"y": "p0", "mu": "p0", "r_k": "p1", "r_k:c": "p2"}


def _laws(model: fx.Model, found: Diagram) -> None:
    """Every site stands in the graph once, and leads to the response; nothing leads in a circle."""
    names = [node.lines[0] for node in found.nodes if node.look in ("drawn", "computed")]
    for parameter in model.spec.parameters:
        assert names.count(parameter.site) == 1, parameter.site
    heads = {}
    for edge in found.edges:
        heads.setdefault(edge.tail, []).append(edge.head)
    place = {node.key: k for k, node in enumerate(found.nodes)}
    assert set(heads) == set(place) - {"n0"}
    for start in place:
        path, here = set(), [start]
        while here:
            here = [head for one in here for head in heads.get(one, [])]
            path.update(here)
        assert start not in path
        assert start == "n0" or "n0" in path
    # A site is drawn where it has a prior, or parents of which its prior is made.
    tails = {edge.head for edge in found.edges}
    shrunk = {node.key for node in found.nodes if node.lines[0].startswith(("hs_", "R2D2_"))}
    assert {node.key for node in found.nodes if node.look == "drawn"} <= tails | shrunk


@pytest.mark.parametrize("shape", FAMILIES.values(), ids=list(FAMILIES))
def test_every_family(shape):
    model = shape.model()
    _laws(model, graph_of(model.spec))


@pytest.mark.parametrize("shape", group_shapes.SHAPES, ids=lambda shape: shape.name)
def test_every_kind_of_group(shape):
    model = shape.model()
    _laws(model, graph_of(model.spec))


@pytest.mark.parametrize("shape", [*shapes.SHAPES, *shapes.SHRUNK], ids=lambda shape: shape.name)
def test_every_shape(shape):
    if shape.name == "nothing":
        return
    model = fx.Model(shape.formula, shapes.data(), priors=shape.priors, contrasts=shape.contrasts)
    _laws(model, graph_of(model.spec))
