"""Models and draws made by hand, so that results and verbs are tested without a sampler."""

from dataclasses import dataclass

import numpy as np

import formix
from formix.design.column import DataColumn, Frame
from formix.engines.draws import Draws
from formix.families import gaussian
from formix.links import link
from formix.prior import Prior, PriorEntry, PriorTable
from formix.results.datasets import collect
from formix.results.groups import Groups
from formix.results.recipe import Recipe, make_recipe
from formix.spec import (
    Block,
    Column,
    Dimension,
    Effect,
    Parameter,
    Predictor,
    Response,
    Spec,
    prefix,
)


@dataclass(frozen=True, eq=False)
class Made:
    """A model made by hand, its draws, and the result."""

    spec: Spec
    frame: Frame
    draws: Draws
    recipe: Recipe
    groups: Groups


def column(label, r=None):
    """Return a column; `Intercept` is of the term `1`."""
    return Column(label, r or label, "1" if label == "Intercept" else label)


def predictor(name, rows, labels=("Intercept", "Days"), offset=None, seed=1, link_name="identity"):
    """Return a predictor whose first column is the intercept and the others are random."""
    X = np.random.default_rng(seed).normal(size=(rows, len(labels)))
    if labels and labels[0] == "Intercept":
        X[:, 0] = 1.0
    columns = tuple(column(label) for label in labels)
    return Predictor(name, link(link_name), X, columns, offset, " + ".join(labels))


def block(group, levels, main, labels=("Intercept", "Days"), covariance="us", parameter="mu"):
    """Return a block whose columns are those of the predictor's X with the same labels."""
    rows = len(main.X)
    names = [c.label for c in main.columns]
    Z = np.stack([main.X[:, names.index(label)] for label in labels], axis=1)
    index = np.arange(rows, dtype=np.int32) % len(levels)
    effects = tuple(Effect(parameter, column(label)) for label in labels)
    text = f"({' + '.join(labels)} | {group})"
    return Block("group", group, (group,), covariance, effects, Z, index, tuple(levels), text)


def parameters(predictors, groups, auxiliary=("sigma",)):
    """Return the sites and axes of a model, as `specify` names them."""
    sites, axes = [], []
    for one in predictors:
        dim, k = prefix(one.name) + "coef", len(one.columns)
        keys = tuple(f"{prefix(one.name)}beta[{label}]" for label in one.labels)
        sites.append(Parameter(prefix(one.name) + "beta", (dim,), (k,), "real", keys))
        axes.append(Dimension(dim, one.labels))
    for blocks in groups:
        start, group = blocks[0].prefix, blocks[0].group
        labels = tuple(label for b in blocks for label in b.labels)
        k, dim = len(labels), f"{start}{group}_effect"
        keys = tuple(f"{start}sd_{group}[{label}]" for label in labels)
        sites.append(Parameter(f"{start}sd_{group}", (dim,), (k,), "positive", keys))
        if any(b.covariance == "us" and len(b.effects) > 1 for b in blocks):
            cor = f"{start}cor_{group}"
            sites.append(Parameter(cor, (dim, f"{dim}_bis"), (k, k), "correlation", (cor,)))
        shape = (len(blocks[0].levels), k)
        sites.append(Parameter(f"{start}r_{group}", (group, dim), shape, "real"))
        axes += [Dimension(dim, labels), Dimension(group, blocks[0].levels)]
    sites += [Parameter(name, (), (), "positive", (name,)) for name in auxiliary]
    return tuple(sites), tuple(axes)


def priors(sites):
    """Return a proper prior for every key, the intercept's at the means of the columns."""
    entries = []
    for site in sites:
        for key in site.keys:
            prior = {
                "real": Prior("Normal", 0, 10),
                "positive": Prior("HalfStudentT", 3, 5),
                "correlation": Prior("LKJ", 2),
            }[site.support]
            at_means = key.replace("[Intercept]", "[Intercept@means]")
            entries.append(PriorEntry(at_means if "beta" in key else key, prior, "default"))
    return PriorTable(tuple(entries))


def make_spec(predictors, blocks=(), response="Reaction", auxiliary=("sigma",), text=None, y=None):
    """Return a Gaussian Spec without the parts that only the program needs."""
    rows = len(predictors[0].X)
    values = np.random.default_rng(3).normal(size=rows) if y is None else y
    partial = Spec(
        gaussian, Response(response, values), tuple(predictors), tuple(blocks), PriorTable(()),
        (), (), (), (), (), (), (), "y", text or f"{response} ~ {predictors[0].text}",
    )  # fmt: skip
    sites, axes = parameters(predictors, partial.groups, auxiliary)
    return Spec(
        gaussian, partial.response, partial.predictors, partial.blocks, priors(sites), sites, axes,
        (), (), (), (), (), "y", partial.text,
    )  # fmt: skip


