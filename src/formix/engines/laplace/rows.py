"""The rows of a response, as functions of their linear predictors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.laplace.curves import LOGITS, MEANS
from formix.engines.laplace.slopes import SLOPES
from formix.linear import with_dispersion
from formix.observation import log_density, with_rate

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.laplace.curves import Curve
    from formix.spec import Spec

    Etas = Float[np.ndarray, "point obs"]
    Values = Float[np.ndarray, " point"]

_LEAST = 1e-10
"""The least weight of a row, beside the largest: with less it says nothing of the predictor."""


@dataclass(frozen=True, eq=False)
class Tangent:
    """What a log density has for derivatives by the linear predictor, row by row.

    Parameters
    ----------
    slope
        The first.
    weight
        The second, its sign turned, where that is positive; else what `expected` has.
    expected
        Its mean over responses, by which lme4 weighs rows.
    """

    slope: Etas
    weight: Etas
    expected: Etas


@dataclass(frozen=True, eq=False)
class Rows:
    """The response of a spec, whose other parameter, if the family has one, is given by point."""

    spec: Spec
    auxiliary: str

    @property
    def offset(self) -> Float[np.ndarray, " obs"] | float:
        """What is added to the linear predictor of each row."""
        offset = self.spec.predictors[0].offset
        return 0.0 if offset is None else offset

    def log_density(self, eta: Etas, auxiliary: Values) -> Values:
        """Return the log density of all rows."""
        return self.log_densities(eta, auxiliary).sum(axis=1)

    def log_densities(self, eta: Etas, auxiliary: Values) -> Etas:
        """Return the log density of each row."""
        spec = self.spec
        return log_density(spec.family, spec.response, self.parameters(eta, auxiliary))

    def parameters(self, eta: Etas, auxiliary: Values) -> dict[str, Etas]:
        """Return the family's parameters at each row."""
        predictor = self.spec.predictors[0]
        predicted = {self.spec.family.main: predictor.link.inverse(eta)}
        if predictor.link.logits is not None and self.spec.family.logits:
            predicted["logits"] = predictor.link.logits(eta)
        return self._parameters(predicted, auxiliary)

    def tangent(self, eta: Etas, auxiliary: Values) -> Tangent:
        """Return the derivatives at linear predictors."""
        curve = self._curve(eta)
        family = self.spec.family
        name = "logits" if family.logits else family.main
        parameters = self._parameters({name: curve.value}, auxiliary)
        y = np.asarray(self.spec.response.values, dtype=np.float64)
        found = SLOPES[family.name](y, parameters[name], parameters)
        rate = self._rate
        first = rate * curve.first
        square = np.square(first)
        often = self.spec.response.known.get("likelihood_weights", 1.0)
        slope = often * found.slope * first
        expected = np.broadcast_to(often * found.expected * square, eta.shape)
        observed = often * (found.observed * square - found.slope * rate * curve.second)
        least = _LEAST * np.max(expected, axis=1, keepdims=True)
        expected = np.maximum(expected, least)
        return Tangent(slope, np.where(observed > least, observed, expected), expected)

    @property
    def _rate(self) -> Float[np.ndarray, " obs"] | float:
        known, family = self.spec.response.known, self.spec.family
        return known["rate"] if "rate" in known and family.main in family.rates else 1.0

    def _curve(self, eta: Etas) -> Curve:
        table = LOGITS if self.spec.family.logits else MEANS
        return table[self.spec.predictors[0].link.name](eta)

    def _parameters(self, predicted: dict[str, np.ndarray], auxiliary: Values) -> dict[str, Etas]:
        spec = self.spec
        others = {name: np.asarray(value) for name, value in spec.fixed.items()}
        if self.auxiliary:
            others[self.auxiliary] = auxiliary[:, None]
        arrays = {name: spec.response.known[name] for name in spec.family.arrays}
        found = with_rate(spec.family, spec.response, predicted | others) | arrays
        return with_dispersion(spec, found)


def start(rows: Rows) -> Float[np.ndarray, " obs"]:
    """Return linear predictors, the offset apart, at which Newton's method may start."""
    spec = rows.spec
    y, known = np.asarray(spec.response.values, dtype=np.float64), spec.response.known
    if spec.family.logarithm:
        y = np.log(y)
    more = 0.5 if spec.family.counts or spec.family.discrete else 0.0
    trials = known.get("trials", np.ones(len(y)))
    below = 1.0 if spec.predictors[0].link.of_probability else 0.0
    whole = trials.sum() if below else float(np.sum(known.get("rate", np.ones(len(y)))))
    mean = (y.sum() + more) / (whole + more * (1.0 + below))
    return np.full(len(y), float(spec.predictors[0].link.forward(np.asarray(mean)))) - rows.offset
