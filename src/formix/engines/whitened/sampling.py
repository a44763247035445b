"""Spec -> draws: many short chains in coordinates in which the posterior is all but round."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from formix.engines.draws import Draws, KeepGroups
from formix.engines.latent import arrays, latent_sites
from formix.engines.lock import TRACING
from formix.engines.marginal.density import one_thread
from formix.engines.precision import float64
from formix.engines.steps import Clock
from formix.engines.waiting import listening
from formix.engines.whitened.attempts import Attempts, Found
from formix.engines.whitened.drawing import Drawing
from formix.engines.whitened.frozen import Freezing, with_products
from formix.engines.whitened.layout import layout, structure
from formix.engines.whitened.mode import Search, blank
from formix.engines.whitened.plan import TARGET, Plan, short_chains
from formix.engines.whitened.rows import distinct
from formix.engines.whitened.support import supports
from formix.engines.whitened.target import Target
from formix.engines.whitened.tuning import Tuned
from formix.engines.whitened.turning import Turning
from formix.engines.whitened.walk import walk
from formix.errors import EngineError, UnsupportedError
from formix.program.apart import apart
from formix.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from formix.engines.progress import Report
    from formix.engines.whitened.frozen import Frozen
    from formix.engines.whitened.layout import Layout
    from formix.engines.whitened.rows import Distinct
    from formix.engines.whitened.walk import Walk
    from formix.program.program import Program
    from formix.spec import Spec

_PACKAGES = ("formix", "jax", "jaxlib", "numpyro", "numpy")

_MANY = 2000
"""Rows from which on slopes are in single precision: below, there is nothing to gain."""

_LEARNT = ("centre", "root", "ends", "widths")
"""What is learnt before there are draws, beside the stride."""


def run(
    spec: Spec,
    program: Program,
    *,
    draws: int = 1000,
    chains: int = 4,
    seed: int = 0,
    target_accept: float = TARGET,
    keep_groups: KeepGroups = "draws",
    progress: Report | None = None,
    state: Mapping[str, np.ndarray] | None = None,
) -> Draws:
    """Return draws from the posterior of a program.

    Equal seeds and versions give equal draws, bit by bit, on one machine.

    Parameters
    ----------
    spec
        What `supports` takes.
    program
        What is sampled, as it is printed: in other coordinates.
    draws, chains
        Draws kept in each chain, and how many chains. A chain is several short ones, one after
        another in full, which differ in where they started from those of other chains.
    seed
        Of the random numbers, whole and not negative.
    target_accept
        The acceptance rate that the strides of trajectories aim at in the warm-up.
    keep_groups
        What is kept of group-level effects: `draws`, means and standard deviations, or nothing.
    progress
        Is told how far the run has come.
    state
        That of earlier draws, to go on from: the short chains do.

    Raises
    ------
    ArgumentError
        If an argument is outside what it accepts.
    UnsupportedError
        If the spec is not one that `supports` takes.
    Decline
        If the engine finds, once it has started, that it cannot vouch for its draws.

    References
    ----------
    Neal (2011), arXiv:1206.1901; Margossian, Hoffman, Sountsov, Riou-Durand, Vehtari and Gelman,
    arXiv:2110.13017.
    """
    reason = supports(spec)
    if reason:
        raise UnsupportedError(f"the whitened engine cannot fit this model: {reason}")
    plan = (
        Plan.of(state, draws) if state else Plan(draws, chains, seed, target_accept=target_accept)
    )
    summarised = spec.effect_sites if keep_groups != "draws" else ()
    with listening(), one_thread():
        return _Run(spec, program, plan, summarised, Clock(progress)).draws(keep_groups, state)


@dataclass(eq=False)
class _Run:
    """One run, from a spec to its draws."""

    spec: Spec
    program: Program
    plan: Plan
    summarised: tuple[str, ...]
    clock: Clock

    def draws(self, keep: KeepGroups, state: Mapping[str, np.ndarray] | None) -> Draws:
        """Return the draws."""
        self.clock.tell("compile", 0, 1)
        rows = distinct(self.spec, self.program)
        with TRACING, float64():
            latent = latent_sites(self.program.function, arrays(self.program))
        of = layout(rows.spec, latent, structure(rows.spec))
        if not self.plan.short:
            self.plan = replace(self.plan, short=_short(self.plan, of, rows))
        freezing = Freezing(rows.spec, of)
        single = len(rows.counts) >= _MANY
        function, numbers = apart(self.program)
        given = blank(of, rows, freezing, numbers, single=single)
        target = Target(function, of, single)
        sites = tuple(parameter.site for parameter in self.spec.parameters)
        machine = walk(target, sites, self.plan.every, given)
        prepared = self.clock.tell("compile", 1, 1)
        if state:
            found = self._more(of, machine, given, state)
        else:
            drawing = Drawing(machine, self.plan, self.summarised, self._told)
            search = Search(of, rows, freezing, machine, given)
            found = Attempts(search, machine, drawing, self.plan, self._warmed).found()
        seconds = {"compile": prepared, "draws": self.clock.seconds() - prepared}
        attributes = _attributes(self.plan, found, seconds) | {"rows": len(rows.counts)}
        values = {name: self._chains(x) for name, x in found.passed.sites.items()}
        stats = {name: self._chains(x) for name, x in found.passed.stats.items()}
        moments = found.passed.moments if keep == "summary" else {}
        return Draws(values, stats, attributes, _saved(self.plan, found), moments)

    def _more(
        self, of: Layout, machine: Walk, given: Any, state: Mapping[str, np.ndarray]
    ) -> Found:
        """Return draws that go on from a state."""
        settled = _restored(of, machine, given, state)
        why = bytes(state["turning"]).decode() if "turning" in state else ""
        steps = Turning.of(machine, bounded=False) if why else machine
        drawing = Drawing(steps, self.plan, self.summarised, self._told)
        passed = drawing.passed(settled, self.plan.thin, self.plan.stream)
        return Found(passed, drawing.quality(passed), 0, why)

    def _warmed(self, done: int, total: int) -> None:
        self.clock.tell("warmup", done, total)

    def _told(self, done: int, diverged: int) -> None:
        self.clock.tell("draws", min(done, self.plan.each), self.plan.each, diverged)

    def _chains(self, x: np.ndarray) -> np.ndarray:
        """Return draws by chain: its short ones one after another."""
        each, plan = len(x), self.plan
        apart = x.reshape(each, plan.chains, plan.short, *x.shape[2:])
        whole = np.moveaxis(apart, 0, 2).reshape(plan.chains, plan.short * each, *x.shape[2:])
        return np.ascontiguousarray(whole[:, : plan.draws])


def _short(plan: Plan, of: Layout, rows: Distinct) -> int:
    inner = sum(of.groups[f].count for f in of.eliminated)
    width = max(inner * max(of.dense, 1), of.dense**2)
    return short_chains(plan.draws, plan.chains, len(rows.counts), width)


def _saved(plan: Plan, found: Found) -> dict[str, np.ndarray]:
    """Return what more draws go on from."""
    passed = found.passed
    given = passed.state.given
    known = {f"frozen.{i}": x for i, x in enumerate(jax.tree.leaves(_told(given["frozen"])))}
    known |= {name: given[name] for name in _LEARNT}
    known["place.x"] = passed.state.place.x
    known["stride"] = np.array(passed.state.stride)
    if found.turning:
        known["turning"] = np.frombuffer(found.turning.encode(), np.uint8)
    return {**known, **plan.arrays(passed.thin, passed.stream)}


def _told(frozen: Frozen) -> Frozen:
    """Return the arrays that the others follow from."""
    return {name: x for name, x in frozen.items() if name != "products"}


def _restored(of: Layout, machine: Walk, given: Any, state: Mapping[str, np.ndarray]) -> Tuned:
    """Return where chains stopped.

    Raises
    ------
    EngineError
        If the state does not fit the model.
    """
    leaves, tree = jax.tree.flatten(_told(given["frozen"]))
    names = [f"frozen.{i}" for i in range(len(leaves))]
    like = dict(zip(names, leaves, strict=True)) | {name: given[name] for name in _LEARNT}
    like |= {"place.x": np.zeros((machine.chains, machine.size))}
    found: dict[str, np.ndarray] = {}
    for name, expected in (*like.items(), ("stride", np.array(0.0))):
        values = np.asarray(state.get(name))
        if values.shape != np.shape(expected) or values.dtype != np.asarray(expected).dtype:
            raise EngineError(
                f"the state to go on from does not fit this model: `{name}` is missing or differs",
                hint="extend a fit with the model that made it",
            )
        found[name] = values
    frozen = jax.tree.unflatten(tree, [found[name] for name in names])
    given = given | {"frozen": with_products(of, frozen)}
    given |= {name: found[name] for name in _LEARNT}
    place = machine.found(found["place.x"], given)
    return Tuned(given, place, float(found["stride"]))


def _attributes(plan: Plan, found: Found, seconds: Mapping[str, float]) -> dict[str, object]:
    return {
        "engine": "whitened",
        "chain_method": "vectorized",
        "seed": plan.seed,
        "draws": plan.draws,
        "chains": plan.chains,
        "short_chains": plan.short,
        "target_accept": plan.target_accept,
        "thin": found.passed.thin,
        "nested_rhat": found.quality.rhat,
        "refreshed": found.refreshed,
        "trajectories": "nuts" if found.turning else "of one length",
        **({"trajectories_reason": found.turning} if found.turning else {}),
        "versions": {
            **{name: version_of(name) for name in _PACKAGES},
            "python": platform.python_version(),
        },
        "seconds": {phase: round(spent, 3) for phase, spent in seconds.items()},
    }
