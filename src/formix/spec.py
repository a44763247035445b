"""The nouns of a model ready to be written, sampled and stored: values only, no verbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from formix.covariances import Covariance, covariance
from formix.errors import Span
from formix.groups import together
from formix.varying import Varying

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float, Int

    from formix.families.family import Family
    from formix.gaussian_form import GaussianForm
    from formix.links import Link
    from formix.prior import PriorTable, Shrinkage

MAIN = "mu"
"""The predictor of the main formula; its sites carry no prefix."""

THRESHOLD, THRESHOLD_AT_MEANS = "threshold", "threshold@means"
"""The site of the thresholds between ordered levels, and where they are at the columns' means."""

Label = str | int | float | bool
"""A level of a group or factor, or a row's label, as stored in a coordinate."""


def prefix(parameter: str) -> str:
    """Return what stands before the site names of a parameter's predictor: `` or `sigma.`."""
    return "" if parameter == MAIN else f"{parameter}."


@dataclass(frozen=True)
class Column:
    """One labelled column of X or Z.

    `label` is ours (`recipe[B]:temp`), `r` is what R calls it (`recipeB:temp`), `term` is the text
    of the term it belongs to (`1` for the intercept).
    """

    label: str
    r: str
    term: str


@dataclass(frozen=True)
class Effect:
    """One coefficient that varies by group: a column, in the predictor of a parameter."""

    predictor: str
    column: Column


@dataclass(frozen=True, eq=False)
class Block:
    """Group-level effects that share one covariance: what one bar writes.

    `kind` is the effects' file that made it; `group` the group's name, outer factor first;
    `levels` the labels that `index` counts into, joined by `:` where there are several factors.
    """

    kind: str
    group: str
    factors: tuple[str, ...]
    covariance: str
    effects: tuple[Effect, ...]
    Z: Float[np.ndarray, "obs effect"]
    index: Int[np.ndarray, ...]
    levels: tuple[Label, ...]
    text: str
    id: str = ""
    span: Span = field(default=Span(0, 0), repr=False)
    varying: Varying = field(default_factory=Varying, repr=False)

    @property
    def structure(self) -> Covariance:
        """How its effects vary together; one effect alone is not correlated."""
        return covariance(self.covariance if len(self.effects) > 1 else "diag")

    @property
    def columns(self) -> tuple[str, ...]:
        """The labels of the columns of Z."""
        return tuple(effect.column.label for effect in self.effects)

    @property
    def prefix(self) -> str:
        """What stands before its site names: nothing in the main predictor, or where shared."""
        predictors = {effect.predictor for effect in self.effects}
        return prefix(predictors.pop()) if len(predictors) == 1 else ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The effects' labels in the results: `Days`; `sigma.Days` where a block is shared."""
        shared = len({effect.predictor for effect in self.effects}) > 1
        return tuple(
            (prefix(effect.predictor) if shared else "") + effect.column.label
            for effect in self.effects
        )


@dataclass(frozen=True, eq=False)
class PredictorMatrix:
    """The common (fixed) part of one predictor: X, its labelled columns, and the offset.

    `dropped` are the columns that depend on earlier ones and were left out of X; `means` those of
    all rows, where X has only some.
    """

    name: str
    X: Float[np.ndarray, "obs coef"]
    columns: tuple[Column, ...]
    offset: Float[np.ndarray, " obs"] | None = None
    dropped: tuple[Column, ...] = ()
    text: str = "1"
    means: Float[np.ndarray, " coef"] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the columns of X."""
        return tuple(column.label for column in self.columns)

    @property
    def has_intercept(self) -> bool:
        """Whether the first column is the intercept."""
        return bool(self.columns) and self.columns[0].term == "1"


@dataclass(frozen=True, eq=False)
class Predictor:
    """The linear predictor of one parameter of the family, with the link to it.

    `parameter` is the family's: `mu` of the predictor `mu[B]` of a level. `thresholds` is how many
    stand in the place of an intercept; `means` are those of the columns of all rows, where X has
    only some.
    """

    name: str
    link: Link
    X: Float[np.ndarray, "obs coef"]
    columns: tuple[Column, ...]
    offset: Float[np.ndarray, " obs"] | None
    text: str
    parameter: str = MAIN
    thresholds: int = 0
    means: Float[np.ndarray, " coef"] | None = None

    @property
    def centre(self) -> Float[np.ndarray, " coef"]:
        """The means of the columns, where the prior of an intercept may be."""
        return self.X.mean(axis=0) if self.means is None else self.means

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the columns of X."""
        return tuple(column.label for column in self.columns)

    @property
    def has_intercept(self) -> bool:
        """Whether the first column is the intercept."""
        return bool(self.columns) and self.columns[0].term == "1"


