"""Whether the draws can be relied on, by which engine they were made, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from formix.reporting.html import Content, Html, join, tag
from formix.reporting.part import remark
from formix.reporting.tables import Body, listed, table
from formix.results.diagnostics import BFMI, ESS_PER_CHAIN, RHAT
from formix.results.ess import bfmi
from formix.spelling import label_text

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from formix.reporting.reported import Reported


def verdict(reported: Reported) -> Html:
    """Return in one line whether anything was found, with the way to the details."""
    more = tag("a", "Diagnostics", href="#diagnostics")
    if not reported.findings:
        far = "; they are from an approximation, whose error they do not tell"
        said = f"No fault was found in the draws{far if reported.approximation else ''}. "
        return tag("p", said, more, class_="verdict")
    count = len(reported.findings)
    said = f"These draws should not be relied on yet: {count} fault{'s' * (count != 1)} found. "
    return tag("p", said, more, class_="verdict poor")


def findings(reported: Reported) -> Iterator[Content]:
    """Yield what is wrong with the draws, and what to do."""
    if not reported.findings:
        yield tag("p", "R-hat and effective sample sizes of every parameter are as they should be.")
    else:
        yield from _faults(reported)
    if reported.approximation:
        yield remark(
            f"The draws are from {reported.approximation}'s approximation of the posterior. What "
            "is said here is of the draws, and not of how near the approximation is.",
            'model.fit(engine="nuts") draws from the posterior itself',
        )


def _faults(reported: Reported) -> Iterator[Content]:
    yield tag("p", "These draws should not be relied on yet:")
    yield tag("ul", *(tag("li", found.what) for found in reported.findings))
    remedies = dict.fromkeys(remedy for found in reported.findings for remedy in found.remedies)
    yield tag("p", "What to do:")
    yield tag("ul", *(tag("li", remedy) for remedy in remedies))


def measures(reported: Reported) -> Iterator[Content]:
    """Yield the diagnostics as numbers, beside what they should be."""
    chains = reported.drawn.found["posterior"].sizes["chain"]
    frame = reported.summary.frame
    least = f"{ESS_PER_CHAIN * chains} or more"
    lines = [
        *_worst(frame, "rhat", "R-hat", np.nanargmax, ".3f", f"{RHAT} or less"),
        *_worst(frame, "ess_bulk", "bulk ESS", np.nanargmin, ".0f", least),
        *_worst(frame, "ess_tail", "tail ESS", np.nanargmin, ".0f", least),
        *_sampler(reported.found.datasets.get("sample_stats")),
        *_importance(reported.recipe.run),
    ]
    head = ("measure", "value", "should be", "where")
    yield table(
        "The worst of each measure among the estimates above", head, [Body(lines)], texts=(0, 2, 3)
    )


def run(reported: Reported) -> Iterator[Content]:
    """Yield how the draws were made."""
    said = reported.recipe.run
    sizes = reported.drawn.found["posterior"].sizes
    lines = [("engine", reported.engine or "unknown")]
    for engine, reason in cast("Mapping[str, str]", said.get("declined") or {}).items():
        lines.append((f"not {engine}, because", str(reason)))
    lines.append(("chains", f"{sizes['chain']} of {sizes['draw']:,} draws each"))
    if said.get("warmup"):
        lines.append(("warm-up", f"{said['warmup']:,} draws before them"))
    if said.get("trajectories_reason"):
        lines.append(("trajectories of NUTS, because", str(said["trajectories_reason"])))
    if said.get("chain_method"):
        lines.append(("how chains ran", str(said["chain_method"])))
    seconds = cast("Mapping[str, float]", said.get("seconds") or {})
    if seconds:
        spent = ", ".join(f"{phase} {second:.3g}" for phase, second in seconds.items())
        lines.append(("seconds", spent))
    yield listed("How the draws were made", [(name, line) for name, line in lines])


def _worst(
    frame: pd.DataFrame, column: str, name: str, which: Any, shape: str, limit: str
) -> Iterator[tuple[str, ...]]:
    """Yield the worst of one measure; nothing where no parameter has it."""
    if column not in frame or not len(frame):
        return
    values = frame[column].to_numpy(dtype=float)
    if np.isfinite(values).any():
        place = int(which(values))
        yield name, format(values[place], shape), limit, label_text(frame.index[place])


def _sampler(stats: xr.Dataset | None) -> Iterator[tuple[str, ...]]:
    """Yield what the sampler itself says."""
    if stats is None:
        return
    if "diverging" in stats:
        count = int(stats["diverging"].to_numpy().sum())
        yield "divergent transitions", f"{count:,} of {stats['diverging'].size:,}", "0", ""
    if "tree_depth" in stats:
        yield "tree depth, greatest", str(int(stats["tree_depth"].max())), "below its limit", ""
    if "energy" in stats:
        energy = bfmi(stats["energy"].transpose("chain", "draw").to_numpy())
        if np.isfinite(energy).all():
            worst = int(np.argmin(energy))
            yield "E-BFMI", f"{energy[worst]:.2f}", f"{BFMI} or more", f"chain {worst}"
    if "acceptance_rate" in stats:
        rate = float(stats["acceptance_rate"].mean())
        yield "acceptance rate, mean", f"{rate:.2f}", "", ""


def _importance(said: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """Yield how well the proposals of an engine that draws independently suit the posterior."""
    k_hat = said.get("k_hat")
    if isinstance(k_hat, float):
        limit = said.get("max_k_hat")
        of = "proposals" if limit is None else "approximation"
        yield f"Pareto k-hat of the {of}", f"{k_hat:.2f}", f"below {limit or 0.5}", ""


def sentence(reported: Reported) -> Content:
    """Return in a sentence what was drawn, and by what."""
    sizes = reported.drawn.found["posterior"].sizes
    total = sizes["chain"] * sizes["draw"]
    by = [" by the engine ", tag("code", reported.engine)] if reported.engine else []
    of = f"{reported.approximation}'s approximation of " if reported.approximation else ""
    return tag("p", join([f"{total:,} draws from {of}the posterior", *by, "."]), class_="soft")
