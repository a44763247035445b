"""The model: one property a stage, from a formula's text to draws."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from formix.design.frame import to_pandas
from formix.families import family as family_of
from formix.fitting import posterior, prior as prior_draws
from formix.overview import overview
from formix.program.load import Loaded
from formix.program.program import Program
from formix.program.write import Source, write
from formix.results import inference_data, make_recipe
from formix.specify import specify
from formix.stages import learnt, remade
from formix.unbuilt import unbuilt

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from formix.design.encoding import Encoding
    from formix.design.matrices import Design
    from formix.families import Family
    from formix.prior import PriorTable
    from formix.results.groups import Groups
    from formix.results.recipe import Recipe
    from formix.spec import Spec
    from formix.syntax.tree import Formula
    from formix.terms.term import Terms

ChainMethod = Literal["auto", "parallel", "vectorized"]


class Model:
    """A multilevel model: a formula, data, a family, priors; looked at on any floor, then fitted.

    Parameters
    ----------
    formula
        A text such as `Reaction ~ Days + (Days | Subject)`, or a list of texts: the response's
        first, then those of other parameters.
    data
        pandas, polars or pyarrow tables, DuckDB relations, whatever else narwhals reads, xarray
        Datasets, dicts of arrays. Only the columns that the formula names are converted.
    family
        The distribution of the response, by name or as a value.
    priors
        A set (`"default"`, `"brms"`, `"flat"`), or priors by address, such as
        `{"beta[Days]": "Normal(0, 10)", "sd": "HalfNormal(50)"}`, the rest being default; another
        set for the rest is named under the empty key.
    functions
        The user's own functions that the formula calls, by the name they have there.
    contrasts
        The coding of factors of the common (fixed) effects by name: `treatment`, `sum`, `helmert`,
        `poly`, `SAS`, or a matrix.

    Raises
    ------
    FormulaError
        If the formula cannot be read, or means nothing that can be fitted.
    DataError
        If the data cannot be fitted.
    PriorError
        If a prior cannot be read, matches nothing, or does not suit its parameter.

    Examples
    --------
    >>> import formix as fx
    >>> model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    >>> model.design.X.shape, model.design.columns
    ((180, 2), ('Intercept', 'Days'))
    >>> print(model.priors["sigma"].prior)
    HalfStudentT(3, 56.33)
    """

    def __init__(
        self,
        formula: str | Sequence[str],
        data: object,
        family: str | Family = "gaussian",
        *,
        priors: str | Mapping[str, object] | PriorTable = "default",
        functions: Mapping[str, Callable[..., Any]] | None = None,
        contrasts: Mapping[str, object] | None = None,
    ) -> None:
        self._family = family_of(family)
        self._priors = priors
        self._stages = learnt(formula, data, self._family, functions or {}, contrasts or {})
        if unbuilt(self.terms) is None:
            # A prior that is wrong is refused here, not when the draws are awaited.
            _ = self.spec

    @classmethod
    def from_recipe(
        cls,
        recipe: Recipe,
        *,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        priors: Mapping[str, object] | None = None,
    ) -> Model:
        """Return the model that a result was made with; nothing is learnt again.

        Parameters
        ----------
        recipe
            What the result says of itself.
        functions, priors
            What a file cannot hold: the user's own functions, and priors outside the table.

        Raises
        ------
        ResultError
            If one of them is needed and not given, or the design does not come out as it was.
        """
        recipe.check_functions(functions or {})
        model = cls.__new__(cls)
        model._family = family_of(recipe.family)(**recipe.links)
        model._priors = recipe.prior_table(priors)
        model._stages = remade(recipe, dict(functions or {}))
        return model

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
    def frame(self) -> pd.DataFrame:
        """The data used: the columns that the formula names, the rows without missing values."""
        return to_pandas(self._stages.frame)

    @cached_property
    def spec(self) -> Spec:
        """The model ready to be written and sampled.

        Raises
        ------
        UnsupportedError
            If the formula holds what no engine fits yet.
        """
        refusal = unbuilt(self.terms)
        if refusal is not None:
            raise refusal
        return specify(self.design, self._family, self._priors, self.formula.text)

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

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done that the formula does not say: rows dropped, `.` expanded, ..."""
        return (*self.terms.notes, *self.design.notes)

    def fit(
        self,
        *,
        engine: str = "auto",
        draws: int = 1000,
        warmup: int = 1000,
        chains: int = 4,
        seed: int | None = None,
        chain_method: ChainMethod = "auto",
        progress: bool | None = None,
        **settings: Any,
    ) -> Any:
        """Return draws from the posterior, as ArviZ InferenceData (a DataTree with ArviZ 1.x).

        Parameters
        ----------
        engine
            What samples: `auto` takes the first that can; `nuts` runs the program as printed.
        draws, warmup, chains
            Draws kept and steps adapted in each chain, and how many chains.
        seed
            Of the random numbers; by default one is chosen, and kept in the result.
        chain_method
            How chains run: on host devices in `parallel`, `vectorized`, or as it suits.
        progress
            Whether to draw a bar; by default where standard error is a terminal.
        **settings
            What the engine takes beside, such as `target_accept=0.95`.

        Raises
        ------
        UnsupportedError, ArgumentError, EngineError
            If the formula holds what no engine fits yet, an argument is outside what it accepts,
            or the sampler cannot start.

        Warns
        -----
        ConvergenceWarning
            Once, if the draws should not be trusted yet.
        """
        settings |= {"draws": draws, "warmup": warmup, "chains": chains}
        settings["chain_method"] = chain_method
        found = self.sample(engine=engine, seed=seed, progress=progress, **settings)
        return inference_data(found)

    def sample(
        self,
        *,
        engine: str = "auto",
        seed: int | None = None,
        progress: bool | None = None,
        **settings: Any,
    ) -> Groups:
        """Return what `fit` returns as xarray Datasets by group, without importing ArviZ."""
        return posterior(
            self.spec,
            self.program,
            self.recipe,
            engine=engine,
            seed=seed,
            progress=progress,
            settings=settings,
        )

    def prior(self, *, draws: int = 1000, seed: int | None = None) -> Any:
        """Return draws from the prior and the prior predictive distribution, parents first.

        Raises
        ------
        PriorError
            If a prior is improper.
        """
        return inference_data(prior_draws(self.spec, self.recipe, draws=draws, seed=seed))

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
            source=self.source,
            contrasts=self._stages.contrasts,
            functions=tuple(self._stages.functions),
            notes=self.notes,
        )

    def __str__(self) -> str:
        refusal = unbuilt(self.terms)
        priors = self.spec.priors if refusal is None else refusal.message
        return overview(self.formula.text, self._family, self.design, priors, self.notes)

    def __repr__(self) -> str:
        return str(self)
