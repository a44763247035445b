"""The lines of the program that draw a group's effects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from formix.groups import rho_sites
from formix.kinds.group_sites import deviation_keys, parameters, rho_keys
from formix.kinds.group_summands import summands
from formix.spec import MAIN, Block, Datum, Fragment, Statement

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

    from formix.spelling import Identifiers
    from formix.varying import Varying

    Verb = Literal["sample", "deterministic", "assign"]


_ONE_LINE = 78
"""A comment shorter than this stands on one line."""


def statements(
    blocks: tuple[Block, ...], identifiers: Identifiers, *, centred: bool = False
) -> Fragment:
    """Return the lines that draw a group's effects, and what they add to eta.

    Effects are drawn as they are where `centred`, else from standard normals.
    """
    return _Lines(blocks, identifiers, centred).fragment()


class _Lines:
    """Collects the lines of one group, and the arrays that they take."""

    def __init__(self, blocks: tuple[Block, ...], identifiers: Identifiers, centred: bool) -> None:
        self.centred = centred
        self.blocks, self.make = blocks, identifiers.make
        self.before, self.group = blocks[0].prefix, blocks[0].group
        self.sites, self.dimensions = parameters(blocks)
        self.levels, self.size = self.sites[-1].shape
        self.identifiers = identifiers
        # Of one group all predictors have the same levels.
        self.index = identifiers.of(("index", self.group), self.group)
        self.sd, self.z, self.r = (self.make(self.name(kind)) for kind in ("sd", "z", "r"))
        self.data: list[Datum] = []
        self.lines: list[Statement] = []
        self.by = ""

    @property
    def said(self) -> Varying:
        """What is said of the group beyond its effects' covariance."""
        return self.blocks[0].varying

    def name(self, kind: str) -> str:
        """Return the name of a site of the group."""
        return f"{self.before}{kind}_{self.group}"

    def fragment(self) -> Fragment:
        """Return everything."""
        if self.said.by_of is not None:
            same = ("by", self.group, self.said.by)
            self.by = self.identifiers.of(same, f"{self.said.by}_of_{self.group}")
            self.data.append(Datum(self.by, self.said.by_of))
        self.deviations()
        scaled = ""
        if any(block.structure.correlated for block in self.blocks):
            factor = self.correlation()
            scaled = self.make(self.name("scaled"))
            if not self.centred:
                self.standard()
            other = f"jnp.swapaxes({factor}, 1, 2)" if self.by else f"{factor}.T"
            self.add("deterministic", "", self.name("cor"), f"{factor} @ {other}")
            columns = "[..., None]" if self.by else "[:, None]"
            self.add("assign", scaled, "", f"{self.sd}{columns} * {factor}")
        elif not self.centred:
            self.standard()
        if self.centred:
            self.as_they_are(scaled)
        else:
            self.effects(scaled)
        self.lines[0] = replace(self.lines[0], comment=self.comment())
        added, data, more = summands(self.blocks, self.index, self.r, self.identifiers)
        self.lines += more
        return Fragment(self.sites, self.dimensions, tuple(self.lines), added, (*self.data, *data))

    def add(self, verb: Verb, target: str, site: str, value: str) -> None:
        """Add a line that computes or draws."""
        self.lines.append(Statement(verb, target, site, value=value))

    def comment(self) -> str:
        """Return what stands above the group's lines, on two of them where one is too long."""
        blocks = self.blocks
        words = ["correlated"] if any(block.structure.matrix for block in blocks) else []
        words += [block.structure.rho.words for block in blocks if block.structure.rho is not None]
        text = " + ".join(block.text for block in blocks)
        said = f"group-level effects{_whose(blocks)}: {text}"
        how = ", ".join([*dict.fromkeys(words), "centred" if self.centred else "non-centred"])
        return f"{said}, {how}" if len(said + how) < _ONE_LINE else f"{said}\n{how}"

    def deviations(self) -> None:
        """Add the lines that draw standard deviations: side by side where effects share one."""
        site, keys, shape = self.name("sd"), deviation_keys(self.blocks), self.sites[0].shape
        if not any(block.structure.equal for block in self.blocks):
            self.lines.append(Statement("prior", self.sd, site, keys=keys, shape=shape))
            return
        once = tuple(dict.fromkeys(keys))
        if len(self.blocks) == 1:
            one = f"{site}[{self.blocks[0].effects[0].column.term}]"
            name = self.make(one)
            self.lines.append(Statement("prior", name, one, keys=once, shape=shape[:-1]))
            value = f"jnp.broadcast_to({name}[:, None], {shape})"
            value = value if self.by else f"jnp.full({shape[0]}, {name})"
        else:
            drawn = {key: self.make(key) for key in once}
            self.lines += [Statement("prior", drawn[key], key, keys=(key,)) for key in once]
            value = f"jnp.stack([{', '.join(drawn[key] for key in keys)}])"
            value = f"jnp.reshape({value}, {shape})" if self.by else value
        self.add("deterministic", self.sd, site, value)

    def correlation(self) -> str:
        """Return the identifier of the correlation factor; add the lines that make it."""
        whole = self.make(self.name("L"))
        rhos = rho_sites(self.blocks)
        if len(self.blocks) == 1:
            self.factor(self.blocks[0], rhos[0], whole, self.name("L"))
            return whole
        diagonal: list[str] = []
        for number, (block, rho) in enumerate(zip(self.blocks, rhos, strict=True), start=1):
            size = len(block.effects)
            if block.structure.correlated:
                site = f"{self.name('L')}_{number}"
                part = self.make(site)
                self.factor(block, rho, part, site)
                diagonal.append(part)
            elif self.by:
                many = len(self.said.by_levels)
                diagonal.append(f"jnp.broadcast_to(jnp.eye({size}), ({many}, {size}, {size}))")
            else:
                diagonal.append(f"jnp.eye({size})")
        joined = "jax.vmap(block_diag)" if self.by else "block_diag"
        self.add("assign", whole, "", f"{joined}({', '.join(diagonal)})")
        return whole

    def factor(self, block: Block, rho: str, target: str, site: str) -> None:
        """Add the lines that make the factor of one block's correlation matrix."""
        size = len(block.effects)
        each = (len(self.said.by_levels),) if self.by else ()
        if block.structure.rho is None:
            keys = (f"{block.prefix}cor_{block.group}",)
            self.lines.append(
                Statement("prior", target, site, keys=keys, shape=(*each, size, size))
            )
            return
        name = self.make(rho)
        self.lines.append(Statement("prior", name, rho, keys=rho_keys(block, rho), shape=each))
        spelled = f"{name}[:, None, None]" if self.by else name
        matrix = block.structure.rho.source.format(rho=spelled, size=size)
        self.add("assign", target, "", f"jnp.linalg.cholesky({matrix})")

    def standard(self) -> None:
        """Add the line that draws standardised effects."""
        standard = f"dist.Normal(jnp.zeros(({self.levels}, {self.size})), 1.0)"
        if self.said.sum_to_zero:
            standard = f"dist.ZeroSumNormal(1.0, event_shape=({self.levels},))"
            standard += f".expand([{self.size}])"
        self.add("sample", self.z, self.name("z"), standard)

    def effects(self, scaled: str) -> None:
        """Add the lines that scale standardised effects."""
        value = f"{self.z}.T" if self.said.sum_to_zero else self.z
        if self.said.root is not None:
            value = f"({self.relation(self.said.root)} @ {value})"
        if scaled and self.by:
            value = f'jnp.einsum("lij,lj->li", {scaled}[{self.by}], {value.strip("()")})'
        elif scaled:
            value = f"{value.strip('()')} @ {scaled}.T"
        else:
            value = f"{value} * {self.sd}" + (f"[{self.by}]" if self.by else "")
        if self.said.student:
            value = self.student(value)
        self.add("deterministic", self.r, self.name("r"), value)

    def as_they_are(self, scaled: str) -> None:
        """Add the line that draws effects from their distribution, given the covariance."""
        each = f"[{self.by}]" if self.by else ""
        expand = "" if self.by else f".expand([{self.levels}])"
        factor = (
            f"{scaled}{each}" if scaled else f"{self.sd}{each}[..., None] * jnp.eye({self.size})"
        )
        if self.said.student:
            value = f"dist.MultivariateStudentT({self.df()}, 0.0, {factor}){expand}"
        elif self.said.root is not None:
            zeros = f"jnp.zeros(({self.levels}, {self.size}))"
            value = f"dist.MatrixNormal({zeros}, {self.relation(self.said.root)}, {factor})"
        elif scaled:
            value = f"dist.MultivariateNormal(scale_tril={factor}){expand}"
        else:
            expand = "" if self.by else f".expand([{self.levels}, {self.size}])"
            value = f"dist.Normal(0.0, {self.sd}{each}){expand}"
        self.add("sample", self.r, self.name("r"), value)

    def relation(self, root: Float[np.ndarray, "level level"]) -> str:
        """Return the identifier of the factor of relations among levels."""
        same = ("relation", self.group, self.said.matrix)
        name = self.identifiers.of(same, f"L_{self.said.matrix}")
        self.data.append(Datum(name, root))
        return name

    def df(self) -> str:
        """Return the identifier of the degrees of freedom; add the line that draws them."""
        df = self.make(self.name("df"))
        self.lines.append(Statement("prior", df, self.name("df"), keys=(self.name("df"),)))
        return df

    def student(self, value: str) -> str:
        """Return effects of a t distribution; add the lines that draw each level's precision."""
        df, precision = self.df(), self.make(self.name("precision"))
        half = f"0.5 * {df}"
        gamma = f"dist.Gamma({half}, {half}).expand([{self.levels}])"
        self.add("sample", precision, self.name("precision"), gamma)
        normal = self.make(self.name("normal"))
        self.add("assign", normal, "", value)
        return f"{normal} / jnp.sqrt({precision})[:, None]"


def _whose(blocks: tuple[Block, ...]) -> str:
    """Return of which parameter a group's effects are, where that is not the main one alone."""
    names = list(dict.fromkeys(effect.predictor for block in blocks for effect in block.effects))
    return "" if names == [MAIN] else f" of {' and '.join(names)}"
