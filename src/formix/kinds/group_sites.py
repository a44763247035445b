"""Where the group-level effects of one group have their priors, and the sites of their results."""

from __future__ import annotations

import numpy as np

from formix.groups import rho_sites
from formix.prior import Address
from formix.spec import Block, Dimension, Parameter, prefix

DF_PRIOR = "Gamma(2, 0.1)"
"""Of the degrees of freedom of a t distribution: Juarez and Steel (2010),
doi:10.1198/jbes.2009.07145; brms cuts it at 1, which the table of priors cannot."""


def addresses(blocks: tuple[Block, ...]) -> tuple[Address, ...]:
    """Return where the standard deviations and correlations of a group have their priors."""
    first = blocks[0]
    found = [address for level in _by(first) for block in blocks for address in _sds(block, level)]
    before, group, parameter = first.prefix, first.group, first.effects[0].predictor
    none = np.empty(0)
    if first.varying.student:
        key, own = f"{before}df_{group}", {"default": DF_PRIOR, "brms": DF_PRIOR}
        wider = (f"{before}df", *_of_all_levels(before, f"df_{group}", "", "df"))
        found.append(Address(key, wider, "auxiliary", "positive", parameter, none, own=own))
    matrices = [block for block in blocks if block.structure.matrix]
    if matrices:
        size, key = len(matrices[0].effects), f"{before}cor_{group}"
        wider = (f"{before}cor", *_of_all_levels(before, f"cor_{group}", "", "cor"))
        found.append(Address(key, wider, "cor", "correlation", parameter, none, effects=size))
    for block, site in zip(blocks, rho_sites(blocks), strict=True):
        if block.structure.rho is not None:
            least = block.structure.rho.least(len(block.effects))
            for key in rho_keys(block, site):
                every = _of_all_levels(before, f"rho_{group}", "", "rho")
                wide = (site, f"{before}rho_{group}", f"{before}rho", *every)
                wider = tuple(dict.fromkeys(one for one in wide if one != key))
                found.append(Address(key, wider, "rho", "interval", parameter, none, least=least))
    return tuple(found)


def _by(block: Block) -> tuple[str, ...]:
    """Return what stands in keys for each level that has a covariance of its own; once nothing."""
    return tuple(f"{level}, " for level in block.varying.by_levels) or ("",)


def _sds(block: Block, level: str) -> tuple[Address, ...]:
    """Return the places of a block's standard deviations: one an effect, or one for all."""
    site = f"{block.prefix}sd_{block.group}"
    keys, names = _keys(block, level), _keys(block, "")
    found = tuple(
        Address(
            key=keys[j],
            wider=(
                *((names[j],) if level else ()),
                site,
                f"{block.prefix}sd",
                *_of_all_levels(block.prefix, f"sd_{block.group}", block.labels[j], "sd"),
            ),
            rule="sd",
            support="positive",
            parameter=effect.predictor,
            column=block.Z[:, j],
            levels=len(block.levels),
            effects=len(block.effects),
        )
        for j, effect in enumerate(block.effects)
    )
    return found[:1] if block.structure.equal else found


def _keys(block: Block, level: str) -> tuple[str, ...]:
    """Return the address of each effect's standard deviation: of the term, where it is for all."""
    site = f"{block.prefix}sd_{block.group}"
    if block.structure.equal:
        return (f"{site}[{level}{block.effects[0].column.term}]",) * len(block.effects)
    return tuple(f"{site}[{level}{label}]" for label in block.labels)


def _of_all_levels(before: str, site: str, label: str, kind: str) -> tuple[str, ...]:
    """Return the keys of a group in the predictors of all levels: those of `mu`, for `mu[B]`."""
    parameter, level, _ = before.partition("[")
    if not level:
        return ()
    every = prefix(parameter)
    own = (f"{every}{site}[{label}]",) if label else ()
    return (*own, f"{every}{site}", f"{every}{kind}")


def deviation_keys(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Return the address of every standard deviation of a group, those of one `by` together."""
    return tuple(key for level in _by(blocks[0]) for block in blocks for key in _keys(block, level))


def rho_keys(block: Block, site: str) -> tuple[str, ...]:
    """Return the addresses of the numbers that make a block's correlations."""
    return tuple(f"{site}[{level}]" for level in block.varying.by_levels) or (site,)


def parameters(blocks: tuple[Block, ...]) -> tuple[tuple[Parameter, ...], tuple[Dimension, ...]]:
    """Return the sites of a group (`sd_`, `df_`, `rho_`, `cor_`, `r_`) and their axes."""
    before, group, said = blocks[0].prefix, blocks[0].group, blocks[0].varying
    labels = tuple(label for block in blocks for label in block.labels)
    size = len(labels)
    levels = Dimension(group, blocks[0].levels)
    effects = Dimension(f"{before}{group}_effect", labels)
    other = Dimension(f"{effects.name}_bis", labels)
    by, each = ((said.by,), (len(said.by_levels),)) if said.by else ((), ())
    found = [
        Parameter(
            f"{before}sd_{group}",
            (*by, effects.name),
            (*each, size),
            "positive",
            deviation_keys(blocks),
        )
    ]
    if said.student:
        site = f"{before}df_{group}"
        found.append(Parameter(site, (), (), "positive", (site,)))
    found += [
        Parameter(site, by, each, "interval", rho_keys(block, site))
        for block, site in zip(blocks, rho_sites(blocks), strict=True)
        if site
    ]
    correlated = any(block.structure.correlated for block in blocks)
    if correlated:
        site, dims = f"{before}cor_{group}", (*by, effects.name, other.name)
        free = any(block.structure.matrix for block in blocks)
        keys = (site,) if free else ()
        found.append(Parameter(site, dims, (*each, size, size), "correlation", keys))
    shape = (len(levels.labels), size)
    found.append(Parameter(f"{before}r_{group}", (levels.name, effects.name), shape, "real"))
    axes = [levels, *((Dimension(said.by, said.by_levels),) if said.by else ()), effects]
    return tuple(found), (*axes, other) if correlated else tuple(axes)