@dataclass(frozen=True, eq=False)
class Response:
    """The response: its name in the results, its values, and what else is known of it.

    A factor response keeps its `levels`, and its `values` are codes into them; `ordered` tells
    whether their order means something. One of several columns has a value for each of its
    `levels` in every row. `known` holds `se`, `weights`, `trials`, ... by name, one value a row.
    """

    name: str
    values: Float[np.ndarray, " obs"]
    levels: tuple[Label, ...] = ()
    known: Mapping[str, Float[np.ndarray, " obs"]] = field(default_factory=dict[str, Any])
    span: Span = field(default=Span(0, 0), repr=False)
    ordered: bool = False


@dataclass(frozen=True)
class Dimension:
    """A named axis of the results and its labels."""

    name: str
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Parameter:
    """A site of the results: `beta`, `sd_Subject`, ...

    `keys` are the addresses of its priors, one an element, or one for all (`cor_Subject`); empty
    where it has none of its own (`r_Subject`). Elements of the same key are one number.
    """

    site: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    support: Literal["real", "ordered", "positive", "unit", "interval", "correlation", "simplex"]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A line or a few of the generated program.

    `prior` draws `target`, an array of that `shape`, from the priors at `keys`, one an element;
    `ordered` draws it from one prior and puts it in order;
    `sample` draws it from the distribution that `value` spells; `deterministic` and `assign`
    compute `value`, which without a `target` is recorded only. `comment` stands above it. `uses`
    are the sites of the family's parameters that stand in it.
    """

    verb: Literal["prior", "ordered", "sample", "deterministic", "assign"]
    target: str
    site: str = ""
    value: str = ""
    keys: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    comment: str = ""
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summand:
    """What an effect adds to a linear predictor: an expression in the program's identifiers."""

    predictor: str
    expression: str


@dataclass(frozen=True, eq=False)
class Datum:
    """An array that the program takes: its identifier there, and its values."""

    identifier: str
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Fragment:
    """What one effect gives a Spec: its sites and their axes, lines, summands and arrays."""

    parameters: tuple[Parameter, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    statements: tuple[Statement, ...] = ()
    summands: tuple[Summand, ...] = ()
    data: tuple[Datum, ...] = ()


@dataclass(frozen=True, eq=False)
class Spec:
    """A model, whole: what `source/` writes, `engines/` sample and `results/` store.

    `known_identifiers` are those of the arrays by which more is known of the rows: of their
    dispersion, and what the family must know of them. Effects of the groups in `centred` are drawn
    as they are; `notes` say why.
    """

    family: Family
    response: Response
    predictors: tuple[Predictor, ...]
    blocks: tuple[Block, ...]
    priors: PriorTable
    parameters: tuple[Parameter, ...]
    dimensions: tuple[Dimension, ...]
    statements: tuple[Statement, ...]
    likelihood: tuple[Statement, ...]
    summands: tuple[Summand, ...]
    data: tuple[Datum, ...]
    gaussian: tuple[GaussianForm | None, ...]
    response_identifier: str
    text: str
    fixed: Mapping[str, float] = field(default_factory=dict[str, float])
    known_identifiers: Mapping[str, str] = field(default_factory=dict[str, str])
    centred: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    shrinkage: tuple[Shrinkage, ...] = ()

    def __getitem__(self, name: str) -> Predictor:
        """Return the predictor of a parameter of the family, by its name."""
        return next(predictor for predictor in self.predictors if predictor.name == name)

    @property
    def groups(self) -> tuple[tuple[Block, ...], ...]:
        """The blocks, those that share a group's sites together, in formula order."""
        return together(self.blocks)

    @property
    def effect_sites(self) -> tuple[str, ...]:
        """The sites of the group-level effects."""
        return tuple(f"{blocks[0].prefix}r_{blocks[0].group}" for blocks in self.groups)
