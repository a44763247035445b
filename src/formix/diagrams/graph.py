"""Spec -> the model as a graph: from priors through parameters and effects to the response."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formix.diagrams.diagram import Diagram
from formix.diagrams.parts import Edge, Node, Plate
from formix.diagrams.tree import Branch, tree_text
from formix.groups import rho_sites
from formix.prior import MEANS, joint
from formix.spec import prefix
from formix.spelling import label_text, one_line

if TYPE_CHECKING:
    from formix.spec import Block, Parameter, Predictor, Spec

_SHOWN = 6
"""Labels and priors that are listed before the rest are counted."""

ROWS = "rows"
"""The plate of the rows."""


@dataclass(frozen=True)
class Part:
    """A node of the graph, whose parents those of its `edges` are; its `line` in the tree."""

    node: Node
    line: str
    parents: tuple[str, ...] = ()


def graph_of(spec: Spec) -> Diagram:
    """Return the graph of a model."""
    parts = tuple(_Graph(spec).parts())
    keys = {part.node.key: f"n{place}" for place, part in enumerate(parts)}
    plates = [(ROWS, _count(len(spec.response.values), "row"))]
    plates += [(_plate(b), f"{label_text(b.group)}: {_levels(b)}") for b in spec.blocks]
    frames = {name: Plate(f"p{k}", label) for k, (name, label) in enumerate(dict(plates).items())}
    return Diagram(
        text=tree_text(_branch(parts[0].node.key, {p.node.key: p for p in parts}, set())),
        nodes=tuple(
            Node(
                keys[one.node.key],
                one.node.lines,
                one.node.look,
                frames[one.node.plate].key if one.node.plate else "",
            )
            for one in parts
        ),
        edges=tuple(
            Edge(keys[parent], keys[one.node.key]) for one in parts for parent in one.parents
        ),
        plates=tuple(frames.values()),
    )


class _Graph:
    """Makes the parts of a graph, the response first: a key is a site, or tells what it is of."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._sites = {parameter.site: parameter for parameter in spec.parameters}
        self._labels = {axis.name: axis.labels for axis in spec.dimensions}
        self._shrunk = {
            prefix(one.predictor) + "beta": tuple(
                one.prefix + site.name for site in joint(one.prior).sites
            )
            for one in spec.shrinkage
        }
        self._scaled = {
            prefix(one.predictor) + "beta": (one.dispersion,)
            for one in spec.shrinkage
            if one.dispersion
        }

    def parts(self) -> Iterator[Part]:
        """Yield every part once."""
        spec, rhos = self._spec, {r for blocks in self._spec.groups for r in rho_sites(blocks) if r}
        inner = {s for p in spec.predictors for s in (prefix(p.name) + "beta",)}
        inner |= {site for sites in self._shrunk.values() for site in sites} | rhos
        for blocks in spec.groups:
            inner |= {_site(blocks, kind) for kind in ("sd", "cor", "df", "r")}
        own = [site for site in self._sites if site not in inner]
        yield from self._response(own)
        for predictor in spec.predictors:
            yield self._predictor(predictor)
            yield from self._common(predictor)
        for blocks in spec.groups:
            yield from self._group(blocks)
        for site in own:
            yield from self._drawn(site)

    def _response(self, own: list[str]) -> Iterator[Part]:
        """Yield the response, and what is known or fixed."""
        spec = self._spec
        said = [f"known:{name}" for name in spec.response.known]
        held = [f"fixed:{name}" for name in spec.fixed]
        name, family = label_text(spec.response.name), spec.family.name
        if spec.family.thresholds:
            family += f" ({spec.predictors[0].link.name})"
        parents = (*(_eta(p.name) for p in spec.predictors), *own, *held, *said)
        node = Node("response:", (name, f"~ {family}"), "seen", ROWS)
        rows = _count(len(spec.response.values), "row")
        yield Part(node, f"{name} ~ {family}, {rows}", parents)
        for key, value in zip(held, spec.fixed.items(), strict=True):
            text = f"{value[0]} = {value[1]:g}"
            yield Part(Node(key, (text,), "said"), text)
        for key in said:
            text = key.removeprefix("known:").replace("_", " ")
            yield Part(Node(key, (text,), "seen", ROWS), f"{text} (known)")

    def _predictor(self, predictor: Predictor) -> Part:
        """Return a linear predictor: its coefficients, and the groups that have effects in it."""
        name, own = predictor.name, prefix(predictor.name) + "beta"
        groups = [
            blocks
            for blocks in self._spec.groups
            if any(e.predictor == name for block in blocks for e in block.effects)
        ]
        terms = [predictor.text] if predictor.columns else []
        terms += [
            one_line(block.text)
            for blocks in groups
            for block in blocks
            if any(e.predictor == name for e in block.effects)
        ]
        terms += ["offset"] if predictor.offset is not None else []
        left = self._left(predictor)
        right = " + ".join(map(label_text, terms)) or "0"
        parents = [own] if own in self._sites else []
        parents += [_site(blocks, "r") for blocks in groups]
        node = Node(_eta(name), (label_text(left), f"= {right}"), "computed", ROWS)
        return Part(node, f"{label_text(left)} = {right}", tuple(parents))

    def _left(self, predictor: Predictor) -> str:
        """Return what a linear predictor is of."""
        name, link, levels = predictor.name, predictor.link.name, self._spec.response.levels
        if name != predictor.parameter:
            return f"log({name} / {predictor.parameter}[{levels[0]}])"
        # Thresholds less the predictor are what the link is of.
        return name if link == "identity" or predictor.thresholds else f"{link}({name})"

    def _common(self, predictor: Predictor) -> Iterator[Part]:
        site = prefix(predictor.name) + "beta"
        if site in self._sites:
            above = (*self._shrunk.get(site, ()), *self._scaled.get(site, ()))
            yield from self._drawn(site, parents=above)
        for one in self._shrunk.get(site, ()):
            # Its own prior follows from that of the coefficients.
            yield Part(Node(one, (one, *self._listed(one))), self._line(one))

    def _group(self, blocks: tuple[Block, ...]) -> Iterator[Part]:
        """Yield the effects of a group, then what they are drawn from."""
        said = blocks[0].varying
        rhos = tuple(site for site in rho_sites(blocks) if site)
        kinds = [_site(blocks, kind) for kind in ("sd", "cor", "df")]
        above = [site for site in kinds if site in self._sites]
        cor, effects = _site(blocks, "cor"), _site(blocks, "r")
        matrix = [f"matrix:{said.matrix}"] if said.matrix else []
        group = blocks[0].group
        line = f"{self._line(effects)}, {_levels(blocks[0])} of {label_text(group)}"
        node = Node(effects, (label_text(effects), *self._listed(effects)), plate=_plate(blocks[0]))
        yield Part(node, line, (*above, *matrix))
        for site in above:
            yield from self._drawn(site, parents=rhos if site == cor else ())
        for site in rhos:
            yield from self._drawn(site)
        for key in matrix:
            yield Part(Node(key, (label_text(said.matrix),), "seen"), f"{said.matrix} (known)")

    def _drawn(self, site: str, parents: tuple[str, ...] = ()) -> Iterator[Part]:
        """Yield a site, and its prior where it has one."""
        priors = self._priors(self._sites[site])
        own = (f"prior:{site}",) if priors else ()
        look = "drawn" if priors else "computed"
        node = Node(site, (label_text(site), *self._listed(site)), look)
        single = len(priors) == 1 and not priors[0][0]
        line = self._line(site) + (f" ~ {priors[0][1]}" if single else "")
        yield Part(node, line, (*own, *parents))
        if own:
            lines = [f"{name} ~ {text}" if name else f"~ {text}" for name, text in priors]
            shown = "" if single else "; ".join(lines)
            yield Part(Node(own[0], tuple(_some(lines)), "said"), shown)

    def _priors(self, parameter: Parameter) -> list[tuple[str, str]]:
        """Return what each prior of a site is of, empty where it is of all, and its text."""
        found: dict[str, str] = {}
        table = self._spec.priors
        for key in parameter.keys:
            name = key.removeprefix(parameter.site).removeprefix("[").removesuffix("]")
            spelled = [key, f"{key.removesuffix(']')}{MEANS}]", key + MEANS, parameter.site]
            entry = next(table[one] for one in spelled if one in table)
            name = "others" if entry.key == parameter.site != key else name
            if parameter.shape in ((), (1,)):
                name = ""
            name += " at the means" if MEANS in entry.key else ""
            name = entry.address if entry.squared else name.strip()
            found[label_text(name)] = str(entry.prior)
        return list(found.items())

    def _listed(self, site: str) -> tuple[str, ...]:
        """Return the labels of a site on a line, those of levels and of a matrix left out."""
        names = self._names(site)
        return (", ".join(_some(names)),) if names else ()

    def _line(self, site: str) -> str:
        names = self._names(site)
        return label_text(site) + (f"[{', '.join(_some(names))}]" if names else "")

    def _names(self, site: str) -> list[str]:
        parameter = self._sites[site]
        if not parameter.dims or parameter.support == "correlation":
            return []
        return [label_text(label) for label in self._labels[parameter.dims[-1]]]


def _branch(key: str, parts: dict[str, Part], seen: set[str]) -> Branch:
    """Return a part with what it depends on below it, once each."""
    part = parts[key]
    if key in seen:
        return Branch(f"{part.line} (above)")
    seen.add(key)
    below: list[Branch] = []
    for parent in part.parents:
        if parent.startswith("prior:"):
            # A prior that is one stands behind its parameter; others have a line each.
            below += [Branch(line) for line in parts[parent].node.lines if parts[parent].line]
        else:
            below.append(_branch(parent, parts, seen))
    return Branch(part.line, tuple(below))


def _eta(name: str) -> str:
    return f"eta:{name}"


def _plate(block: Block) -> str:
    return f"group:{block.group}"


def _site(blocks: tuple[Block, ...], kind: str) -> str:
    return f"{blocks[0].prefix}{kind}_{blocks[0].group}"


def _some(lines: list[str]) -> list[str]:
    rest = len(lines) - _SHOWN
    # To count one is no shorter than to show it.
    return [*lines[:_SHOWN], f"and {rest:,} more"] if rest > 1 else lines


def _levels(block: Block) -> str:
    return _count(len(block.levels), "level")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
