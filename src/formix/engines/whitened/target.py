"""The log density of what is sampled: the printed program's, after the change of variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from numpyro import handlers
from numpyro.distributions import biject_to

from formix.engines.whitened.by_row import row_log_density
from formix.engines.whitened.change import Array, changed
from formix.engines.whitened.softened import softened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from formix.engines.whitened.layout import Group, Layout

Sites = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """The density of a program in coordinates in which it is all but round.

    Parameters
    ----------
    function
        The program's `model`.
    of
        Which of its sites are what.
    single
        Whether trajectories follow the slope of the program in single precision, which takes a
        third of the time where there are many rows. Any slope that is a function of where they are
        leaves the chains exact: what is accepted is told by the density in double precision.
    """

    function: Callable[..., None]
    of: Layout
    single: bool = False

    def log_density(self, x: Array, given: Any) -> Array:
        """Return the log density at coordinates `x`.

        Parameters
        ----------
        given
            Arrays: `data` of the program, `counts` of its rows where one stands for several, both
            in `single` precision again where slopes are; what is `frozen`; and `centre`, `root`,
            `ends`, and `widths`, of the coordinates of `scales` and the standard normals.
        """
        free, log_slope = self.free(x, given)
        return self.joint(free, given)[0] + log_slope

    def followed(self, x: Array, given: Any) -> Array:
        """Return the log density whose slope trajectories follow."""
        if not self.single:
            return self.log_density(x, given)
        free, log_slope = self.free(x, given)
        free = {name: jnp.asarray(at, jnp.float32) for name, at in free.items()}
        # The program's own numbers are then in single precision too.
        with jax.enable_x64(False):
            found = self.joint(free, given["single"])[0]
        return jnp.asarray(found, log_slope.dtype) + log_slope

    def free(self, x: Array, given: Any) -> tuple[Sites, Array]:
        """Return the program's own free coordinates, and the log of the change's Jacobian.

        That of the map of `scales`, which is linear, is left out.
        """
        scales = given["centre"] + given["root"] @ x[: self.of.sampled]
        scales, log_slope = softened(scales, given["ends"])
        own = _split(scales, self.of.scales)
        z = x[self.of.sampled :] * given["widths"]
        blank = {name: jnp.zeros(shape) for name, shape in self.of.coefficients}
        blank |= {_site(g): jnp.zeros((g.levels, g.size)) for g in self.of.groups}
        _, sites = self.joint(own | blank, given)
        factors = [_factor(group, sites) for group in self.of.groups]
        frozen = _moved(given["frozen"], scales[np.array(self.of.moving, int)])
        found = changed(self.of, frozen, factors, z)
        log_slope += found.log_slope
        for group, L, effects in zip(self.of.groups, factors, found.effects, strict=True):
            if group.centred:
                log_slope += group.levels * jnp.sum(jnp.log(jnp.abs(jnp.diagonal(L))))
            own[_site(group)] = effects @ L.T if group.centred else effects
        return own | _split(found.common, self.of.coefficients), log_slope

    def joint(self, free: Sites, given: Any) -> tuple[Array, Sites]:
        """Return the program's log density at its free coordinates, and the value of every site.

        Rows that are alike are there once, and count as often as they are.
        """
        slopes: list[Array] = []

        def value(site: Mapping[str, Any]) -> Any:
            if site["type"] != "sample" or site["name"] not in free:
                return None
            x = free[site["name"]]
            transform = biject_to(site["fn"].support)
            y = transform(x)
            slopes.append(jnp.sum(transform.log_abs_det_jacobian(x, y)))
            return y

        substituted = handlers.substitute(self.function, substitute_fn=value)
        trace = handlers.trace(substituted).get_trace(**given["data"])
        total = jnp.zeros(())
        for name, site in trace.items():
            if site["type"] == "sample":
                of_rows = name == self.of.response
                own = row_log_density(site["fn"], site["value"])
                total += jnp.sum(own * given["counts"] if of_rows and "counts" in given else own)
        sites = {name: site["value"] for name, site in trace.items()}
        return total + sum(slopes, start=jnp.zeros(())), sites


def _moved(frozen: Any, at: Array) -> Any:
    """Return the normal model where rows' densities have moved: each right side along its tilt."""
    if not at.size:
        return frozen
    apart = at - frozen["at"]
    rights = zip(frozen["rights"], frozen["tilts"], strict=True)
    return frozen | {
        "rights": tuple(right + tilt @ apart for right, tilt in rights),
        "right": frozen["right"] + frozen["tilt"] @ apart,
    }


def _site(group: Group) -> str:
    return f"{'r' if group.centred else 'z'}_{group.name}"


def _factor(group: Group, sites: Sites) -> Array:
    """Return the factor of the covariance of a group's effects, as the program makes it."""
    whole: Array = jnp.eye(group.size)
    for part in group.correlated:
        place = slice(part.start, part.stop)
        own = (
            sites[part.factor]
            if part.factor
            else jnp.linalg.cholesky(sites[f"cor_{group.name}"][place, place])
        )
        whole = whole.at[place, place].set(own)
    return sites[f"sd_{group.name}"][:, None] * whole


def _split(x: Array, sites: tuple[tuple[str, tuple[int, ...]], ...]) -> Sites:
    found: Sites = {}
    start = 0
    for name, shape in sites:
        stop = start + int(np.prod(shape))
        found[name] = x[start:stop].reshape(shape)
        start = stop
    return found
