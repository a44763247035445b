"""The noun that rebuilds a model from its result: what was said, learnt and used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from formix.errors import ArgumentError, ResultError
from formix.prior import ForeignPrior, PriorEntry, PriorTable, from_text, read_prior

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.design.column import Frame
    from formix.design.relations import Relation
    from formix.families import Family
    from formix.spec import Predictor, PredictorMatrix, Spec

SCHEMA = 1
"""The schema of results; a newer formix reads every older one."""

HEAD = 5
"""Rows of each X that are kept, and compared when the model is rebuilt."""

_TOLERANCE = 1e-10


@dataclass(frozen=True)
class RecipePrior:
    """A prior as text: its address (`sigma^2` where it is on the variance), who set it, and why."""

    key: str
    text: str
    origin: str
    rule: str = ""


@dataclass(frozen=True, eq=False)
class Recipe:
    """Everything that a model is made of, and nothing that runs.

    Parameters
    ----------
    formula, family
        As written; the family's name.
    links
        The link of every parameter that has a predictor.
    priors, prior_set
        The prior of every address, and the set that was asked for.
    contrasts
        The coding of factors, where the user chose it.
    encoding
        The memory of the design, as JSON.
    frame
        The columns that the formula uses, the rows that were kept.
    heads
        The first rows of each predictor's X.
    relations
        The known relations among levels, by name.
    centred
        The groups whose effects are drawn as they are.
    needs
        What the user passed that a file cannot hold, by kind: functions, priors, family.
    notes
        What the user was told of the model.
    source_sha256
        The checksum of the generated program.
    run
        How the draws were made: engine, seed, versions, ...
    """

    formula: str
    family: str
    links: Mapping[str, str]
    priors: tuple[RecipePrior, ...]
    prior_set: str
    contrasts: Mapping[str, Any]
    encoding: Any
    frame: Frame
    heads: Mapping[str, Float[np.ndarray, "row coef"]]
    relations: Mapping[str, Relation] = field(default_factory=lambda: dict[str, "Relation"]())
    centred: tuple[str, ...] = ()
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    notes: tuple[str, ...] = ()
    source_sha256: str = ""
    run: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def prior_table(self, given: object = None) -> PriorTable:
        """Return the priors as they were, none resolved anew.

        Parameters
        ----------
        given
            The priors outside the table, by address: a file does not hold them.

        Raises
        ------
        ResultError
            If one of them is not given.
        ArgumentError
            If they are not given by address.
        """
        if given is not None and not isinstance(given, Mapping):
            raise ArgumentError(
                f"priors={given!r} is not a dict of priors by address",
                hint='for example priors={"beta[Days]": dist.Normal(0, 5)}',
            )
        some = cast("Mapping[str, object]", given or {})
        read = {key: read_prior(value) for key, value in some.items()}
        foreign = {key: prior for key, prior in read.items() if isinstance(prior, ForeignPrior)}
        lacking = [key for key in self.needs.get("priors", ()) if key not in foreign]
        if lacking:
            raise ResultError(
                f"the prior of `{lacking[0]}` is a NumPyro distribution, which the result does "
                "not hold",
                hint=f"give it again: priors={{{lacking[0]!r}: ...}}",
            )
        return PriorTable(tuple(_entry(prior, foreign) for prior in self.priors), self.prior_set)

    def check_functions(self, given: Mapping[str, object]) -> None:
        """Compare the functions given with those of the user that the formula calls.

        Raises
        ------
        ResultError
            If one of them is not given.
        """
        lacking = [name for name in self.needs.get("functions", ()) if name not in given]
        if lacking:
            raise ResultError(
                f"the formula calls your function `{lacking[0]}`, which the result does not hold",
                hint=f"give it again: functions={{{lacking[0]!r}: ...}}",
            )

    def check_family(self, given: Family | None) -> None:
        """Compare the family given with the user's own that the model has.

        Raises
        ------
        ResultError
            If it is not given, or has another name.
        """
        own = self.needs.get("family", ())
        if own and (given is None or given.name != self.family):
            raise ResultError(
                f"the model has your own family `{self.family}`, which the result does not hold",
                hint="give it again: family=...",
            )

    def check(self, predictors: Sequence[Predictor | PredictorMatrix]) -> None:
        """Compare the first rows of each X, encoded again, with those of the fit.

        Raises
        ------
        ResultError
            If they differ: the model rebuilt would not be the one that was fitted.
        """
        for predictor in predictors:
            head = self.heads.get(predictor.name, np.empty((0, 0)))
            again = predictor.X[:HEAD]
            scale = np.maximum(1.0, np.abs(head))
            same = head.shape == again.shape and bool(
                np.all(np.abs(head - again) <= _TOLERANCE * scale)
            )
            if not same:
                made_by = self.run.get("formix_version", "unknown")
                raise ResultError(
                    f"the design of `{predictor.name}` does not come out as it was fitted",
                    hint="the file was changed, or another version of formix encodes these terms "
                    f"differently (the fit's: {made_by}); fit again",
                )


def make_recipe(
    spec: Spec,
    frame: Frame,
    encoding: Any,
    *,
    matrices: Sequence[Predictor | PredictorMatrix] = (),
    source: str = "",
    contrasts: Mapping[str, Any] | None = None,
    relations: Mapping[str, Relation] | None = None,
    functions: Sequence[str] = (),
    own_family: bool = False,
    notes: Sequence[str] = (),
) -> Recipe:
    """Return the recipe of a model.

    Parameters
    ----------
    frame
        The columns used, only the rows that were kept.
    encoding
        The memory of the design as JSON: what `Encoding.to_json` returns.
    matrices
        The design's X of every parameter, where the predictors' are not the same.
    source
        The generated program; its checksum is kept.
    functions
        The names of the user's own functions that the formula calls.
    own_family
        Whether the family is the user's own.
    """
    foreign = [entry.address for entry in spec.priors if isinstance(entry.prior, ForeignPrior)]
    family = [spec.family.name] if own_family else []
    needs = {"functions": list(functions), "priors": foreign, "family": family}
    return Recipe(
        formula=spec.text,
        family=spec.family.name,
        links={predictor.parameter: predictor.link.name for predictor in spec.predictors},
        priors=tuple(
            RecipePrior(entry.address, str(entry.prior), entry.origin, entry.rule)
            for entry in spec.priors
        ),
        prior_set=spec.priors.name,
        contrasts=dict(contrasts or {}),
        encoding=encoding,
        frame=frame,
        heads={one.name: one.X[:HEAD] for one in matrices or spec.predictors},
        relations=dict(relations or {}),
        centred=spec.centred,
        needs={kind: names for kind, names in needs.items() if names},
        notes=tuple(notes),
        source_sha256=checksum(source),
    )


def checksum(source: str) -> str:
    """Return the SHA-256 of a program's text."""
    return hashlib.sha256(source.encode()).hexdigest()


def _entry(prior: RecipePrior, foreign: Mapping[str, ForeignPrior]) -> PriorEntry:
    squared = prior.key.endswith("^2")
    key = prior.key.removesuffix("^2")
    given = foreign.get(prior.key)
    return PriorEntry(key, given or from_text(prior.text), prior.origin, squared, prior.rule)
