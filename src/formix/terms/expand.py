"""From a formula to its terms: what R's `terms()` and lme4's bars say that it means."""

from __future__ import annotations

from collections.abc import Iterable

from formix.spec import MAIN
from formix.syntax.mistakes import mistake
from formix.syntax.tree import Assignment, Bar, Equation, Formula, Name
from formix.terms.algebra import Algebra
from formix.terms.dot import has_dot, others
from formix.terms.groups import Groups, double_bar_note, several_columns
from formix.terms.response import response_term
from formix.terms.term import CommonTerms, FixedParameter, PredictorTerms, ResponseTerm, Terms
from formix.terms.variable import Variable


def expand(formula: Formula, columns: Iterable[str] | None = None) -> Terms:
    """Return the terms of a formula: the response, and each parameter's terms in R's order.

    Parameters
    ----------
    formula
        What `parse` returns.
    columns
        The names of the data's columns, in their order; `.` stands for those that are neither
        the response's nor a group's. A formula without `.` needs none.

    Raises
    ------
    FormulaError
        If the formula can be read, but means nothing that can be fitted, such as `x * (1 | g)`
        or the same effect twice.

    References
    ----------
    Wilkinson and Rogers (1973), "Symbolic Description of Factorial Models for Analysis of
    Variance", Applied Statistics 22, doi:10.2307/2346786.

    Examples
    --------
    >>> from formix.syntax.parse import parse
    >>> expand(parse("y ~ a * b + (x || school / class)")).text
    'y ~ 1 + a + b + a:b + (1 + x || school) + (1 + x || school:class)'
    >>> print(expand(parse("y ~ . + (1 | g); sigma ~ x"), ["y", "x", "z", "g"]))
    response  y
    mu        1 + x + z
              (1 | g)
    sigma     1 + x
    note      `.` stands for x and z (not the response y, nor the group g, which lme4 counts in)
    """
    return _Expansion(formula, None if columns is None else tuple(map(str, columns))).terms()


class _Expansion:
    """One formula, the columns of its data, and what is to be said of them."""

    def __init__(self, formula: Formula, columns: tuple[str, ...] | None) -> None:
        self.formula = formula
        self.columns = frozenset(columns or ())
        self.groups = Groups(formula.text, self.columns)
        self.notes: list[str] = []
        self.dot: tuple[str, ...] | None = None
        if columns is not None and has_dot(formula):
            meant = others(formula, columns)
            self.dot = meant.columns
            self.notes.append(meant.note)

    def terms(self) -> Terms:
        main = self.formula.main
        response = response_term(main, self.formula.text, self.columns)
        self.check_parameters()
        predictors = [self.predictor(MAIN, main, response)]
        fixed: list[FixedParameter] = []
        for other in self.formula.others:
            name = self.parameter(other).name
            if isinstance(other, Assignment):
                fixed.append(FixedParameter(name, other.value, span=other.span))
            else:
                predictors.append(self.predictor(name, other, None))
        notes = tuple(dict.fromkeys(self.notes))
        return Terms(self.formula, response, tuple(predictors), tuple(fixed), notes)

    def check_parameters(self) -> None:
        """Refuse two formulas for one parameter."""
        seen = {MAIN}
        for parameter in map(self.parameter, self.formula.others):
            if parameter.name in seen:
                text = self.formula.text
                raise mistake("parameter-twice", text, parameter.span, token=parameter.name)
            seen.add(parameter.name)

    def parameter(self, other: Equation | Assignment) -> Name:
        """Return the parameter that a further formula is about."""
        text = self.formula.text
        parameter = other.parameter if isinstance(other, Assignment) else other.left
        if not isinstance(parameter, Name):
            raise mistake("parameter-name", text, parameter.span)
        if isinstance(other, Equation) and other.additions:
            raise mistake("parameter-additions", text, other.additions[0].span)
        return parameter

    def predictor(
        self, parameter: str, equation: Equation, response: ResponseTerm | None
    ) -> PredictorTerms:
        """Return the terms of one right side."""
        algebra = self.algebra(response)
        common = algebra.expand(equation.right)
        self.notes += algebra.notes
        effects = [self.effects(bar, response) for bar in algebra.bars]
        groups = self.groups.expand(algebra.bars, effects)
        for term in groups:
            if several := several_columns(term):
                self.notes.append(double_bar_note(term, several))
        offsets = tuple(algebra.offsets)
        return PredictorTerms(parameter, common, groups, offsets, span=equation.right.span)

    def effects(self, bar: Bar, response: ResponseTerm | None) -> CommonTerms:
        """Return the terms before a bar."""
        algebra = self.algebra(response)
        terms = algebra.expand(bar.effects, "effects")
        self.notes += algebra.notes
        return terms

    def algebra(self, response: ResponseTerm | None) -> Algebra:
        """Return the algebra of one side."""
        variable = None
        if response is not None:
            variable = Variable(response.text, response.node, span=response.span)
        return Algebra(self.formula.text, self.dot, self.columns, variable)
