"""How to make the same fit again: the code, the command, the versions."""

from __future__ import annotations

import inspect
import platform
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from formix.engines import ENGINES
from formix.reporting.arguments import Arguments, arguments
from formix.reporting.code import code
from formix.reporting.html import Content, tag
from formix.reporting.tables import Body, table
from formix.spelling import string_text
from formix.versions import version_of

if TYPE_CHECKING:
    from formix.reporting.reported import Reported

_OPTIONS = {
    "engine": "--engine",
    "draws": "--draws",
    "warmup": "--warmup",
    "chains": "--chains",
    "seed": "--seed",
    "keep_groups": "--keep-groups",
}
"""The options of `formix fit` that say how the draws are made."""

_PLACED = ("chain_method",)
"""What the command chooses by itself, as `fit` does."""


def again(reported: Reported) -> Iterator[Content]:
    """Yield the code that makes the same fit again, and the command."""
    settings = _settings(reported)
    found = arguments(reported.model, reported.recipe)
    seed = " With the same seed, versions and kind of machine the draws are the same."
    yield tag("p", "In Python:" if "seed" not in settings else f"In Python.{seed}")
    made = _from_file(reported) if found is None else _from_arguments(found, reported.name)
    yield code("\n".join([*made, *_fitted(settings, reported.name)]), "python", "Python code")
    yield tag("p", "At the command line:")
    lacking = _unsaid(settings, found)
    if found is None or lacking:
        yield tag("p", f"The command cannot say it: {lacking}.", class_="soft")
        return
    yield code(_command(found, settings, reported.name), "sh", "Commands")


def versions(reported: Reported) -> Iterator[Content]:
    """Yield the versions that made the fit, and those that made the page."""
    made = cast("Mapping[str, str]", reported.recipe.run.get("versions") or {})
    made = {"formix": str(reported.recipe.run.get("formix_version", "")), **made}
    lines = [(name, version, _installed(name)) for name, version in made.items()]
    yield table("Versions", ("", "of the fit", "of this page"), [Body(lines)], texts=range(3))


def _installed(name: str) -> str:
    return platform.python_version() if name == "python" else version_of(name)


def _settings(reported: Reported) -> dict[str, Any]:
    """Return what `fit` was told of how to draw."""
    run = reported.recipe.run
    engine = next((one for one in ENGINES if one.name == reported.engine), None)
    if engine is None:
        return {}
    known = ("draws", "warmup", "chains", "seed", *engine.settings, "keep_groups")
    taken = {"draws", "chains", "seed", "keep_groups", *engine.settings}
    told = {key: run[key] for key in dict.fromkeys(known) if key in taken and key in run}
    return {"engine": engine.name, **told}


def _unsaid(settings: Mapping[str, Any], found: Arguments | None) -> str:
    """Return what of a fit the command has no option for; nothing where it has all."""
    if found is None:
        return "it begins with data, and the code above with the file of the fit"
    if any(not isinstance(one, str) for one in found.contrasts.values()):
        return "contrasts are a matrix"
    if found.parametrisation:
        return "some effects are drawn centred"
    others = [name for name in settings if name not in (*_OPTIONS, *_PLACED)]
    if not others:
        return ""
    engine = next(one for one in ENGINES if one.name == settings["engine"])
    usual = inspect.signature(engine.load().run).parameters
    odd = [name for name in others if settings[name] != usual[name].default]
    return f"it has no option for {odd[0]}={settings[odd[0]]!r}" if odd else ""


def _from_file(reported: Reported) -> list[str]:
    """Return the lines that make the model from the file of the fit."""
    needs = reported.recipe.needs
    own = [*needs.get("functions", ()), *needs.get("priors", ()), *needs.get("family", ())]
    lines = ["import formix as fx", ""]
    arguments = [f"fx.read({_text(reported.name)})"]
    if own:
        lines += ["# What a file does not hold, and you give again: " + ", ".join(map(_text, own))]
        arguments += [f"{kind}={kind}" for kind in needs]
    return [*lines, f"model = fx.model({', '.join(arguments)})"]


def _from_arguments(found: Arguments, name: str) -> list[str]:
    """Return the lines that make the model from its formula and data."""
    stored = f"fx.model(fx.read({_text(name)})).frame  # the rows and columns that were used"
    lines = ["import formix as fx", ""]
    lines.append(f"data = fx.load({_text(found.dataset)})" if found.dataset else f"data = {stored}")
    given = [_text(found.formula), "data"]
    if found.family != "gaussian":
        given.append(_text(found.family))
    mappings = {
        "priors": found.priors,
        "contrasts": found.contrasts,
        "parametrisation": found.parametrisation,
    }
    given += [f"{key}={_mapping(value)}" for key, value in mappings.items() if value]
    return [*lines, *_call("model = fx.Model", given)]


def _fitted(settings: Mapping[str, Any], name: str) -> list[str]:
    """Return the lines that fit the model and write it and this page."""
    if not settings:
        return []
    given = [f"{key}={_value(value)}" for key, value in settings.items()]
    page = Path(name).with_suffix(".html").name
    return [
        *_call("fit = model.fit", given),
        f"fx.write(fit, {_text(name)})",
        f"fx.report(fit, {_text(page)})",
    ]


def _command(found: Arguments, settings: Mapping[str, Any], name: str) -> str:
    words = ["formix", "fit", found.formula, found.dataset or "data.csv"]
    if found.family != "gaussian":
        words += ["--family", found.family]
    for key, text in found.priors.items():
        words += ["--prior", f"{key}={text}"] if key else ["--priors", text]
    for column, contrast in found.contrasts.items():
        words += ["--contrasts", f"{column}={contrast}"]
    for key, option in _OPTIONS.items():
        if key in settings:
            words += [option, str(settings[key])]
    words += ["--output", name]
    first = " ".join(shlex.quote(word) for word in words)
    told = "" if found.dataset else "# data.csv stands for the file of the data\n"
    return f"{told}{first}\nformix report {shlex.quote(name)}"


def _call(function: str, given: list[str]) -> list[str]:
    """Return a call, on one line where it fits."""
    line = f"{function}({', '.join(given)})"
    if len(line) <= 88:
        return [line]
    return [f"{function}(", *(f"    {argument}," for argument in given), ")"]


def _mapping(value: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{_text(key)}: {_value(one)}" for key, one in value.items()) + "}"


def _value(value: object) -> str:
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: object) -> str:
    return string_text(str(value))