def make_draws(spec, chains=4, draws=60, seed=11, state=True):
    """Return independent draws of every site, correlations with the structure of the blocks."""
    rng = np.random.default_rng(seed)
    values = {}
    for site in spec.parameters:
        shape = (chains, draws, *site.shape)
        if site.support == "correlation":
            values[site.site] = _correlations(spec, site, rng, shape)
        elif site.support == "positive":
            values[site.site] = np.exp(0.2 * rng.normal(size=shape))
        else:
            values[site.site] = rng.normal(size=shape)
    stats = {
        "lp": rng.normal(size=(chains, draws)),
        "energy": rng.normal(size=(chains, draws)),
        "diverging": np.zeros((chains, draws), dtype=bool),
        "tree_depth": np.full((chains, draws), 3),
    }
    held = {"z.r_a/b": rng.normal(size=(chains, 3)), "rng_key": np.arange(2, dtype=np.uint32)}
    run = {"engine": "nuts", "seed": 2**40, "draws": draws, "chains": chains, "x64": True}
    run |= {"versions": {"jax": "0.10"}, "why": None, "empty": "", "ratio": 0.8, "inf": np.inf}
    return Draws(values, stats, run, held if state else {})


def _correlations(spec, site, rng, shape):
    matrix = np.zeros(shape)
    blocks = next(b for b in spec.groups if f"{b[0].prefix}cor_{b[0].group}" == site.site)
    start = 0
    for one in blocks:
        k = len(one.effects)
        a = rng.normal(size=(*shape[:2], k, k + 2))
        s = a @ np.swapaxes(a, -1, -2)
        d = np.sqrt(np.diagonal(s, axis1=-2, axis2=-1))
        inner = s / d[..., :, None] / d[..., None, :]
        inner = 0.5 * (inner + np.swapaxes(inner, -1, -2))
        inner[..., np.arange(k), np.arange(k)] = 1.0
        if one.covariance == "diag":
            inner = np.broadcast_to(np.eye(k), inner.shape)
        matrix[..., start : start + k, start : start + k] = inner
        start += k
    return matrix


def make_frame(spec, extra=()):
    """Return the data of a Spec: its response, `Days`, a factor for each group, and more."""
    n = len(spec.response.values)
    columns = [DataColumn(spec.response.name, "number", spec.response.values)]
    used = {spec.response.name}
    for one in spec.predictors[0].columns[1:]:
        if one.label not in used:
            at = spec.predictors[0].labels.index(one.label)
            columns.append(DataColumn(one.label, "number", spec.predictors[0].X[:, at]))
            used.add(one.label)
    for b in spec.blocks:
        if b.group not in used:
            columns.append(DataColumn(b.group, "factor", b.index, b.levels))
            used.add(b.group)
    columns += [c for c in extra if c.name not in used]
    return Frame(tuple(columns), np.arange(n))


def make(spec=None, extra=(), **options):
    """Return a whole made fit; by default shaped as the sleep study."""
    spec = spec or sleep_spec()
    frame = make_frame(spec, extra)
    draws = make_draws(spec, **options)
    said = make_recipe(spec, frame, {"Days": [0.0, 1.5]}, source="x = 1", notes=("a note",))
    return Made(spec, frame, draws, said, collect(spec, draws, said))


def drawn(formula, data, *, draws=60, chains=4, seed=11, **options):
    """Return the groups of a model of ours, whole but for its draws, which are made up."""
    model = formix.Model(formula, data, **options)
    return collect(model.spec, make_draws(model.spec, chains, draws, seed), model.recipe)


def sleepstudy(**options):
    """Return the sleep study's model with draws made up."""
    return drawn("Reaction ~ Days + (Days | Subject)", formix.load("sleepstudy"), **options)


def sleep_spec(response="Reaction", group="Subject", slope="Days", levels=None, rows=30):
    """Return a Spec of the sleep study's shape, under any names."""
    mu = predictor("mu", rows, ("Intercept", slope))
    levels = levels if levels is not None else tuple(range(308, 314))
    text = f"{response} ~ {slope} + ({slope} | {group})"
    return make_spec([mu], [block(group, levels, mu, ("Intercept", slope))], response, text=text)
