"""All chains of a model as one compiled program that makes so many steps a call."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec, SingleDeviceSharding

from formix.engines.chain import RANDOM
from formix.engines.compile import compiled
from formix.engines.precision import float64
from formix.engines.waiting import in_background
from formix.errors import EngineError

if TYPE_CHECKING:
    from jax.stages import Compiled

    from formix.engines.chain import Chain, Counters, Own, Tree
    from formix.engines.chains import Placement
    from formix.engines.latent import LatentSite

_MOST_STEPS = 500
"""In one call: enough for half a second of the smallest model."""

_MOST_BYTES = 64_000_000
"""Of records held by one call, over all chains."""

_KEPT = 8
"""Compiled programs kept in memory."""


class Stand(NamedTuple):
    """Where all chains stand: what they share, and what each has, the chain first."""

    shared: Counters
    own: Own


@dataclass(frozen=True, eq=False)
class Kernel:
    """A compiled program.

    Parameters
    ----------
    program
        Takes where the chains stand, a number of steps, the target acceptance rate and the data;
        returns where they stand then, and the records.
    steps
        The most steps that one call can record.
    template
        Shapes and types of where the chains stand.
    data_sharding
        Where the data lie.
    """

    program: Compiled
    steps: int
    template: Stand
    data_sharding: jax.sharding.Sharding

    def blank(self) -> Stand:
        """Return a stand of zeros, not begun: its `z` and keys are to be filled in."""
        shared, own = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), self.template)
        return Stand(shared._replace(step=np.int64(RANDOM)), own)

    def put(self, data: Mapping[str, np.ndarray]) -> Tree:
        """Return the data where the program takes them."""
        with float64():
            return jax.device_put(dict(data), self.data_sharding)

    def advance(self, stand: Stand, steps: int, target: float, data: Tree) -> tuple[Stand, Tree]:
        """Return where the chains stand so many steps on, and the records; Ctrl-C is heard.

        Raises
        ------
        EngineError
            If the compiled program fails, as it does without memory.
        """

        def work() -> tuple[Counters, Own, Tree]:
            with float64():
                return jax.block_until_ready(
                    self.program(*stand, np.int64(steps), np.float64(target), data)
                )

        try:
            shared, own, records = in_background(work)
        except jax.errors.JaxRuntimeError as error:
            raise EngineError(
                f"the compiled program failed: {str(error).partition(chr(10))[0]}",
                hint="if memory ran out, ask for fewer chains",
            ) from error
        return Stand(shared, own), records


_kernels: OrderedDict[object, Kernel] = OrderedDict()


def kernel(
    chain: Chain,
    data: Mapping[str, np.ndarray],
    sites: tuple[LatentSite, ...],
    placement: Placement,
    chains: int,
) -> Kernel:
    """Return the compiled program of all chains; the same again where only values changed.

    The caller holds the lock of tracing and computes in float64.
    """
    shapes = tuple((name, x.shape, x.dtype.str) for name, x in data.items())
    key = (chain, shapes, placement.method, placement.devices, chains)
    if key not in _kernels:
        _kernels[key] = _compile(chain, data, sites, placement, chains)
        while len(_kernels) > _KEPT:
            _kernels.popitem(last=False)
    _kernels.move_to_end(key)
    return _kernels[key]


def _compile(
    chain: Chain,
    data: Mapping[str, np.ndarray],
    sites: tuple[LatentSite, ...],
    placement: Placement,
    chains: int,
) -> Kernel:
    shape = jax.ShapeDtypeStruct
    z = {site.name: shape(site.free, np.float64) for site in sites}
    target = shape((), np.float64)
    shared, own, record = jax.eval_shape(
        chain.template, z, shape((2,), np.uint32), target, dict(data)
    )
    width = sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(record))
    most = max(1, min(_MOST_STEPS, _MOST_BYTES // (width * chains)))
    own = jax.tree.map(lambda leaf: shape((chains, *leaf.shape), leaf.dtype), own)
    program, everywhere = _spread(partial(chain.advance, most), placement)
    lowered = program.lower(shared, own, shape((), np.int64), target, dict(data))
    return Kernel(compiled(lowered), most, Stand(shared, own), everywhere)


def _spread(
    advance: Callable[..., Tree], placement: Placement
) -> tuple[jax.stages.Wrapped, jax.sharding.Sharding]:
    """Return the program of all chains, and where what they share lies."""
    if placement.method == "vectorized":
        here = SingleDeviceSharding(placement.devices[0])
        together = jax.vmap(advance, in_axes=(None, 0, None, None, None), out_axes=(None, 0, 0))
        return jax.jit(together, in_shardings=here, out_shardings=here), here

    def alone(shared: Counters, own: Tree, *rest: Tree) -> Tree:
        first = jax.tree.map(lambda leaf: leaf[0], own)
        shared, *after = advance(shared, first, *rest)
        return shared, *jax.tree.map(lambda leaf: leaf[None], after)

    mesh = Mesh(np.array(placement.devices), ("chain",))
    each, all_ = PartitionSpec("chain"), PartitionSpec()
    together = jax.shard_map(
        alone,
        mesh=mesh,
        in_specs=(all_, each, all_, all_, all_),
        out_specs=(all_, each, each),
        check_vma=False,
    )
    own, everywhere = NamedSharding(mesh, each), NamedSharding(mesh, all_)
    inputs = (everywhere, own, everywhere, everywhere, everywhere)
    outputs = (everywhere, own, own)
    return jax.jit(together, in_shardings=inputs, out_shardings=outputs), everywhere
