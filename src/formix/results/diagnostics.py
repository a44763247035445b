"""Whether draws may be trusted, said once and with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.results.attributes import read_sites
from formix.results.ess import bfmi, convergence
from formix.results.json_text import decode
from formix.results.state import GROUP
from formix.spelling import label_text

if TYPE_CHECKING:
    import xarray as xr

    from formix.results.groups import Groups
    from formix.results.layout import Site

RHAT = 1.01
"""Above it chains disagree (Vehtari et al., 2021)."""

ESS_PER_CHAIN = 100
"""Below it neither R-hat nor the ESS itself is reliable (Vehtari et al., 2021)."""

BFMI = 0.3
"""Below it the energy is explored too slowly (Stan's documentation)."""

TREE_DEPTH = 10
"""NUTS's own default limit, where the run does not say."""


@dataclass(frozen=True)
class Finding:
    """One way in which draws fall short: what it is, and what to do."""

    what: str
    remedies: tuple[str, ...]


@dataclass(frozen=True)
class _Worst:
    """The element of all parameters that is worst in one respect, and how many are bad."""

    name: str
    value: float
    count: int


@dataclass(frozen=True, eq=False)
class _Measured:
    """A site and its diagnostics; higher is worse in each."""

    site: Site
    labels: tuple[np.ndarray, ...]
    stuck: np.ndarray
    rhat: np.ndarray
    few_bulk: np.ndarray
    few_tail: np.ndarray

    def name(self, place: tuple[int, ...]) -> str:
        """Return the name of the element at a place."""
        labels = tuple(axis[i] for axis, i in zip(self.labels, place, strict=True))
        return element(self.site.name, labels)


def diagnose(found: Groups) -> tuple[Finding, ...]:
    """Return what is wrong with the draws of a fit; nothing where all is well.

    R-hat, bulk and tail ESS are checked for every element of every parameter, group-level effects
    among them, but for correlations that are constant by construction.

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), doi:10.1214/20-BA1221.
    Betancourt, arXiv:1604.00695. Yao, Vehtari, Simpson and Gelman (2018), arXiv:1802.02538.
    """
    posterior = found["posterior"]
    stats = found.datasets.get("sample_stats")
    findings = _approximation(found.attributes)
    findings += _sampler(stats, found.attributes) if stats is not None else ()
    # An engine that cannot go on starts again.
    verb = "fx.extend(fit, draws={})" if GROUP in found else "model.fit(draws={})"
    more = "draw more: " + verb.format(4 * posterior.sizes["draw"])
    return (*findings, *_convergence(posterior, read_sites(found), more))


def warning_text(findings: tuple[Finding, ...]) -> str:
    """Return the findings as one message: what is wrong, then what to do, each once."""
    problems = "\n".join(f"  - {finding.what}" for finding in findings)
    remedies = dict.fromkeys(remedy for finding in findings for remedy in finding.remedies)
    advice = "\n".join(f"    {remedy}" for remedy in remedies)
    return f"these draws should not be trusted yet\n{problems}\n{advice}"


def element(name: str, labels: tuple[object, ...]) -> str:
    """Return the name of one element of a site.

    Examples
    --------
    >>> element("r_Subject", (308, "Days")), element("sigma", ())
    ('r_Subject[308, Days]', 'sigma')
    """
    return f"{name}[{', '.join(str(label) for label in labels)}]" if labels else name


def _approximation(attributes: Mapping[str, object]) -> list[Finding]:
    """Return what an engine that approximates says of how near it came to the posterior."""
    findings: list[Finding] = []
    limit = decode(attributes.get("max_k_hat"), "max_k_hat")
    k_hat = decode(attributes.get("k_hat"), "k_hat")
    if limit is not None and (k_hat is None or k_hat > limit):
        far = "cannot be found" if k_hat is None else f"is {k_hat:.2f} (above {limit})"
        findings.append(
            Finding(
                f"Pareto k-hat of the approximation {far}: it is far from the posterior",
                ('draw from the posterior itself: model.fit(), or model.fit(engine="nuts")',),
            )
        )
    if decode(attributes.get("settled", True), "settled") is False:
        steps = int(decode(attributes.get("steps", 0), "steps"))
        findings.append(
            Finding(
                f"the bound had not settled after {steps} steps: the approximation is not the best",
                (f"take more steps: fit(steps={max(20_000, 4 * steps)})",),
            )
        )
    return findings


def _sampler(stats: xr.Dataset, attributes: Mapping[str, object]) -> list[Finding]:
    """Return what the sampler itself reports: divergences, tree depth, energy."""
    findings: list[Finding] = []
    if "diverging" in stats and (count := int(stats["diverging"].to_numpy().sum())):
        total = stats["diverging"].size
        accept = float(decode(attributes.get("target_accept", 0.8), "target_accept"))
        closer = "0.95" if accept < 0.95 else "0.99"
        findings.append(
            Finding(
                f"{count} of {total} transitions diverged: part of the posterior is not reached",
                (
                    f"raise the acceptance rate aimed at: fit(target_accept={closer})",
                    "if divergences stay: give the standard deviations tighter priors",
                ),
            )
        )
    limit = int(decode(attributes.get("max_tree_depth", TREE_DEPTH), "max_tree_depth"))
    if "tree_depth" in stats and (count := int((stats["tree_depth"] >= limit).sum())):
        named = 'engine="nuts", ' if "trajectories" in attributes else ""
        findings.append(
            Finding(
                f"{count} of {stats['tree_depth'].size} trajectories ended at tree depth {limit}",
                (
                    f"allow longer trajectories: fit({named}max_tree_depth={limit + 2})",
                    "predictors on very different scales are a common cause: write scale(x)",
                ),
            )
        )
    if "energy" in stats:
        energy = bfmi(stats["energy"].transpose("chain", "draw").to_numpy())
        bad = [int(chain) for chain in np.flatnonzero(energy < BFMI)]
        if bad:
            shown = ", ".join(str(chain) for chain in bad)
            findings.append(
                Finding(
                    f"E-BFMI is {energy[bad].min():.2f} (below {BFMI}) in chain {shown}: "
                    "heavy tails are explored slowly",
                    ("warm up longer, or give the standard deviations tighter priors",),
                )
            )
    return findings


def _convergence(posterior: xr.Dataset, sites: tuple[Site, ...], more: str) -> list[Finding]:
    """Return what R-hat and the effective sample sizes say, naming the worst parameter of each."""
    rows = [
        _measure(site, posterior[site.variable]) for site in sites if site.variable in posterior
    ]
    least = ESS_PER_CHAIN * posterior.sizes["chain"]
    findings: list[Finding] = []
    if (stuck := _worst(rows, "stuck", 0.5)) is not None:
        findings.append(
            Finding(
                _stuck(stuck),
                ("fit again with another seed, or with tighter priors",),
            )
        )
    if (rhat := _worst(rows, "rhat", RHAT)) is not None:
        findings.append(
            Finding(
                f"R-hat of {rhat.name} is {rhat.value:.4g} (above {RHAT})"
                f"{_others(rhat)}: the chains have not mixed",
                (more, f"if R-hat stays above {RHAT}: warm up longer, or give tighter priors"),
            )
        )
    few = ((which, _worst(rows, f"few_{which}", -least)) for which in ("bulk", "tail"))
    findings.extend(
        Finding(
            f"the {which} ESS of {ess.name} is {-ess.value:.0f} (below {least}, "
            f"{ESS_PER_CHAIN} a chain){_others(ess)}",
            (more,),
        )
        for which, ess in few
        if ess is not None
    )
    return findings


def _measure(site: Site, draws: xr.DataArray) -> _Measured:
    values = draws.transpose("chain", "draw", ...).to_numpy()
    skipped = _by_construction(site, values)
    finite = np.isfinite(values).all(axis=(0, 1))
    still = np.any(np.all(values == values[:, :1], axis=1), axis=0)
    found = convergence(values)
    mute = skipped | still | ~finite
    return _Measured(
        site=site,
        labels=tuple(draws[dim].to_numpy() for dim in draws.dims[2:]),
        stuck=np.where(~skipped & mute, 1.0, 0.0),
        rhat=np.where(mute, -np.inf, found.rhat),
        few_bulk=np.where(mute, -np.inf, -found.ess_bulk),
        few_tail=np.where(mute, -np.inf, -found.ess_tail),
    )


def _by_construction(site: Site, values: np.ndarray) -> np.ndarray:
    """Return which elements say nothing: the diagonal, upper triangle and zeros of `cor_`.

    So it is with the share of R2 that one coefficient has alone.
    """
    shape = values.shape[2:]
    if site.kind == "shrinkage":
        return np.all(values == 1.0, axis=(0, 1))
    if site.kind != "cor":
        return np.zeros(shape, dtype=bool)
    return np.triu(np.ones(shape, dtype=bool)) | np.all(values == 0.0, axis=(0, 1))


def _worst(rows: list[_Measured], respect: str, limit: float) -> _Worst | None:
    """Return the worst element of all, if it is beyond the limit."""
    worst: _Worst | None = None
    count = 0
    for row in rows:
        values = np.asarray(getattr(row, respect))
        bad = values > limit
        if not bad.any():
            continue
        count += int(bad.sum())
        place = np.unravel_index(int(np.nanargmax(values)), values.shape)
        value = float(values[place])
        if worst is None or value > worst.value:
            worst = _Worst(row.name(tuple(int(i) for i in place)), value, 0)
    return None if worst is None else _Worst(label_text(worst.name), worst.value, count)


def _others(worst: _Worst) -> str:
    if worst.count == 1:
        return ""
    return f", and of {_more(worst)}"


def _stuck(worst: _Worst) -> str:
    if worst.count == 1:
        return f"{worst.name} does not move in some chain, or is not finite"
    return f"{worst.name} and {_more(worst)} do not move in some chain, or are not finite"


def _more(worst: _Worst) -> str:
    return f"{worst.count - 1} more parameter{'s' if worst.count > 2 else ''}"
