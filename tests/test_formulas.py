"""The small formula API."""

from __future__ import annotations

import pytest

import formix as fx


def test_parse_expand_print() -> None:
    formula = fx.parse("y~x*f+(x|g)")
    assert fx.to_text(formula) == "y ~ x * f + (x | g)"
    terms = fx.expand(formula)
    assert terms.text == "y ~ 1 + x + f + x:f + (1 + x | g)"
    assert fx.expand("y~x*f+(x|g)") == terms
    assert fx.expand(["y ~ x*f", "sigma ~ 1"]).text == "y ~ 1 + x + f + x:f; sigma ~ 1"
    assert fx.to_text(formula.main.left) == "y"


def test_errors_are_public() -> None:
    with pytest.raises(fx.FormulaSyntaxError):
        fx.parse("y ~ x z")
    with pytest.raises(fx.FormulaError):
        fx.expand("y ~ x*(1 | g)")
    assert issubclass(fx.FormulaSyntaxError, fx.FormixError)
    assert issubclass(fx.FormulaSyntaxError, ValueError)
