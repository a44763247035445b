"""How to cite formix, and the methods that the page stands on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from formix.reporting.code import code
from formix.reporting.html import Content, tag
from formix.resources import resource

if TYPE_CHECKING:
    from formix.reporting.reported import Reported

_METHODS = {
    "nuts": "Sampling: Hoffman and Gelman (2014), The No-U-Turn Sampler, Journal of Machine "
    "Learning Research 15, 1593-1623.",
    "program": "NumPyro: Phan, Pradhan and Jankowiak (2019), Composable Effects for Flexible and "
    "Accelerated Probabilistic Programming in NumPyro, arXiv:1912.11554.",
    "diagnostics": "R-hat and effective sample sizes: Vehtari, Gelman, Simpson, Carpenter and "
    "Bürkner (2021), Bayesian Analysis 16(2), doi:10.1214/20-BA1221.",
    "lme4": "lme4: Bates, Mächler, Bolker and Walker (2015), Fitting Linear Mixed-Effects Models "
    "Using lme4, Journal of Statistical Software 67(1), doi:10.18637/jss.v067.i01.",
}


def citation(reported: Reported) -> Iterator[Content]:
    """Yield how to cite formix, as a sentence and for BibTeX, and the methods used."""
    text = resource("", "CITATION.cff").read_text(encoding="utf-8")
    title, authors = _field(text, "title"), " and ".join(_fields(text, "- name"))
    version = str(reported.recipe.run.get("formix_version", _field(text, "version")))
    yield tag("p", f"{authors}. {title}. Version {version}.")
    lines = (
        "@software{formix,",
        f"  author  = {{{{{authors}}}}},",
        f"  title   = {{{title}}},",
        f"  version = {{{version}}}",
        "}",
    )
    yield code("\n".join(lines), "bibtex", "BibTeX entry")
    yield tag("p", "The methods:")
    engine = reported.recipe.run.get("engine")
    methods = [said for name, said in _METHODS.items() if name != "nuts" or engine == "nuts"]
    yield tag("ul", *(tag("li", said) for said in methods))


def _field(text: str, name: str) -> str:
    return _fields(text, name)[0]


def _fields(text: str, name: str) -> list[str]:
    """Return the values of a field of a CFF file, whose texts stand on one line each."""
    found = re.findall(rf"^ *{re.escape(name)}: *(.+)$", text, flags=re.MULTILINE)
    return [value.strip().strip('"') for value in found]
