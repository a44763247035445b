"""Where the group-level effects of one group have their priors, and the sites of their results."""

from __future__ import annotations

import numpy as np

from formix.groups import rho_sites
from formix.prior import Address
from formix.spec import Block, Dimension, Parameter, prefix


def addresses(blocks: tuple[Block, ...]) -> tuple[Address, ...]:
    """Return where the standard deviations and correlations of a group have their priors."""
    found = [address for block in blocks for address in _deviations(block)]
    matrices = [block for block in blocks if block.structure.matrix]
    before, group = blocks[0].prefix, blocks[0].group
    parameter, column = blocks[0].effects[0].predictor, np.empty(0)
    if matrices:
        size, key = len(matrices[0].effects), f"{before}cor_{group}"
        wider = (f"{before}cor", *_of_all_levels(before, f"cor_{group}", "", "cor"))
        found.append(Address(key, wider, "cor", "correlation", parameter, column, effects=size))
    for block, key in zip(blocks, rho_sites(blocks), strict=True):
        if block.structure.rho is not None:
            least = block.structure.rho.least(len(block.effects))
            every = _of_all_levels(before, f"rho_{group}", "", "rho")
            wider = tuple(k for k in (f"{before}rho_{group}", f"{before}rho", *every) if k != key)
            found.append(Address(key, wider, "rho", "interval", parameter, column, least=least))
    return tuple(found)


def _deviations(block: Block) -> tuple[Address, ...]:
    """Return the places of a block's standard deviations: one an effect, or one for all."""
    site = f"{block.prefix}sd_{block.group}"
    found = tuple(
        Address(
            key=key,
            wider=(
                site,
                f"{block.prefix}sd",
                *_of_all_levels(block.prefix, f"sd_{block.group}", label, "sd"),
            ),
            rule="sd",
            support="positive",
            parameter=effect.predictor,
            column=block.Z[:, j],
            levels=len(block.levels),
            effects=len(block.effects),
        )
        for j, (key, label, effect) in enumerate(
            zip(deviation_keys(block), block.labels, block.effects, strict=True)
        )
    )
    return found[:1] if block.structure.equal else found


def _of_all_levels(before: str, site: str, label: str, kind: str) -> tuple[str, ...]:
    """Return the keys of a group in the predictors of all levels: those of `mu`, for `mu[B]`."""
    parameter, level, _ = before.partition("[")
    if not level:
        return ()
    every = prefix(parameter)
    own = (f"{every}{site}[{label}]",) if label else ()
    return (*own, f"{every}{site}", f"{every}{kind}")


def deviation_keys(block: Block) -> tuple[str, ...]:
    """Return the address of each effect's standard deviation: of the term, where it is for all."""
    site = f"{block.prefix}sd_{block.group}"
    if block.structure.equal:
        return (f"{site}[{block.effects[0].column.term}]",) * len(block.effects)
    return tuple(f"{site}[{label}]" for label in block.labels)


def parameters(blocks: tuple[Block, ...]) -> tuple[tuple[Parameter, ...], tuple[Dimension, ...]]:
    """Return the sites of a group (`sd_`, `rho_`, `cor_`, `r_`) and their axes."""
    before, group = blocks[0].prefix, blocks[0].group
    labels = tuple(label for block in blocks for label in block.labels)
    size = len(labels)
    levels = Dimension(group, blocks[0].levels)
    effects = Dimension(f"{before}{group}_effect", labels)
    other = Dimension(f"{effects.name}_bis", labels)
    keys = tuple(key for block in blocks for key in deviation_keys(block))
    found = [Parameter(f"{before}sd_{group}", (effects.name,), (size,), "positive", keys)]
    found += [Parameter(site, (), (), "interval", (site,)) for site in rho_sites(blocks) if site]
    correlated = any(block.structure.correlated for block in blocks)
    if correlated:
        site, dims = f"{before}cor_{group}", (effects.name, other.name)
        free = any(block.structure.matrix for block in blocks)
        found.append(Parameter(site, dims, (size, size), "correlation", (site,) if free else ()))
    shape = (len(levels.labels), size)
    found.append(Parameter(f"{before}r_{group}", (levels.name, effects.name), shape, "real"))
    return tuple(found), (levels, effects, other) if correlated else (levels, effects)
