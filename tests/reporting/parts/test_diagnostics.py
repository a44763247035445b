"""What a report says of its draws."""

from __future__ import annotations

import numpy as np
import pytest
from made_fits import make, sleepstudy
from pages import Element, read_page

import formix as fx
from formix.reporting.html import join
from formix.reporting.parts.diagnostics import findings, measures, run, sentence, verdict
from formix.reporting.reported import Reported
from formix.results.ess import bfmi


def _read(write, fit) -> Element:
    return read_page(str(join(write(Reported(fit)))))


def _rows(write, fit) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in _read(write, fit).rows()}


def _with(fit, **stats):
    held = fit["sample_stats"].copy()
    for name, values in stats.items():
        held[name] = (("chain", "draw"), values)
    return fit.with_group("sample_stats", held)


def test_the_worst_parameter_of_each_measure_is_named():
    fit = sleepstudy()
    frame = fx.summary(fit).frame
    rows = _rows(measures, fit)
    worst = frame["rhat"].idxmax()
    assert rows["R-hat"] == [f"{frame['rhat'].max():.3f}", "1.01 or less", worst]
    least = frame["ess_tail"].idxmin()
    assert rows["tail ESS"] == [f"{frame['ess_tail'].min():.0f}", "400 or more", least]


def test_what_nuts_says_is_counted():
    diverging = np.zeros((4, 60), dtype=bool)
    diverging[1, :3] = True
    energy = np.random.default_rng(1).normal(size=(4, 60)).cumsum(axis=1)
    fit = _with(sleepstudy(), diverging=diverging, energy=energy, tree_depth=np.full((4, 60), 7))
    rows = _rows(measures, fit)
    assert rows["divergent transitions"][:2] == ["3 of 240", "0"]
    assert rows["tree depth, greatest"][0] == "7"
    found = bfmi(energy)
    assert rows["E-BFMI"] == [f"{found.min():.2f}", "0.3 or more", f"chain {found.argmin()}"]
    said = _read(findings, fit).text
    assert "3 of 240 transitions diverged" in said
    assert "fit(target_accept=0.95)" in said


def test_draws_too_few_for_their_energy_have_no_line_of_it():
    fit = sleepstudy(draws=2)
    assert "E-BFMI" not in _rows(measures, _with(fit, energy=np.zeros((4, 2))))


def test_the_quality_of_proposals_is_told_of_the_engine_that_has_them():
    fit = fx.Model("Yield ~ 1 + (1 | Batch)", fx.load("Dyestuff")).sample(seed=1, draws=500)
    k_hat = float(fit.attributes["k_hat"])
    assert _rows(measures, fit)["Pareto k-hat of the proposals"][:2] == [
        f"{k_hat:.2f}",
        "below 0.5",
    ]
    assert "divergent transitions" not in _rows(measures, fit)
    assert _rows(run, fit)["chains"] == ["4 of 500 draws each"]


def test_why_other_engines_were_not_taken_is_told():
    fit = sleepstudy()
    fit.attributes["declined"] = '{"marginal": "sigma has a predictor of its own"}'
    rows = _rows(run, fit)
    assert rows["not marginal, because"] == ["sigma has a predictor of its own"]
    assert rows["engine"] == ["nuts"]
    assert "trajectories of NUTS, because" not in rows
    fit.attributes["trajectories_reason"] = "its chains do not agree"
    assert _rows(run, fit)["trajectories of NUTS, because"] == ["its chains do not agree"]
    assert "240 draws from the posterior by the engine nuts" in str(
        read_page(str(sentence(Reported(fit)))).text
    )


@pytest.mark.parametrize(("shift", "kind"), [(0.0, "verdict"), (9.0, "verdict poor")])
def test_the_verdict_is_that_of_the_findings(shift: float, kind: str):
    fit = make(draws=1000).groups
    fit["posterior"]["sigma"].to_numpy()[0] += shift
    (said,) = read_page(str(verdict(Reported(fit)))).children
    assert said.attributes["class"] == kind
    assert bool(Reported(fit).findings) is bool(shift)


def test_an_approximation_is_named_wherever_its_draws_are_judged():
    fit = make(draws=1000).groups
    assert "approximation" not in str(join([verdict(Reported(fit)), *findings(Reported(fit))]))
    fit.attributes["approximation"] = "Laplace"
    assert "from an approximation, whose error they do not tell." in str(verdict(Reported(fit)))
    assert "4,000 draws from Laplace's approximation of the posterior" in (
        read_page(str(sentence(Reported(fit)))).text
    )
    (said,) = _read(findings, fit).all("p", class_="remark")
    assert "Laplace's approximation" in said.text
    assert 'model.fit(engine="nuts")' in said.text
