"""How every command ends: its exit code, and one message for what went wrong."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, TextIO

import typer
from typer.core import TyperGroup

from formix.errors import FormixError, FormixWarning

if TYPE_CHECKING:
    from typing import Any

REFUSED = 2
"""The exit code of what formix refuses, and of a wrong option."""

INTERRUPTED = 130
"""The exit code of Ctrl-C: 128 and the number of its signal."""


class Commands(TyperGroup):
    """A group of commands that tell errors and warnings in words, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, and end the process as its outcome says."""
        with warnings.catch_warnings():
            # What other libraries warn of is for who writes the program, not for who runs it.
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", FormixWarning)
            warnings.showwarning = _show
            try:
                return super().invoke(ctx)
            except FormixError as error:
                typer.echo(f"{type(error).__name__}: {error}", err=True)
                raise typer.Exit(REFUSED) from None
            except KeyboardInterrupt:
                typer.echo("formix: interrupted, nothing was written", err=True)
                raise typer.Exit(INTERRUPTED) from None


def _show(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del filename, lineno, file, line
    typer.echo(f"{category.__name__}: {_as_options(str(message))}", err=True)


def _as_options(advice: str) -> str:
    """Return advice on what to call as what to type; what only Python can do stays beside it."""
    more = r"fx\.extend\(fit, draws=(\d+)\)"
    advice = re.sub(more, r"--draws \1 (or in Python: \g<0>)", advice)
    return re.sub(r"model\.fit\(draws=(\d+)\)", r"--draws \1", advice)
