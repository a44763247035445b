"""From a formula to its terms: what R's `terms()` and lme4's bars say that it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from formix.spec import MAIN
from formix.syntax.mistakes import mistake
from formix.syntax.spelling import spell_name
from formix.syntax.tree import Assignment, Bar, Dot, Equation, Formula, Name, Node, walk
from formix.terms.algebra import Algebra
from formix.terms.groups import Groups, double_bar_note, several_columns
from formix.terms.response import response_columns, response_term
from formix.terms.term import (
    CommonTerms,
    FixedParameter,
    PredictorTerms,
    ResponseTerm,
    Terms,
    Variable,
)


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
    note      `.` stands for x and z (not the response y, nor the group g)
    """
    names = None if columns is None else tuple(columns)
    return _Expansion(formula, names).terms()


@dataclass(frozen=True)
class _Expansion:
    """One formula and the columns of its data."""

    formula: Formula
    columns: tuple[str, ...] | None

    def terms(self) -> Terms:
        main = self.formula.main
        response = response_term(main, self.formula.text, self._known)
        self._check_parameters()
        groups = Groups(self.formula.text)
        predictors = [self._predictor(MAIN, main, response, groups)]
        fixed: list[FixedParameter] = []
        for other in self.formula.others:
            name = self._parameter(other).name
            if isinstance(other, Assignment):
                fixed.append(FixedParameter(name, other.value, span=other.span))
            else:
                predictors.append(self._predictor(name, other, None, groups))
        notes = (*self._dot_notes(), *_bar_notes(predictors))
        return Terms(self.formula, response, tuple(predictors), tuple(fixed), notes)

    @property
    def _known(self) -> frozenset[str]:
        return frozenset(self.columns or ())

    @property
    def _equations(self) -> list[Equation]:
        return [one for one in self.formula.statements if isinstance(one, Equation)]

    def _check_parameters(self) -> None:
        """Refuse two formulas for one parameter."""
        seen = {MAIN}
        for parameter in map(self._parameter, self.formula.others):
            if parameter.name in seen:
                text = self.formula.text
                raise mistake("parameter-twice", text, parameter.span, token=parameter.name)
            seen.add(parameter.name)

    def _parameter(self, other: Equation | Assignment) -> Name:
        """Return the parameter that a further formula is about."""
        text = self.formula.text
        parameter = other.parameter if isinstance(other, Assignment) else other.left
        if not isinstance(parameter, Name):
            raise mistake("parameter-name", text, parameter.span)
        if isinstance(other, Equation) and other.additions:
            raise mistake("parameter-additions", text, other.additions[0].span)
        return parameter

    def _predictor(
        self, parameter: str, equation: Equation, response: ResponseTerm | None, groups: Groups
    ) -> PredictorTerms:
        algebra = self._algebra(response)
        common = algebra.expand(equation.right)
        effects = [self._effects(bar, response) for bar in algebra.bars]
        return PredictorTerms(
            parameter,
            common,
            groups.expand(algebra.bars, effects),
            tuple(algebra.offsets),
            span=equation.right.span,
        )

    def _effects(self, bar: Bar, response: ResponseTerm | None) -> CommonTerms:
        return self._algebra(response).expand(bar.effects, "effects")

    def _algebra(self, response: ResponseTerm | None) -> Algebra:
        variable = None
        if response is not None:
            variable = Variable(response.text, response.node, span=response.span)
        return Algebra(self.formula.text, self._dot, self._known, variable)

    @property
    def _dot(self) -> tuple[str, ...] | None:
        """The columns that `.` stands for."""
        if self.columns is None:
            return None
        out = self._responses | self._groups
        return tuple(name for name in self.columns if name not in out)

    @property
    def _responses(self) -> set[str]:
        return response_columns(self.formula.main)

    @property
    def _groups(self) -> set[str]:
        """The columns right of any bar of the formula."""
        bars = [node for node in self._nodes() if isinstance(node, Bar)]
        inside = [node for bar in bars for node in walk(bar.group)]
        return {node.name for node in inside if isinstance(node, Name)}

    def _nodes(self) -> Iterable[Node]:
        for equation in self._equations:
            yield from walk(equation.right)

    def _dot_notes(self) -> list[str]:
        if not any(isinstance(node, Dot) for node in self._nodes()):
            return []
        known = self.columns or ()
        responses = [spell_name(name) for name in known if name in self._responses]
        groups = [spell_name(name) for name in known if name in self._groups - self._responses]
        out = [f"the response {_listed(responses)}"] if responses else []
        if groups:
            out.append(f"the group{'s' if len(groups) > 1 else ''} {_listed(groups)}")
        stands = _listed([spell_name(name) for name in self._dot or ()]) or "nothing"
        return [f"`.` stands for {stands}" + (f" (not {', nor '.join(out)})" if out else "")]


def _bar_notes(predictors: Sequence[PredictorTerms]) -> list[str]:
    return [
        double_bar_note(term, several)
        for predictor in predictors
        for term in predictor.groups
        if (several := several_columns(term))
    ]


def _listed(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
