"""What a user gives wrongly is refused in words, by every verb and for every argument."""

from __future__ import annotations

import inspect
import warnings

import numpy as np
import pytest
from fit_at import random_fit

import formix as fx
import formix.verbs.kfold as folds
from formix.plots.rebuilt import Rebuilt
from formix.verbs.asked import Options

SIMPLE = ("Reaction ~ Days + (Days | Subject)", "sleepstudy")

NEEDED = {
    "effects": {"variables": "Days"},
    "emmeans": {"variables": "Days"},
    "hypothesis": {"statements": "sigma > 0"},
}
"""What a verb cannot be without, beside the fit."""

OF_A_FIT = (
    *("coef", "compare_lme4", "comparisons", "effects", "emmeans", "extend", "fitted", "fixef"),
    *("graph", "hierarchy", "hypothesis", "icc", "kfold", "log_likelihood", "model", "ppp"),
    *("predict", "predictions", "priors", "r2", "r_code", "ranef", "redraw", "residuals"),
    *("sensitivity", "sigma", "simulate", "slopes", "source", "summary", "varcorr", "vpc"),
)

PICTURES = (
    *("plot_check", "plot_effects", "plot_groups", "plot_prior", "plot_ranef"),
    *("plot_ranef_pairs", "plot_shrinkage", "plot_vpc"),
)

WRONG = (3, "z", [object()], np.arange(3.0))
"""Of each argument most are wrong, and where one is right, it is answered."""

NEVER = (object(), {3: object()}, b"z")
"""Right for no argument."""

IGNORED = {("log_likelihood", name) for name in ("functions", "priors", "family")}


@pytest.fixture(scope="module")
def fit():
    return random_fit(fx.Model(SIMPLE[0], fx.load(SIMPLE[1])), samples=8)


def _arguments(verb: str) -> list[str]:
    kinds = inspect.signature(getattr(fx, verb)).parameters
    names = [n for n, p in kinds.items() if p.kind is not p.VAR_KEYWORD]
    open_ended = any(p.kind is p.VAR_KEYWORD for p in kinds.values())
    return names + (list(_open(verb)) if open_ended else [])


def _open(verb: str) -> dict[str, object]:
    """Return the arguments that a verb takes by `**`."""
    if verb == "kfold":
        return {}
    rebuilt = verb in ("plot_groups", "plot_shrinkage")
    return dict((Rebuilt if rebuilt else Options).__annotations__)


def _answer(verb: str, fit: object, name: str, value: object) -> bool:
    """Whether there is an answer; a refusal must be one of formix."""
    first, *_ = _arguments(verb)
    given = dict(NEEDED.get(verb, {})) | ({} if name == first else {name: value})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            getattr(fx, verb)(value if name == first else fit, **given)
    except fx.FormixError as error:
        assert error.message
        return False
    return True


@pytest.fixture(autouse=True)
def no_refits(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise fx.EngineError("no refits here")

    monkeypatch.setattr(folds, "_run", stop)


@pytest.mark.parametrize("verb", OF_A_FIT)
def test_a_wrong_argument_ends_in_an_answer_or_in_a_refusal_by_formix(verb: str, fit):
    for name in _arguments(verb):
        for value in WRONG:
            _answer(verb, fit, name, value)
        taken = [value for value in NEVER if _answer(verb, fit, name, value)]
        # What is there already is not made again, and needs nothing.
        assert not taken or (verb, name) in IGNORED, name


@pytest.mark.parametrize("verb", PICTURES)
def test_pictures_refuse_what_is_right_for_no_argument(verb: str, fit):
    for name in _arguments(verb):
        for value in NEVER[:2]:
            assert not _answer(verb, fit, name, value), name


def test_what_is_given_to_rebuild_a_model_is_not_called_damage_of_the_file(fit):
    for name in ("functions", "priors"):
        with pytest.raises(fx.ArgumentError, match=f"{name}=3 is not a dict"):
            fx.model(fit, **{name: 3})


def test_every_verb_of_a_fit_is_in_the_sweep():
    there = {name for name in fx.__all__ if _module(name).startswith("formix.verbs.")}
    assert {"fitted", "predict"} < there
    assert there == {*OF_A_FIT, "read", "write"}
    drawn = {name for name in fx.__all__ if _module(name).startswith("formix.plots.")}
    assert drawn == set(PICTURES)


def _module(name: str) -> str:
    return str(getattr(getattr(fx, name), "__module__", ""))
