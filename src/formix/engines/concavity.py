"""Which log densities of a response are concave in the main linear predictor, and why.

A row says one of four things of its linear predictor, whatever its other parameters are.

*The density.* That of an exponential family is concave in its natural parameter: Poisson's
logarithm, the logits of Bernoulli and binomial counts and of adjacent levels, and those of them
that are known not to be 0, as behind a hurdle. Where the predictor moves a number, or the logarithm
of one, the density is that number's, which is concave for normals, the logarithms of gamma and
Weibull numbers, the ex-Gaussian (a convolution of such) and the skew normal (a product). The
negative binomial, and so the geometric, has `y eta - (y + k) log(k + exp(eta))`. Probit and
complementary log-log are of distributions whose density is log-concave, and so are both tails.

*Levels in order.* The probability between two thresholds is the mass of an interval that the
predictor moves, which is log-concave where the density is (Prékopa; Pratt for regressions); ratios
that stop or go on are products of tails.

*An interval*, where the row is censored. The mass of an interval of a number that the predictor
moves is log-concave likewise. A count is above `a` and at most `b` where two waiting times, whose
joint density is log-concave in their logarithms (or logits), lie on either side of the predictor:
the set of all three is convex, so what is left of it by integration is log-concave.

*Bounds.* Within them the density is over the mass between them, which is concave too, so that
their ratio need not be: it is in an exponential family, which within bounds still is one.

References
----------
Prékopa (1973), "On logarithmic concave measures and functions", Acta Scientiarum Mathematicarum 34;
Pratt (1981), doi:10.1080/01621459.1981.10477613.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from formix.observation import needs_tails

if TYPE_CHECKING:
    from collections.abc import Mapping

    from formix.spec import Spec

_LOG_CONCAVE = frozenset({"logit", "probit", "cloglog"})
_LOG, _IDENTITY = frozenset({"log"}), frozenset({"identity"})

CONCAVE: Mapping[str, frozenset[str]] = {
    "acat": frozenset({"logit"}),
    "bernoulli": _LOG_CONCAVE,
    "binomial": _LOG_CONCAVE,
    "cratio": _LOG_CONCAVE,
    "cumulative": _LOG_CONCAVE,
    "exgaussian": _IDENTITY,
    "exponential": _LOG,
    "gamma": _LOG,
    "gaussian": _IDENTITY,
    "geometric": _LOG,
    "hurdle_gamma": _LOG,
    "hurdle_lognormal": _IDENTITY,
    "hurdle_poisson": _LOG,
    "lognormal": _IDENTITY,
    "negative_binomial": _LOG,
    "poisson": frozenset({"log", "softplus"}),
    "skew_normal": _IDENTITY,
    "sratio": _LOG_CONCAVE,
    "weibull": _LOG,
}
"""By family the links under which the log density is concave in the linear predictor, wherever
that lies, whatever the response, and whatever the other parameters."""

INTERVALS: Mapping[str, frozenset[str]] = {
    name: links
    for name, links in CONCAVE.items()
    if name not in ("acat", "cratio", "sratio") and not name.startswith("hurdle")
}
"""Those under which the log probability of an interval is, too."""

BOUNDED: Mapping[str, frozenset[str]] = {
    "acat": frozenset({"logit"}),
    "bernoulli": frozenset({"logit"}),
    "binomial": frozenset({"logit"}),
    "gaussian": _IDENTITY,
    "lognormal": _IDENTITY,
    "poisson": _LOG,
}
"""Those under which the log density within bounds is, too."""

STRAIGHT: Mapping[str, frozenset[str]] = {"asymmetric_laplace": _IDENTITY}
"""Those under which it is concave, but of straight lines, so that no normal one is near it."""


def concavity_fault(spec: Spec) -> str | None:
    """Return why the log density of rows is not concave in the main predictor, or nothing."""
    name, link = spec.family.name, spec.predictors[0].link.name
    if link in STRAIGHT.get(name, ()):
        return f"the log density of {name} is not smooth: straight lines, and a corner at each row"
    if name not in CONCAVE:
        return f"the log density of {name} is not concave in the linear predictor"
    if link not in CONCAVE[name]:
        return f"under the link {link} the log density of {name} is not concave"
    known = spec.response.known
    if not needs_tails(known):
        return None
    censored, bounded = "cens" in known, any(of.startswith("trunc") for of in known)
    if censored and bounded:
        return f"the log density of {name} need not be concave both censored and within bounds"
    table, where = (INTERVALS, "where it is censored") if censored else (BOUNDED, "within bounds")
    if link not in table.get(name, ()):
        return f"under the link {link} the log density of {name} is not concave {where}"
    return None
