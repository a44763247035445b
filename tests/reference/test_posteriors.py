"""Posteriors against exact values, and against lme4's REML estimates: R 4.2.2, lme4 1.1-31."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import formix as fx
from formix.resources import resource
from formix.results.ess import ess_bulk, mcse_mean

EXACT = json.loads(
    (Path(__file__).parent / "posterior_sleepstudy_brms.json").read_text(encoding="utf-8")
)
ROUNDING = 0.006
"""The largest Monte Carlo standard error and rounding of the exact values."""


def test_brms_priors_give_brms_posterior():
    """Means within 4 Monte Carlo standard errors: a false alarm in 1,000 seeds, and it is fixed."""
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"), priors="brms")
    # At the default rate every fifth fit, of either kind of start, has a divergence or two, which
    # warns; and draws of a seed depend on whether chains run in parallel.
    posterior = model.fit(engine="nuts", draws=2000, seed=20, target_accept=0.95).posterior
    found = {
        "beta[Intercept]": posterior["beta"].sel(coef="Intercept"),
        "beta[Days]": posterior["beta"].sel(coef="Days"),
        "sd_Subject[Intercept]": posterior["sd_Subject"].sel(Subject_effect="Intercept"),
        "sd_Subject[Days]": posterior["sd_Subject"].sel(Subject_effect="Days"),
        "cor_Subject": posterior["cor_Subject"].sel(
            Subject_effect="Intercept", Subject_effect_bis="Days"
        ),
        "sigma": posterior["sigma"],
    }
    for subject, effects in EXACT["r_Subject"].items():
        for effect, mean in zip(("Intercept", "Days"), effects, strict=True):
            name = f"r_Subject[{subject}, {effect}]"
            found[name] = posterior["r_Subject"].sel(Subject=subject, Subject_effect=effect)
            EXACT["means"][name] = mean
    for name, draws in found.items():
        x = draws.transpose("chain", "draw").to_numpy()
        error = np.hypot(float(mcse_mean(x)), ROUNDING)
        assert abs(x.mean() - EXACT["means"][name]) < 4.0 * error, name
        if name in EXACT["sds"]:
            # The standard error of an sd is about sd / sqrt(2 ESS), more for the heavy tails here.
            spread = EXACT["sds"][name] * np.sqrt(1.0 / float(ess_bulk(x)))
            assert abs(x.std() - EXACT["sds"][name]) < 4.0 * spread + ROUNDING, name


FITS = {
    entry["id"]: entry
    for entry in json.loads(resource("data/lme4", "fits.json").read_text(encoding="utf-8"))["fits"]
    if entry["family"] == "gaussian" and entry["dataset"] != "InstEval"
}
MANY = 10
"""Groups of at least so many levels determine their standard deviations."""


WIDER = {"sleepstudy_no_common_slope": 2.0}
"""Where slopes without a common one make the intercept lean on their correlation, whose uncertainty
is no part of REML's standard errors."""


def ours(name: str, columns: tuple[tuple[str, str], ...]) -> str:
    """Our label of a column that R names so."""
    return next(label for label, r in columns if r == name)


@pytest.mark.slow
# Some of these posteriors are hard on non-centred NUTS; Monte Carlo error is allowed for.
@pytest.mark.filterwarnings("ignore::formix.errors.ConvergenceWarning")
@pytest.mark.parametrize("name", FITS)
def test_posterior_is_near_reml(name: str):
    """Default priors are weak: means, sds and modes near REML's, by the tolerances of each."""
    entry = FITS[name]
    model = fx.Model(entry["formula"], fx.load(entry["dataset"]))
    fit = model.fit(engine="nuts", draws=4000, seed=11, target_accept=0.95)
    posterior, reml = fit.posterior, entry["reml"]
    columns = tuple((c.label, c.r) for c in model.design["mu"].columns)
    rows = zip(*(reml["fixed"][k] for k in ("names", "estimate", "se")), strict=True)
    for r_name, estimate, se in rows:
        x = posterior["beta"].sel(coef=ours(r_name, columns)).to_numpy()
        assert abs(x.mean() - estimate) < 0.25 * x.std() + 4.0 * float(mcse_mean(x)), r_name
        smallest = min(len(block.levels) for block in model.design.blocks)
        widest = WIDER.get(name, 1.35 if smallest >= MANY else 3.0)
        assert 0.95 < x.std() / se < widest, r_name
    for group in reml["groups"]:
        block = next(
            b
            for b in model.design.blocks
            if set(b.factors) == set(re.split(":", group["group"].split(".")[0]))
            and set(group["effects"]) <= {e.column.r for e in b.effects}
        )
        labels = tuple((e.column.label, e.column.r) for e in block.effects)
        for effect, sd in zip(group["effects"], group["sd"], strict=True):
            chosen = {f"{block.group}_effect": ours(effect, labels)}
            x = posterior[f"sd_{block.group}"].sel(chosen).to_numpy()
            low, high = np.quantile(x, [0.025, 0.975])
            if sd == 0.0:
                assert low < 0.1 * reml["sigma"], effect
            elif len(block.levels) < MANY:
                assert low < sd < high, effect
            else:
                assert abs(x.mean() - sd) < 0.7 * x.std(), effect
