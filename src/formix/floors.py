"""The floors of a model that can be looked at: one property a stage, from text to program."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from formix.design.frame import to_pandas
from formix.engines.choice import written
from formix.families import FAMILIES
from formix.notebook import preformatted
from formix.overview import overview
from formix.parametrisation import CENTRED
from formix.program.load import Loaded
from formix.program.program import Program
from formix.program.write import Source, write
from formix.results import make_recipe
from formix.specify import specify

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from jaxtyping import Int

    from formix.design.encoding import Encoding
    from formix.design.matrices import Design
    from formix.errors import FormixError
    from formix.families import Family
    from formix.prior import PriorTable
    from formix.results.recipe import Recipe
    from formix.spec import Spec
    from formix.stages import Stages
    from formix.syntax.tree import Formula
    from formix.terms.term import Terms


class Floors:
    """What a model is before anything is fitted; each floor is made when it is first asked for."""

    def __init__(
        self,
        stages: Stages,
        family: Family,
        priors: str | Mapping[str, object] | PriorTable,
        parametrisation: str | Mapping[str, str],
    ) -> None:
        self._stages = stages
        self._family = family
        self._priors = priors
        self._parametrisation = parametrisation

    @property
    def formula(self) -> Formula:
        """The formula as a tree."""
        return self._stages.formula

    @property
    def family(self) -> Family:
        """The family of the response."""
        return self._family

    @property
    def terms(self) -> Terms:
        """The formula expanded: terms, group terms, offsets, by parameter."""
        return self._stages.terms

    @property
    def design(self) -> Design:
        """The design matrices: `X`, `columns`, `blocks` with `Z`, `index` and `levels`."""
        return self._stages.design

    @property
    def encoding(self) -> Encoding:
        """What the design remembers of the data, for new data."""
        return self._stages.encoding

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """The user's own functions that the formula calls."""
        return self._stages.functions

    @property
    def frame(self) -> pd.DataFrame:
        """The data used: the columns that the formula names, the rows without missing values."""
        return to_pandas(self._stages.frame)

    @cached_property
    def spec(self) -> Spec:
        """The model ready to be written and sampled.

        Raises
        ------
        DataError, FormulaError, PriorError
            As `Model`, where it was not refused when it was made.
        """
        fixed = {one.parameter: one.value for one in self.terms.fixed}
        how = self._parametrisation
        return specify(self.design, self._family, self._priors, self.formula.text, fixed, how)

    @property
    def priors(self) -> PriorTable:
        """Every prior, by address."""
        return self.spec.priors

    @cached_property
    def _source(self) -> Source:
        return write(self.spec)

    @property
    def source(self) -> str:
        """The NumPyro program, which runs on its own with `data`."""
        return self._source.text

    @property
    def data(self) -> Mapping[str, np.ndarray]:
        """The arrays that the program takes."""
        return dict(self._source.data)

    def source_for(self, engine: str = "auto") -> str:
        """Return the program that an engine runs, which runs on its own with `data_for` it.

        Parameters
        ----------
        engine
            Its name; `auto` is the one that `fit` takes first.

        Raises
        ------
        ArgumentError
            If there is no engine of that name.
        UnsupportedError
            If it cannot fit this model.

        Examples
        --------
        >>> import formix as fx
        >>> model = fx.Model("strength ~ 1 + (1 | batch)", fx.load("Pastes"))
        >>> print(model.source_for("marginal").splitlines()[0])
        from formix.engines.marginal.primitives import Prior, block, common, group, integrate
        """
        return written(self.spec, engine).text

    def data_for(self, engine: str = "auto") -> Mapping[str, np.ndarray]:
        """Return the arrays that an engine's program takes, by its arguments' names.

        Raises
        ------
        ArgumentError, UnsupportedError
            As `source_for`.
        """
        return dict(written(self.spec, engine).data)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done that the formula does not say: rows dropped, `.` expanded, ..."""
        decided = self.spec.notes if self._refusal() is None else ()
        return (*self.terms.notes, *self.design.notes, *decided)

    @cached_property
    def program(self) -> Program:
        """The program with its callable and its arrays: what `nuts` runs."""
        source = self._source
        return Program(
            text=source.text,
            function=Loaded(source.text, source.namespace),
            data=source.data,
            response=self.spec.response_identifier,
            site=self.spec.response.name,
        )

    @cached_property
    def recipe(self) -> Recipe:
        """What a result says of the model."""
        return make_recipe(
            self.spec,
            self._stages.frame,
            json.loads(self.encoding.to_json()),
            matrices=self.design.predictors,
            source=self.source,
            contrasts=self._stages.contrasts,
            relations=self._stages.relations,
            functions=tuple(self._stages.functions),
            own_family=replace(self._family, chosen=()) not in FAMILIES,
            notes=self.notes,
        )

    def subset(self, rows: Int[np.ndarray, " row"]) -> Self:
        """Return the same model of some of its rows, for refits: nothing is learnt again.

        Columns, levels and priors stay, also those of levels of which no row is left: their effects
        follow their prior. Of coefficients whose prior is one together, the units are those of the
        rows.

        Parameters
        ----------
        rows
            Places among the rows that were kept.

        Examples
        --------
        >>> import formix as fx
        >>> model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
        >>> first = model.subset(np.arange(90))
        >>> first.design.X.shape, len(first.design.blocks[0].levels)
        ((90, 2), 18)
        >>> first.priors["sigma"].prior == model.priors["sigma"].prior
        True
        """
        before = self._stages
        some = replace(before, frame=before.frame.take(rows), design=before.design.at(rows))
        made = type(self).__new__(type(self))
        how = dict.fromkeys(self.spec.centred, CENTRED)
        Floors.__init__(made, some, self._family, self.priors, how)
        return made

    def _refusal(self) -> FormixError | None:
        """Return why the lower floors can be looked at and the model cannot be fitted, or nothing.

        So it is where a response of measurements is written as those are that count, whose family
        may only not have been chosen yet.
        """
        response = self.terms.response
        counted = response.level or any(one.name == "trials" for one in response.additions)
        measured = counted and self._family.residual
        return self._family.fault(self.design.response) if measured else None

    def __str__(self) -> str:
        refusal = self._refusal()
        priors = self.spec.priors if refusal is None else refusal.message
        fixed = {one.parameter: one.value for one in self.terms.fixed}
        return overview(self.formula.text, self._family, self.design, priors, self.notes, fixed)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Return what will be fitted for a notebook."""
        return preformatted(str(self))
