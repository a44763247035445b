"""The noun of a family: what a response's distribution is, as one value."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from formix.dispersion import SAID, Dispersion
from formix.errors import ArgumentError, DataError, FormixError
from formix.links import Link, link

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

    from formix.masses import Tails
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]


@dataclass(frozen=True)
class FamilyParameter:
    """A parameter of a family: `mu`, `sigma`, ...

    `links` are those its predictor may have, the default first; `support` is where it lives when
    it has no predictor. `priors` are its priors then, by set, as text; a set that is not among them
    takes it for a scale in the units of the response. `predicted` are those, by set, of the
    intercept of its predictor, on the link's scale and at the means of the columns; its other
    coefficients and group-level effects are of scale 1 there. In braces a text has what the data
    say: the `spread` of the response, and its `location` on the link's scale. `held` is the value
    that it has where the formula gives it neither a predictor nor another value, such as an ordinal
    `disc` of 1.
    """

    name: str
    links: tuple[str, ...]
    support: Literal["real", "positive", "unit"]
    priors: tuple[tuple[str, str], ...] = ()
    predicted: tuple[tuple[str, str], ...] = ()
    held: float | None = None

    @property
    def in_units(self) -> bool:
        """Whether it is in the units of the response, as a standard deviation is."""
        texts = [text for _, text in (*self.priors, *self.predicted)]
        return any("{" in text for text in texts) or not (self.priors or self.held is not None)


def _as_it_is(response: Response) -> Response:
    return response


@dataclass(frozen=True)
class Family:
    """The distribution of a response given its parameters.

    Parameters
    ----------
    name
        As users write it.
    parameters
        The main one, whose predictor the main formula writes, first.
    distribution
        The NumPyro distribution as the generated program writes it; in braces its parameters, its
        `arrays`, and `logits`.
    log_density
        `(y, parameters by name) -> log density`, elementwise and broadcasting; the arrays are among
        the parameters, and so are the logits.
    draw
        `(random generator, parameters by name) -> draws` of the broadcast shape.
    mean
        `(parameters by name) -> mean` of the response.
    variance
        `(parameters by name) -> variance` of the response, infinite or NaN where it has none.
    check
        Returns what is wrong with a response of this family, or nothing.
    dispersion
        The parameter that scales the variance, for precision weights and `se()`; empty where the
        family has none.
    dispersions
        What stands in its place at rows of which more is known, by what that is.
    arrays
        What must be known of every row beside the response: `trials`.
    logits
        Whether the density is of the `logits` of the main parameter, a probability, in its place:
        they keep its digits where it is all but 0 or 1.
    counts
        Whether the response is a count, which may be 0 in every row.
    logarithm
        Whether the main parameter is of the logarithm of the response.
    hurdle
        Whether a response of 0 is of another part, so that it says nothing of the main parameter.
    aliases
        Other names that users write for it, in small letters.
    by_level
        Whether the main formula is of a predictor for every level of the response but the first.
        The `logits` are then of all levels, in a last axis, 0 for the first.
    columns
        Whether a row of the response has a number for every level.
    thresholds
        Whether thresholds between the levels of the response stand in the place of the intercept,
        in their order (`ordered`) or in any (`free`). The `logits` are then of the threshold less
        the predictor, in a last axis, times `disc` where the family has one.
    onward
        Whether they are of the predictor less the threshold instead.
    coded
        Returns a response as the density takes it.
    imports
        Lines that the program needs for a distribution that is neither NumPyro's nor formix's.
    log_tails
        `(y, parameters by name) -> log P(Y <= y), log P(Y > y)` at any numbers; nothing where the
        family has no distribution function, and its responses are neither censored nor truncated.
    partial
        `(y, parameters by name, k) -> log E[Y^k; Y <= y], log E[Y^k; Y > y]`, for k of 1 and 2, of
        whole numbers the factorial powers; None of a power that has no such form. With it moments
        within bounds take no quadrature.
    mean_within
        `(low, high, parameters by name) -> mean` given that the response lies between two numbers,
        one of which may be infinite; nothing where it takes quadrature.
    discrete
        Whether the response has whole numbers only, so that a bound is itself a value.
    angle
        Whether it is an angle, of which the mean is a direction.
    rates
        The parameters that are so many times as large where a response is the sum of so many units.

    Examples
    --------
    A family of one's own is the same kind of value, given to `Model` as it is:

    >>> import numpy as np
    >>> laplace = Family(
    ...     name="laplace",
    ...     parameters=(
    ...         FamilyParameter("mu", ("identity",), "real"),
    ...         FamilyParameter("sigma", ("log",), "positive"),
    ...     ),
    ...     distribution="dist.Laplace({mu}, {sigma})",
    ...     log_density=lambda y, p: -np.abs(y - p["mu"]) / p["sigma"] - np.log(2.0 * p["sigma"]),
    ...     draw=lambda generator, p: generator.laplace(p["mu"], p["sigma"]),
    ...     mean=lambda p: p["mu"],
    ...     variance=lambda p: 2.0 * np.square(p["sigma"]),
    ...     check=lambda response: None,
    ... )
    >>> laplace.link("sigma").name
    'log'
    """

    name: str
    parameters: tuple[FamilyParameter, ...]
    distribution: str
    log_density: Callable[[Array, dict[str, Array]], Array]
    draw: Callable[[np.random.Generator, dict[str, Array]], Array]
    mean: Callable[[dict[str, Array]], Array]
    variance: Callable[[dict[str, Array]], Array]
    check: Callable[[Response], FormixError | None]
    dispersion: str = ""
    dispersions: tuple[Dispersion, ...] = ()
    arrays: tuple[str, ...] = ()
    logits: bool = False
    counts: bool = False
    logarithm: bool = False
    hurdle: bool = False
    aliases: tuple[str, ...] = ()
    by_level: bool = False
    columns: bool = False
    thresholds: Literal["", "ordered", "free"] = ""
    onward: bool = False
    coded: Callable[[Response], Response] = _as_it_is
    imports: tuple[str, ...] = ()
    log_tails: Callable[[Array, dict[str, Array]], Tails] | None = None
    partial: Callable[[Array, dict[str, Array], int], Tails | None] | None = None
    mean_within: Callable[[Array, Array, dict[str, Array]], Array] | None = None
    discrete: bool = False
    angle: bool = False
    rates: tuple[str, ...] = ()
    chosen: tuple[tuple[str, str], ...] = field(default=())

    def __getitem__(self, name: str) -> FamilyParameter:
        """Return the parameter of that name."""
        return next(parameter for parameter in self.parameters if parameter.name == name)

    @property
    def main(self) -> str:
        """The parameter that the main formula predicts."""
        return self.parameters[0].name

    @property
    def codes(self) -> bool:
        """Whether the density is of one level a row, a code into the last axis of the logits."""
        return bool(self.thresholds) or (self.by_level and not self.columns)

    def fault(self, response: Response) -> FormixError | None:
        """Return what is wrong with a response, or nothing."""
        if (response.values.ndim > 1) == self.columns:
            return self.check(response)
        count = response.values.shape[-1] if response.values.ndim > 1 else 1
        several = "a number for every level" if self.columns else "one number a row"
        return DataError(
            f"the response `{response.name}` has {count} column{'s' if count > 1 else ''}; "
            f"a {self.name} response has {several}",
            hint="write cbind(a, b, c) ~ ..., a column a level"
            if self.columns
            else "of several columns are the families multinomial and dirichlet",
        )

    def takes(self, known: Collection[str]) -> bool:
        """Whether what is known of the dispersion of rows is something that this family has."""
        said = SAID.intersection(known)
        return not said or any(said == one.known for one in self.dispersions)

    def given(self, known: Collection[str]) -> Dispersion | None:
        """Return the dispersion of rows of which this is known; None where it is the parameter.

        Raises
        ------
        LookupError
            If the family does not take it: `takes` says so first.
        """
        said = SAID.intersection(known)
        return {one.known: one for one in self.dispersions}[said] if said else None

    @property
    def residual(self) -> bool:
        """Whether the dispersion is that of residuals, which `se()` adds to."""
        return any("se" in one.known for one in self.dispersions)

    def estimates(self, known: Collection[str]) -> tuple[FamilyParameter, ...]:
        """Return the parameters that there are where this is known of the rows."""
        given = self.given(known)
        own = given is None or given.estimated
        return tuple(p for p in self.parameters if own or p.name != self.dispersion)

    def link(self, parameter: str) -> Link:
        """Return the link of a parameter's predictor: the one chosen, else its default."""
        return link(dict(self.chosen).get(parameter, self[parameter].links[0]))

    def __call__(self, **links: str) -> Family:
        """Return this family with other links: `gaussian(mu="log")`, or `gaussian(link="log")`.

        Raises
        ------
        ArgumentError
            If the family has no such parameter, or the parameter no such link.
        """
        chosen = dict(self.chosen)
        for given, name in links.items():
            parameter = self.main if given == "link" else given
            known = [candidate.name for candidate in self.parameters]
            if parameter not in known:
                raise ArgumentError(
                    f"the family {self.name} has no parameter `{parameter}`",
                    hint=f"it has: {', '.join(known)}",
                )
            if name not in self[parameter].links:
                raise ArgumentError(
                    f"`{name}` is not a link of {self.name}'s {parameter}",
                    hint=f"its links: {', '.join(self[parameter].links)}",
                )
            chosen[parameter] = name
        return replace(self, chosen=tuple(sorted(chosen.items())))

    def __repr__(self) -> str:
        links = ", ".join(f'{name}="{name_of}"' for name, name_of in self.chosen)
        return f"{self.name}({links})" if links else self.name
