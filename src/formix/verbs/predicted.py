"""The noun of predictions, made some rows after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from formix.bounded import mean
from formix.dispersion import SAID
from formix.errors import ArgumentError
from formix.fresh import FreshLevels, fresh_levels
from formix.linear import by_level, eta, family_parameters, own_parameters
from formix.observation import BOUNDS, complete, draw as draw_rows
from formix.prediction import NewRows, chunks
from formix.results.likelihood import flat
from formix.verbs.arguments import named
from formix.verbs.redraw import with_effects

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.models import Model
    from formix.results.sample import Sample
    from formix.spec import Spec

    Array = Float[np.ndarray, "..."]

_OBSERVED = ("cens", "cens_upper", "likelihood_weights")
"""What is known of how a response was observed, which no prediction needs."""

_WORDS = {"trunc_lower": "lower bound", "trunc_upper": "upper bound", "se": "standard error"}

MEAN, LINPRED, RESPONSE = "mean", "linpred", "response"

CHUNK = 1_000_000
"""Values of a linear predictor made at once: bounds the memory, not the answer."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """What is asked of a fit at some rows.

    Parameters
    ----------
    model, rows, drawn
        The model, the rows, and the draws of its posterior.
    kind
        `mean`, `linpred`, `response`, or a parameter of the family.
    draws
        How many draws are used; all where it is None.
    seed
        Of the random numbers.
    varying
        Whether any group-level effect takes part.
    stream
        The number of the random numbers of responses; other numbers, other responses of the same
        levels.
    """

    model: Model
    rows: NewRows
    drawn: Sample
    kind: str
    draws: int | None
    seed: int
    varying: bool
    stream: int = 1

    def check(self) -> None:
        """Refuse a kind that there is not, and one whose columns the data lacks.

        Raises
        ------
        ArgumentError
            With what there is.
        """
        family, known = self.model.family, self.rows.spec.response.known
        fitted = self.model.spec.response.known
        names = [parameter.name for parameter in family.estimates(fitted)]
        kinds = (
            MEAN,
            LINPRED,
            RESPONSE,
            *(n for n in names if n != family.main or not family.logits or self._probability),
        )
        if named("kind", self.kind, 'kind="mean"') not in kinds:
            raise ArgumentError(
                f"`kind` is {self.kind!r}, which is nothing that {family.name} predicts",
                hint=f"it is one of {', '.join(map(repr, kinds))}",
            )
        said = [name for name in fitted if name not in _OBSERVED]
        if self.kind == MEAN and not any(name in said for name in BOUNDS):
            # Without bounds a mean is the same whatever the dispersion.
            said = [name for name in said if name not in SAID]
        needed = said if self.kind in (MEAN, RESPONSE) else []
        lacking = next((name for name in needed if name not in known), None)
        if lacking is not None:
            what = _WORDS.get(lacking, lacking.replace("_", " "))
            raise ArgumentError(
                f"the data does not say the {what} of its rows",
                hint=f"the formula takes them from `{self.model.terms.response.side}`",
            )

    def how(self, groups: str, new_levels: str) -> dict[str, str | int]:
        """Return what draws say of how they were made, in words and numbers that files hold."""
        return {"kind": self.kind, "groups": groups, "new_levels": new_levels, "seed": self.seed}

    @property
    def _probability(self) -> bool:
        """Whether the main parameter is one probability: of a success, whatever the trials."""
        family = self.model.family
        return family.logits and not family.by_level and not family.thresholds

    @property
    def _of_probability(self) -> bool:
        return self._probability and self.kind == self.model.family.main

    @cached_property
    def values(self) -> dict[str, Array]:
        """Draws of every site that takes part, chains and draws in one axis."""
        kept = flat(self.drawn.values())
        lacking = [site for site in self.model.spec.effect_sites if site not in kept]
        if lacking and self.varying:
            parts = [some for _, some in with_effects(self.model.spec, self.drawn)]
            kept |= {site: np.concatenate([part[site] for part in parts]) for site in lacking}
        places = self.places
        shape = (self.chains, -1)
        some = {
            site: x.reshape(*shape, *x.shape[1:])[:, places].reshape(-1, *x.shape[1:])
            for site, x in kept.items()
        }
        effects = [site for site in self.model.spec.effect_sites if site in some]
        return some | {site: by_level(some[site]) for site in effects}

    @property
    def chains(self) -> int:
        """How many chains there are."""
        return int(self.drawn.found["posterior"].sizes["chain"])

    @cached_property
    def places(self) -> np.ndarray:
        """The draws of each chain that are used, evenly spread."""
        there = int(self.drawn.found["posterior"].sizes["draw"])
        each = there if self.draws is None else min(there, -(-self.draws // self.chains))
        return np.linspace(0, there - 1, each).round().astype(int)

    @cached_property
    def fresh(self) -> dict[tuple[str, ...], list[FreshLevels]]:
        """What draws effects of new levels, by the group's factors."""
        found: dict[tuple[str, ...], list[FreshLevels]] = {}
        for number, blocks in enumerate(self.model.spec.groups):
            if blocks[0].factors in self.rows.fresh:
                made = fresh_levels(blocks, self.values, (self.seed, number))
                found.setdefault(blocks[0].factors, []).append(made)
        return found

    def made(self) -> Iterator[tuple[slice, Float[np.ndarray, "sample obs *level"]]]:
        """Yield predictions at some of the rows after another."""
        samples = self.chains * len(self.places)
        for number, (part, spec) in enumerate(chunks(self.rows, samples, CHUNK)):
            there, values = _with_new(spec, self.values, self.fresh)
            yield (
                part,
                self.at(there, values, np.random.default_rng([self.seed, self.stream, number])),
            )

    def at(self, spec: Spec, values: dict[str, Array], generator: np.random.Generator) -> Array:
        """Return predictions of rows whose groups' levels all have their effects in the draws."""
        if self.kind == LINPRED and not spec.family.by_level:
            return eta(spec, spec.predictors[0], values)
        if self._of_probability:
            return spec.predictors[0].link.inverse(eta(spec, spec.predictors[0], values))
        if self.kind not in (MEAN, RESPONSE):
            name = "logits" if self.kind == LINPRED else self.kind
            return _whole(spec, values, own_parameters(spec, values)[name])
        if self.kind == RESPONSE:
            return _responses(spec, values, generator)
        parameters = family_parameters(spec, values)
        return _whole(spec, values, mean(spec.family, spec.response, parameters))


