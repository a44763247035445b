"""The conformance corpus: every formula of accepted.toml expands to what it says there."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

import pytest
from lark import Lark, Tree

from formix.errors import FormixError
from formix.formulas import expand, parse, to_text
from formix.resources import resource
from formix.syntax.prior_text import parse_prior
from formix.syntax.tokens import Passage

CORPUS = tomllib.loads(resource("grammar", "accepted.toml").read_text(encoding="utf-8"))
SOURCES = {"R", "lme4", "glmmTMB", "brms", "formix"}
FIELDS = {"text", "source", "columns", "response"}


@pytest.mark.parametrize("entry", CORPUS["formula"], ids=lambda entry: entry["text"])
def test_expands(entry: dict[str, Any]) -> None:
    terms = expand(entry["text"], entry.get("columns"))
    assert terms.response.side == entry.get("response", "y")
    said: dict[str, Any] = {name: entry[name] for name in entry.keys() - FIELDS}
    found: dict[str, Any] = {
        predictor.parameter: [
            "1" if predictor.common.intercept else "0",
            *(term.text for term in predictor.common.terms),
            *(group.text for group in predictor.groups),
            *(offset.text for offset in predictor.offsets),
        ]
        for predictor in terms.predictors
    }
    found |= {fixed.parameter: fixed.value for fixed in terms.fixed}
    assert found == said


@pytest.mark.parametrize("entry", CORPUS["formula"], ids=lambda entry: entry["text"])
def test_prints_and_reads_again(entry: dict[str, Any]) -> None:
    columns = entry.get("columns")
    formula = parse(entry["text"])
    assert parse(to_text(formula)) == formula
    terms = expand(formula, columns)
    assert expand(terms.text, columns) == terms


def test_the_corpus_is_large_and_says_whose_meaning_it_is() -> None:
    texts = [(entry["text"], tuple(entry.get("columns", ()))) for entry in CORPUS["formula"]]
    assert len(texts) == len(set(texts)) > 250
    assert {entry["source"] for entry in CORPUS["formula"]} == SOURCES


def _rules(grammar: str) -> set[str]:
    return set(re.findall(r"^[?_]*([a-z_]+)\s*:", grammar, re.MULTILINE))


def _choices(grammar: str) -> set[str]:
    """Return the rules that only choose among others."""
    whole = r"^[?_]?([a-z_]+)\s*:(.*(?:\n +\|.*)*)$"
    found = re.finditer(whole, grammar, re.MULTILINE)
    return {one[1] for one in found if re.fullmatch(r"[a-z_|\s]+", one[2])}


@cache
def _bare(grammar: str) -> Lark:
    """Return a parser whose trees name every rule they use, none inlined or renamed."""
    grammar = re.sub(r"->\s*\w+", "", grammar)
    grammar = re.sub(r"^[?_]([a-z_]+\s*:)", r"\1", grammar, flags=re.MULTILINE)
    grammar = grammar.replace("_statement", "statement")
    return Lark(grammar, parser="lalr", lexer="basic", postlex=Passage())


FORMULA = resource("grammar", "formula.lark").read_text(encoding="utf-8")
PRIOR = resource("grammar", "prior.lark").read_text(encoding="utf-8")
CHOICES = _choices(FORMULA)


def test_every_rule_has_its_examples() -> None:
    assert set(CORPUS["rules"]) == _rules(FORMULA) - {"statement"}
    assert set(CORPUS["prior"]) == _rules(PRIOR)


@pytest.mark.parametrize("rule", CORPUS["rules"])
def test_rule(rule: str) -> None:
    example = CORPUS["rules"][rule]
    tree = _bare(FORMULA).parse(example["accepted"])
    used = {node.data for node in tree.iter_subtrees() if _does(node)}
    assert rule in used
    parse(example["accepted"])
    with pytest.raises(FormixError):
        parse(example["refused"])


def _does(node: Tree[Any]) -> bool:
    """Return whether a rule did something of its own, if it can, and not merely hand on another."""
    hands_on = len(node.children) == 1 and isinstance(node.children[0], Tree)
    return not hands_on or node.data in CHOICES


@pytest.mark.parametrize("rule", CORPUS["prior"])
def test_rule_of_priors(rule: str) -> None:
    example = CORPUS["prior"][rule]
    tree = Lark(re.sub(r"->\s*\w+", "", PRIOR), parser="lalr").parse(example["accepted"])
    assert rule in {node.data for node in tree.iter_subtrees()}
    parse_prior(example["accepted"])
    with pytest.raises(FormixError):
        parse_prior(example["refused"])
