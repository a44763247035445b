"""What the commands take: the formula, the data, and how the model is told beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from formix.engines.draws import KeepGroups

FormulaArgument = Annotated[
    str,
    typer.Argument(
        metavar="FORMULA",
        help='As in lme4, such as "Reaction ~ Days + (Days | Subject)"; several are parted by ";".',
        show_default=False,
    ),
]

DataArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="A packaged dataset's name, or a CSV, Parquet or Arrow file. In a CSV file, an empty "
        "cell, NA and NaN are missing.",
        show_default=False,
    ),
]

FitArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FIT",
        help="A file of draws that `formix fit` or `fx.write` wrote.",
        show_default=False,
    ),
]

FamilyOption = Annotated[
    str,
    typer.Option(
        "--family", "-f", help="The distribution of the response: poisson, gamma(inverse), ..."
    ),
]

PriorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--prior",
        "-p",
        metavar="NAME=TEXT",
        help='A prior, such as "sd_Subject=HalfCauchy(5)"; may be given several times.',
        show_default=False,
    ),
]

PriorsOption = Annotated[
    str, typer.Option("--priors", metavar="SET", help="The other priors: default, brms or flat.")
]

ContrastsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--contrasts",
        metavar="COLUMN=NAME",
        help="The contrasts of a factor: treatment, SAS, sum, helmert or poly; may be given "
        "several times.",
        show_default=False,
    ),
]

EngineOption = Annotated[str, typer.Option("--engine", metavar="NAME", help="What samples.")]

KeepGroupsOption = Annotated[
    str | None,
    typer.Option(
        "--keep-groups",
        metavar="WHAT",
        help="What is kept of group-level effects: draws, summary or none.",
        show_default="draws, up to 50 million numbers",
    ),
]

ResultOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "--out",
        "-o",
        help="The NetCDF file.",
        show_default="DATA.nc, or the next free name",
    ),
]

KEPT = ("draws", "summary", "none")

PRIOR_SETS = ("default", "brms", "flat")
"""The names of `formix.prior.SETS`, which `--help` would wait for."""


def prior_set(name: str) -> str:
    """Return the name of a set of priors.

    Raises
    ------
    typer.BadParameter
        If there is no such set.
    """
    if name not in PRIOR_SETS:
        raise typer.BadParameter(
            f"`{name}` is not a set of priors; there are: {', '.join(PRIOR_SETS)}",
            param_hint="--priors",
        )
    return name


def pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    """Return the `NAME=TEXT` pairs given to an option.

    Raises
    ------
    typer.BadParameter
        If one is no pair, or a name is given twice.
    """
    found: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise typer.BadParameter(f"`{text}` is not of the form NAME=TEXT", param_hint=option)
        if name in found:
            raise typer.BadParameter(f"`{name}` is given twice", param_hint=option)
        found[name] = value
    return found


def kept(what: str | None) -> KeepGroups | None:
    """Return what is kept of group-level effects.

    Raises
    ------
    typer.BadParameter
        If there is no such thing.
    """
    if what is not None and what not in KEPT:
        raise typer.BadParameter(
            f"`{what}` cannot be kept; there are: {', '.join(KEPT)}", param_hint="--keep-groups"
        )
    return what