def _responses(spec: Spec, values: dict[str, Array], generator: np.random.Generator) -> Array:
    """Return responses drawn: none where what is known of a row is missing."""
    told, lacking = complete(spec.response)
    spec = replace(spec, response=told)
    drawn = draw_rows(spec.family, told, generator, family_parameters(spec, values))
    if not lacking.any():
        return drawn
    found = np.array(_whole(spec, values, drawn))
    found[:, lacking] = np.nan
    return found


def _whole(spec: Spec, values: dict[str, Array], found: Array) -> Array:
    """Return what was found with a number for every sample and row."""
    samples, rows = len(values[next(iter(values))]), len(spec.response.values)
    found = np.asarray(found)
    return np.broadcast_to(found, (samples, rows, *found.shape[2:]))


def _with_new(
    spec: Spec, values: dict[str, Array], fresh: dict[tuple[str, ...], list[FreshLevels]]
) -> tuple[Spec, dict[str, Array]]:
    """Return the spec and the draws with only the levels of its rows, new ones among them."""
    found, blocks = dict(values), {id(block): block for block in spec.blocks}
    for same in spec.groups:
        site = f"{same[0].prefix}r_{same[0].group}"
        if not any(block.Z.any() for block in same):
            size = sum(len(block.effects) for block in same)
            found[site] = np.zeros((len(next(iter(values.values()))), 1, size))
            blocks |= {id(b): replace(b, index=np.zeros_like(b.index)) for b in same}
            continue
        levels, index = np.unique(same[0].index, return_inverse=True)
        index = index.reshape(same[0].index.shape)
        known, new = levels[levels < len(same[0].levels)], levels[levels >= len(same[0].levels)]
        r = values[site][:, known]
        if len(new):
            mine = next(f for f in fresh[same[0].factors] if f.site == site)
            r = np.concatenate([r, mine.effects(new - len(same[0].levels))], axis=1)
        found[site] = r
        blocks |= {id(block): replace(block, index=index) for block in same}
    return replace(spec, blocks=tuple(blocks[id(block)] for block in spec.blocks)), found
