"""The calls of R's packages that fit the same model."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from formix.models import Model
from formix.verbs.model import model as model_of
from formix.verbs.r_brms import brms_call
from formix.verbs.r_lme4 import lme4_call

if TYPE_CHECKING:
    from formix.verbs.r_call import RCall


_WIDTH = 90
"""Letters of a remark, which is wrapped."""


@dataclass(frozen=True)
class RCode:
    """R's code as a text that prints as it is.

    Parameters
    ----------
    text
        The code, both calls.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


def r_code(of: object) -> RCode:
    """Return the calls of lme4 (or glmmTMB, ordinal, lm) and of brms that fit the same model in R.

    The data is called `data`. What a package has not, and where it reads the formula differently,
    stands in comments. The priors of brms are written out where they are not its own.

    Parameters
    ----------
    of
        A model, what `Model.fit` returned, or a file of it that was opened.

    Returns
    -------
    RCode
        Prints as the code.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or holds functions or a family of the
        user's own.

    Examples
    --------
    >>> print(fx.r_code(fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"),
    ...     priors="brms")))
    library(lme4)
    fit <- lmer(Reaction ~ Days + (Days | Subject), data = data)
    <BLANKLINE>
    library(brms)
    fit <- brm(Reaction ~ Days + (Days | Subject), data = data, family = gaussian())
    """
    built = of if isinstance(of, Model) else model_of(of)
    own = [f"# R needs a function `{name}` of yours" for name in built.functions]
    parts = ["\n".join(own), _written(lme4_call(built)), _written(brms_call(built))]
    return RCode("\n\n".join(part for part in parts if part))


def _written(call: RCall) -> str:
    remarks = [line for remark in dict.fromkeys(call.remarks) for line in wrap(remark, _WIDTH)]
    return "\n".join([*(f"# {line}" for line in remarks), *call.lines])
