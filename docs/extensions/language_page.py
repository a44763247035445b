"""The page of the language, from the grammar itself: its rules, drawn, with formulas."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path
from typing import Any

import lark
import railroad
from lark import Lark, Token, Tree

ROOT = Path(__file__).parents[2]

_HEAD = """\
# The language

The grammar is one file, `grammar/formula.lark`, which the parser reads as it stands. Below, each
of its rules is drawn, with what it means in R, and with a formula of the conformance corpus
(`grammar/accepted.toml`) that uses it. Rounded boxes are characters or tokens, square ones are
other rules.
"""

_SECTION = re.compile(r"^// -{2,} (.+?) -+$")


def language_page() -> str:
    """Return the page: the tables of `grammar/README.md`, then the rules."""
    readme = (ROOT / "grammar" / "README.md").read_text(encoding="utf-8")
    tables = readme[readme.index("## Precedence") :]
    corpus = tomllib.loads((ROOT / "grammar" / "accepted.toml").read_text(encoding="utf-8"))
    parts = [_HEAD, tables]
    text = (ROOT / "grammar" / "formula.lark").read_text(encoding="utf-8")
    drawn = _drawn(text)
    for title, rules in _sections(text):
        if title == "tokens":
            continue
        parts.append(f"## {title[0].upper()}{title[1:]}\n")
        for name, comment in rules:
            parts += [f"### {name.replace('_', ' ').strip()}\n", comment, "", drawn[name], ""]
            parts += _examples(corpus["rules"].get(name))
    return "\n".join(parts)


def _examples(entry: dict[str, str] | None) -> list[str]:
    """Return the formula of the corpus that uses a rule, and the one that breaks it."""
    if entry is None:
        return []
    return ["```text", f"{entry['accepted']:<40} # {entry['refused']} is refused", "```", ""]


def _sections(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each section of the grammar: its title, and its rules with their comments."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    comment: list[str] = []
    for line in text.splitlines():
        title, rule = _SECTION.match(line), re.match(r"^\??(_?[a-z_]+):", line)
        if title:
            found.append((title.group(1), []))
            comment = []
        elif line.startswith("//"):
            comment.append(line[2:].strip())
        elif rule and found:
            found[-1][1].append((rule.group(1), _prose(comment)))
            comment = []
        elif not line.strip():
            comment = []
    return found


def _prose(comment: list[str]) -> str:
    """Return a comment as Markdown: signs as code."""
    text = " ".join(comment)
    return re.sub(r"(?<![`\w])([*_|<>~^])(?![`\w])", r"\\\1", text)


def _drawn(text: str) -> dict[str, str]:
    """Return an SVG of every rule."""
    own = Path(lark.__file__).parent / "grammars" / "lark.lark"
    parser = Lark(own.read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=False)
    tree = parser.parse(text + "\n")
    tokens = {
        str(child.children[0]): _spelled(child.children[-1])
        for child in tree.find_data("token")
        if isinstance(child, Tree)
    }
    found: dict[str, str] = {}
    for rule in tree.find_data("rule"):
        name = str(rule.children[0]).lstrip("?!")
        found[name] = _svg(_item(rule.children[-1], tokens))
    return found


def _spelled(node: Any) -> str | None:
    """Return the characters of a token that has few, else None."""
    literals = [str(t) for t in node.scan_values(lambda t: t.type == "STRING")]
    regular = any(node.scan_values(lambda t: t.type == "REGEXP"))
    return None if regular or not literals else " ".join(x.strip('"') for x in literals)


def _item(node: Any, tokens: dict[str, str | None]) -> Any:
    """Return what railroad draws of a node of the grammar's own tree."""
    if isinstance(node, Token):
        return railroad.Terminal(str(node).strip('"'))
    items = [_item(c, tokens) for c in node.children if c is not None and _part(c)]
    kind = str(node.data)
    if kind == "name":
        name = str(node.children[0])
        if name.isupper() and not name.startswith("_"):
            return railroad.Terminal(tokens.get(name) or name.replace("_", " ").lower())
        return railroad.NonTerminal(name.replace("_", " ").strip())
    if kind == "expansions":
        return railroad.Choice(0, *items)
    if kind == "maybe":
        return railroad.Optional(*items)
    if kind == "expr":
        operator = str(node.children[1])
        return {
            "+": railroad.OneOrMore,
            "*": railroad.ZeroOrMore,
            "?": railroad.Optional,
        }[operator](items[0])
    return items[0] if len(items) == 1 else railroad.Sequence(*items)


def _part(node: Any) -> bool:
    """Whether a child is drawn: not the name that an alternative gives its node."""
    return isinstance(node, Tree) or node.type in ("STRING", "REGEXP")


def _svg(item: Any) -> str:
    out = io.StringIO()
    railroad.Diagram(item, css="").writeSvg(out.write)
    return f'<div class="railroad">\n{out.getvalue().strip()}\n</div>'
