"""The model: one property a stage, from a formula's text to draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from formix import results
from formix.engines import load
from formix.families import family as family_of
from formix.fitting import posterior, prior as prior_draws
from formix.floors import Floors
from formix.parametrisation import CENTRED, NON_CENTRED
from formix.stages import learnt, remade

if TYPE_CHECKING:
    from formix.engines.draws import KeepGroups
    from formix.engines.marginal.criterion import Method
    from formix.families import Family
    from formix.maximum import Estimates
    from formix.prior import PriorTable
    from formix.results.groups import Groups
    from formix.results.recipe import Recipe
    from formix.spec import Spec

ChainMethod = Literal["auto", "parallel", "vectorized"]


class Model(Floors):
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
        set for the rest is named under the empty key. `{"beta": "Horseshoe(1)"}` and `"R2D2()"` are
        of all coefficients but the intercept together.
    functions
        The user's own functions that the formula calls, by the name they have there.
    contrasts
        The coding of factors of the common (fixed) effects by name: `treatment`, `sum`, `helmert`,
        `poly`, `SAS`, or a matrix.
    matrices
        Known relations among the levels of a group, such as those of a pedigree, by the name that
        they have in `gr(g, cov = A)`: a DataFrame or DataArray labelled by the levels.
    parametrisation
        How the program draws group-level effects: `non-centred`, as standard normals that are then
        scaled; `centred`, as they are, which suits groups whose levels have many rows; `auto`, as
        the data suggest, which the notes then say; or one of these by group. The posterior is the
        same, and the engine that integrates the effects does not draw them so.

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
        matrices: Mapping[str, object] | None = None,
        parametrisation: str | Mapping[str, str] = NON_CENTRED,
    ) -> None:
        chosen = family_of(family)
        stages = learnt(formula, data, chosen, functions or {}, contrasts or {}, matrices or {})
        super().__init__(stages, chosen, priors, parametrisation)
        if self._refusal() is None:
            # A prior that is wrong is refused here, not when the draws are awaited.
            _ = self.spec

    @classmethod
    def from_recipe(
        cls,
        recipe: Recipe,
        *,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        priors: Mapping[str, object] | None = None,
        family: Family | None = None,
    ) -> Model:
        """Return the model that a result was made with; nothing is learnt again.

        Parameters
        ----------
        recipe
            What the result says of itself.
        functions, priors, family
            What a file cannot hold: the user's own functions, priors outside the table, and the
            user's own family.

        Raises
        ------
        ResultError
            If one of them is needed and not given, or the design does not come out as it was.
        """
        functions = {} if functions is None else functions
        stages = remade(recipe, functions)
        model = cls.__new__(cls)
        recipe.check_family(family)
        linked = family_of(family or recipe.family)(**recipe.links)
        how = dict.fromkeys(recipe.centred, CENTRED)
        Floors.__init__(model, stages, linked, recipe.prior_table(priors), how)
        return model

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
        keep_groups: KeepGroups | None = None,
        **settings: Any,
    ) -> Any:
        """Return draws from the posterior, as ArviZ InferenceData (a DataTree with ArviZ 1.x).

        Parameters
        ----------
        engine
            What samples: `auto` takes the first that can. `marginal` integrates effects of gaussian
            models, `whitened` samples generalised ones in rounder coordinates, and `nuts` runs the
            program as printed, whatever it is. `laplace`, `svi` and `pathfinder` approximate the
            posterior, and are taken only when asked.
        draws, warmup, chains
            Draws kept and steps adapted in each chain, and how many chains. Only `nuts` is told how
            many steps to adapt.
        seed
            Of the random numbers; by default one is chosen, and kept in the result.
        chain_method
            How chains run: on host devices in `parallel`, `vectorized`, or as it suits.
        progress
            Whether to draw a bar; by default where standard error is a terminal.
        keep_groups
            What is kept of the group-level effects: their `draws`, a `summary` (means and standard
            deviations), or `none`. By default draws, or a summary where draws would be more than
            50 million numbers, which the result's notes then say. `fx.redraw` draws them again.
        **settings
            What the engine takes beside, such as `target_accept=0.95`. One that `auto` may take has
            other settings than another: the result's notes name what was given and not used.

        Raises
        ------
        UnsupportedError, ArgumentError, EngineError
            If the engine cannot fit the model, an argument is outside what it accepts, or the
            sampler cannot start.

        Warns
        -----
        ConvergenceWarning
            Once, if the draws should not be trusted yet.
        """
        settings |= {"draws": draws, "warmup": warmup, "chains": chains}
        settings["chain_method"] = chain_method
        settings["keep_groups"] = keep_groups
        found = self.sample(engine=engine, seed=seed, progress=progress, **settings)
        return results.inference_data(found)

    def sample(
        self,
        *,
        engine: str = "auto",
        seed: int | None = None,
        progress: bool | None = None,
        keep_groups: KeepGroups | None = None,
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
            keep_groups=keep_groups,
        )

    def prior(self, *, draws: int = 1000, seed: int | None = None) -> Any:
        """Return draws from the prior and the prior predictive distribution, parents first.

        Raises
        ------
        PriorError
            If a prior is improper.
        """
        return results.inference_data(prior_draws(self.spec, self.recipe, draws=draws, seed=seed))

    def reml(self) -> Estimates:
        """Return the estimates that maximise the restricted likelihood, as lme4's `lmer` does.

        No prior enters. Without group-level effects they are least squares.

        Returns
        -------
        Estimates
            Printed as lme4's summary; with `fixed`, `varcorr`, `sigma`, `ranef`, `loglik`.

        Raises
        ------
        UnsupportedError
            If the response is not gaussian with the identity link, or effects cannot be integrated.
        DataError
            If there are too few observations for the coefficients or the effects, a group has one
            level, or the coefficients fit exactly.

        Examples
        --------
        >>> import formix as fx
        >>> found = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy")).reml()
        >>> print(found.fixed.round(3))
                   estimate     se
        coef
        Intercept   251.405  6.825
        Days         10.467  1.546
        """
        return _estimates(self.spec, "REML")

    def ml(self, nAGQ: int = 1) -> Estimates:
        """Return the estimates that maximise the likelihood, as lme4 does.

        Their log likelihoods compare models of the same rows that differ in common (fixed) effects,
        which those of `reml` do not. Of a response that is not gaussian the likelihood is Laplace's
        approximation; that of a gamma or negative binomial one is glmmTMB's.

        Parameters
        ----------
        nAGQ
            Nodes of adaptive Gauss-Hermite quadrature, for a generalised model of one group with
            one effect a level. The log likelihood then still has all its constants; lme4's is less
            that of a model with a probability for every row: for cbpp -50.0, where ours is -92.0.

        Raises
        ------
        UnsupportedError, DataError
            As `reml` does; also if the likelihood goes on rising, as that of separated rows does.
        ArgumentError
            If `nAGQ` is not a number of nodes.

        References
        ----------
        Bates, Mächler, Bolker and Walker (2015), doi:10.18637/jss.v067.i01; Pinheiro and Bates
        (1995), doi:10.1080/10618600.1995.10474663.

        Examples
        --------
        >>> import formix as fx
        >>> found = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy")).ml()
        >>> print(f"{found.loglik:.2f}, {found.df} parameters")
        -875.97, 6 parameters
        >>> formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
        >>> found = fx.Model(formula, fx.load("cbpp"), "binomial").ml()
        >>> print(found.varcorr.round(3))
                              estimate
        group component
        herd  sd(Intercept)      0.642
        """
        return _estimates(self.spec, "ML", nAGQ)


def _estimates(spec: Spec, method: Method, nodes: int = 1) -> Estimates:
    """Return estimates by a module that brings in an optimiser, which draws do without."""
    found: Estimates = load("formix.maximum").estimates(spec, method, nodes)
    return found
