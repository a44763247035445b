"""The command `formix`: the only place that prints."""

from formix.cli.app import app, main

__all__ = ["app", "main"]
