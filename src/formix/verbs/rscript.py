"""lme4 itself, where R is installed: one call in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from formix.errors import UnsupportedError
from formix.syntax.spelling import spell_text
from formix.syntax.tree import Name
from formix.verbs.lme4 import Key, Lme4, key_of
from formix.verbs.r_formula import in_r, spelled
from formix.verbs.r_lme4 import lme4_call

if TYPE_CHECKING:
    from formix.models import Model

_REPORT = r"""
said <- function(...) cat(paste(..., sep = "\t"), "\n", sep = "")
number <- function(x) format(x, digits = 17)
version <- sub("\\.([0-9]+)$", "-\\1", as.character(packageVersion("lme4")))
said("version", as.character(getRversion()), version, isREML(fit))
errors <- sqrt(diag(as.matrix(vcov(fit))))
common <- fixef(fit)
for (name in names(common)) said("fixed", name, number(common[[name]]), number(errors[[name]]))
parts <- VarCorr(fit)
for (i in seq_along(parts)) {
  block <- parts[[i]]
  group <- names(fit@cnms)[i]
  sd <- attr(block, "stddev")
  for (j in seq_along(sd)) {
    said("sd", group, names(sd)[j], number(sd[[j]]))
    for (k in seq_len(j - 1)) {
      said("cor", group, names(sd)[k], names(sd)[j], number(attr(block, "correlation")[j, k]))
    }
  }
}
if (isLMM(fit)) said("sigma", number(sigma(fit)))
"""


def by_rscript(built: Model) -> Lme4:
    """Return what lme4 estimates of a model and its data.

    Raises
    ------
    UnsupportedError
        If R or lme4 is not installed, lme4 has no such model, or stops with an error.
    """
    program = shutil.which("Rscript")
    if program is None:
        raise UnsupportedError(
            "R is not installed: there is no program `Rscript`",
            hint="on Debian: apt install r-cran-lme4; or pass a stored result",
        )
    call = lme4_call(built)
    if "library(lme4)" not in call.lines:
        raise UnsupportedError(
            "lme4 has no such model", hint="fx.r_code(fit) says what of R fits it, and why"
        )
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "fit.R"
        reading = _reading(built.frame, Path(folder))
        script.write_text("\n".join([*reading, *call.lines, _REPORT]), encoding="utf-8")
        run = subprocess.run(
            [program, "--vanilla", str(script)],
            capture_output=True,
            encoding="utf-8",
            check=False,
            cwd=folder,
        )
    if run.returncode:
        last = run.stderr.strip().splitlines()[-1:] or ["it says nothing"]
        raise UnsupportedError(f"R stopped: {last[0]}", hint="is lme4 installed for R?")
    return _read(run.stdout)


def _reading(frame: pd.DataFrame, folder: Path) -> list[str]:
    """Write the data to a folder, and return the lines of R that read them back."""
    frame.to_csv(folder / "data.csv", index=False, encoding="utf-8")
    lines = ['data <- read.csv("data.csv", check.names = FALSE, encoding = "UTF-8")']
    for name in frame.columns:
        column, ordered, place = frame[name], "", f"data${spelled(in_r(Name(str(name))))}"
        if pd.api.types.is_bool_dtype(column):
            lines.append(f"{place} <- as.logical({place})")
            continue
        if isinstance(column.dtype, pd.CategoricalDtype):
            labels = [str(level) for level in column.cat.categories]
            ordered = ", ordered = TRUE" if column.cat.ordered else ""
        elif pd.api.types.is_numeric_dtype(column.dtype):
            continue
        else:
            # R would sort texts as the place where it runs does.
            labels = sorted({str(value) for value in column})
        levels = ", ".join(map(spell_text, labels))
        lines.append(f"{place} <- factor({place}, levels = c({levels}){ordered})")
    return lines


def _read(printed: str) -> Lme4:
    fixed: dict[str, tuple[float, float]] = {}
    components: dict[Key, float] = {}
    groups: dict[frozenset[str], str] = {}
    by, sigma = "lme4", np.nan
    for line in printed.splitlines():
        match line.split("\t"):
            case ["version", r, lme4, is_reml]:
                by = f"{'REML' if is_reml == 'TRUE' else 'ML'} by lme4 {lme4} of R {r}"
            case ["fixed", name, estimate, se]:
                fixed[name] = (float(estimate), float(se))
            case ["sd", group, name, value]:
                components[key_of(group, name)] = float(value)
                groups[key_of(group)[0]] = group
            case ["cor", group, first, second, value]:
                components[key_of(group, first, second)] = float(value)
            case ["sigma", value]:
                sigma = float(value)
            case _:
                # What packages print while they are loaded.
                continue
    return Lme4(by, fixed, components, sigma, groups)
