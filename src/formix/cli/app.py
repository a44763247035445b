"""The commands: `fit`, `explain`, `source`, `report`, `datasets`, `cache clear`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import formix
from formix import results
from formix.cli.arguments import (
    ContrastsOption,
    DataArgument,
    EngineOption,
    FamilyOption,
    FitArgument,
    FormulaArgument,
    KeepGroupsOption,
    PriorOption,
    PriorsOption,
    ResultOption,
    kept,
    pairs,
    prior_set,
)
from formix.cli.details import details
from formix.cli.group import INTERRUPTED, Commands
from formix.cli.place import page_place, result_place
from formix.engines import cache as compiled
from formix.engines.choice import choose

if TYPE_CHECKING:
    from formix import Model

app = typer.Typer(
    cls=Commands,
    name="formix",
    epilog='For example: formix fit "Reaction ~ Days + (Days | Subject)" sleepstudy',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
cache = typer.Typer(help="What formix keeps on this machine.", no_args_is_help=True)
app.add_typer(cache, name="cache")


def main() -> None:
    """Run the command that the process was started with."""
    try:
        app(prog_name="formix")
    except SystemExit as end:
        if end.code != INTERRUPTED:
            raise
        # A thread may still be compiling, which Python cannot end without an abort.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"formix {formix.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Bayesian multilevel models, written as a formula."""
    del version


@app.command()
def fit(
    formula: FormulaArgument,
    data: DataArgument,
    family: FamilyOption = "gaussian",
    prior: PriorOption = None,
    priors: PriorsOption = "default",
    contrasts: ContrastsOption = None,
    engine: EngineOption = "auto",
    draws: Annotated[int, typer.Option(help="Draws kept of each chain.", min=1)] = 1000,
    warmup: Annotated[int, typer.Option(help="Draws before them, to adapt.", min=1)] = 1000,
    chains: Annotated[int, typer.Option(help="Chains, from different starts.", min=1)] = 4,
    seed: Annotated[
        int | None,
        typer.Option(help="Makes the draws repeatable.", min=0, show_default="a new one"),
    ] = None,
    keep_groups: KeepGroupsOption = None,
    out: ResultOption = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only warnings and errors.")
    ] = False,
) -> None:
    """Fit a model: print what is fitted and a summary, write the draws to NetCDF."""
    keep = kept(keep_groups)
    place = result_place(out, data)
    model = _model(formula, data, family, prior, priors, contrasts)
    # What cannot be fitted is refused before anything is printed.
    choose(model.spec, engine)
    if not quiet:
        typer.echo(f"{model}\n")
    result = model.sample(
        engine=engine,
        draws=draws,
        warmup=warmup,
        chains=chains,
        seed=seed,
        progress=False if quiet else None,
        keep_groups=keep,
    )
    formix.write(result, place)
    if not quiet:
        for note in json.loads(str(result.attributes["notes"]))[len(model.notes) :]:
            typer.echo(f"note: {note}\n")
        typer.echo(f"{formix.summary(result)}\n\nwritten to {place}")


@app.command()
def explain(
    formula: FormulaArgument,
    data: DataArgument,
    family: FamilyOption = "gaussian",
    prior: PriorOption = None,
    priors: PriorsOption = "default",
    contrasts: ContrastsOption = None,
) -> None:
    """Show what would be fitted: terms, columns, groups, levels, priors, dropped rows."""
    model = _model(formula, data, family, prior, priors, contrasts)
    typer.echo(f"{model}\n\n{details(model.design)}")


@app.command()
def source(
    formula: FormulaArgument,
    data: DataArgument,
    family: FamilyOption = "gaussian",
    prior: PriorOption = None,
    priors: PriorsOption = "default",
    contrasts: ContrastsOption = None,
    engine: EngineOption = "nuts",
) -> None:
    """Print the program of a model: in NumPyro, or the one that another engine runs."""
    model = _model(formula, data, family, prior, priors, contrasts)
    typer.echo(model.source_for(engine), nl=False)


@app.command(epilog="For example: formix report sleepstudy.nc --output sleepstudy.html")
def report(
    fit: FitArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The page.", show_default="FIT.html, or the next free name"
        ),
    ] = None,
    title: Annotated[
        str, typer.Option(help="Of the page.", show_default="names the response")
    ] = "",
) -> None:
    """Write a fit as one page of HTML that opens anywhere: tables, pictures, program."""
    place = page_place(output, fit)
    formix.report(results.read_groups(fit), place, title=title, file=fit)
    typer.echo(f"written to {place}")


@app.command()
def datasets() -> None:
    """List the packaged datasets, their columns, sources and licences."""
    for name, row in formix.datasets().iterrows():
        typer.echo(f"{name}: {row['title']}")
        typer.echo(f"  {row['rows']} rows: {row['columns']}")
        typer.echo(f"  {row['source']} ({row['licence']})")


@cache.command()
def clear() -> None:
    """Delete the compiled programs that formix keeps; the next fits compile again."""
    freed = compiled.clear()
    typer.echo(f"deleted {freed / 1e6:.1f} MB")


def _model(
    formula: str,
    data: str,
    family: str,
    prior: list[str] | None,
    priors: str,
    contrasts: list[str] | None,
) -> Model:
    return formix.Model(
        formula,
        formix.load(data),
        family=family,
        priors={"": prior_set(priors), **pairs(prior, "--prior")},
        contrasts=pairs(contrasts, "--contrasts"),
    )
