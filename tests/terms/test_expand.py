"""From formula to terms: parameters, notes, and errors at the right place."""

from __future__ import annotations

import pytest

from formix.errors import FormixError, FormulaError
from formix.formulas import expand
from formix.terms.term import FixedParameter


def test_every_parameter_has_its_terms() -> None:
    terms = expand("y ~ x + (1 | g); sigma ~ z - 1 + (x | h) + offset(w); nu = 4")
    assert [one.parameter for one in terms.predictors] == ["mu", "sigma"]
    assert terms["sigma"].text == "0 + z + (1 + x | h) + offset(w)"
    assert terms.fixed == (FixedParameter("nu", 4.0),)


def test_a_block_is_shared_by_name() -> None:
    terms = expand("y ~ (x | p | g); sigma ~ (1 | p | g)")
    assert [group.id for one in terms.predictors for group in one.groups] == ["p", "p"]


def test_offsets_are_kept_aside_in_order() -> None:
    terms = expand("y ~ offset(a) + x + (offset(log(b) - 1) + z)")["mu"]
    assert [term.text for term in terms.offsets] == ["offset(a)", "offset(log(b) - 1)"]
    assert terms.common.text == "1 + x + z"


@pytest.mark.parametrize(
    ("formula", "error", "guilty"),
    [
        ("y ~ x; sigma ~ z*(1 | g)", "group-level effects can only be added", "(1 | g)"),
        ("y ~ x; sigma ~ 2", "`2` is not a term", "2"),
        ("y ~ x + (1 | g); sigma ~ (z | h) + (0 + z | h)", "the effect of `z`", "(0 + z | h)"),
        ("y ~ x\nsigma ~ z\nsigma ~ w", "there are two formulas for `sigma`", "sigma"),
        ("y | se(s) + foo(a) ~ x", "`foo()` says nothing known", "foo"),
        ("y ~ x + (1 | g/factor(h))", "a group is a column of the data", "factor(h)"),
    ],
)
def test_errors_have_their_place(formula: str, error: str, guilty: str) -> None:
    with pytest.raises(FormulaError) as caught:
        expand(formula)
    assert caught.value.message.startswith(error)
    assert caught.value.span is not None
    assert caught.value.span.of(formula) == guilty
    assert caught.value.text == formula


def test_the_second_formula_of_a_parameter_is_at_fault() -> None:
    formula = "y ~ x; sigma ~ z; sigma ~ w"
    with pytest.raises(FormulaError) as caught:
        expand(formula)
    assert caught.value.span is not None
    assert caught.value.span.start == formula.rindex("sigma")


def test_every_error_is_one_of_ours() -> None:
    with pytest.raises(FormixError):
        expand("y ~ x + (1 | gr(g, f))")


def test_the_order_of_variables_starts_with_the_response() -> None:
    assert [term.text for term in expand("y ~ x:y + x")["mu"].common.terms] == ["x", "y:x"]


def test_effects_have_an_order_of_their_own() -> None:
    """R makes the design of each bar from what stands before it alone."""
    terms = expand("y ~ x + z + (z*x | g)")["mu"]
    assert [term.text for term in terms.groups[0].effects.terms] == ["z", "x", "z:x"]


def test_bars_do_not_number_the_common_variables() -> None:
    assert expand("y ~ (z | g) + x:z + z")["mu"].common.text == "1 + x:z + z"


def test_notes_are_said_once() -> None:
    assert len(expand("y ~ . ; sigma ~ . ; nu ~ 1*x", ["y", "x"]).notes) == 2
