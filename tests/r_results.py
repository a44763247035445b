"""The results of R below `tests/reference`, and the design of a formula on the data they are of."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from formix.design.encoding import Encoding, encode, learn
from formix.design.frame import open_data
from formix.design.matrices import Design
from formix.design.names import used
from formix.kinds import KINDS
from formix.syntax.parse import parse
from formix.terms.expand import expand

REFERENCE = Path(__file__).parent / "reference"


@cache
def results(name: str) -> Any:
    """Return the content of a JSON file."""
    return json.loads(gzip.decompress((REFERENCE / f"{name}.json.gz").read_bytes()))


def toy(name: str) -> pd.DataFrame:
    """Return one of the two toy tables, with the levels that R gave its factors."""
    types = json.loads((REFERENCE / "semantics" / "columns.json").read_text(encoding="utf-8"))
    return _typed(REFERENCE / "semantics" / f"{name}.csv", types[name])


@cache
def dataset(name: str) -> pd.DataFrame:
    """Return the data of a fit, with the levels that R gave its factors."""
    types = results("data/columns")[name]["columns"]
    return _typed(REFERENCE / "data" / f"{name}.csv.gz", types)


def _typed(path: Path, types: Mapping[str, Any]) -> pd.DataFrame:
    factors = {name: str for name, t in types.items() if t["type"] in ("factor", "ordered")}
    data = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=factors)
    for name in factors:
        ordered = types[name]["type"] == "ordered"
        data[name] = pd.Categorical(data[name], categories=types[name]["levels"], ordered=ordered)
    return data


def design_of(formula: str, data: object, **options: Any) -> Design:
    """Return the design of a formula, through an encoding that was text in between."""
    return design_and_encoding(formula, data, **options)[0]


def design_and_encoding(formula: str, data: object, **options: Any) -> tuple[Design, Encoding]:
    """Return the design of a formula and the encoding it was made with."""
    opened = open_data(data)
    functions = options.get("functions") or {}
    terms = expand(parse(formula), opened.names)
    frame = opened.read(used(terms, opened.names, functions))
    encoding = learn(terms, frame, KINDS, **options)
    encoding = Encoding.from_json(encoding.to_json())
    return encode(terms, encoding, frame, KINDS, functions=functions), encoding


def new_design(formula: str, encoding: Encoding, data: object, **options: Any) -> Design:
    """Return the design of new data under an encoding."""
    opened = open_data(data)
    functions = options.get("functions") or {}
    terms = expand(parse(formula), opened.names)
    frame = opened.read(used(terms, opened.names, functions, new=True))
    return encode(terms, encoding, frame, KINDS, functions=functions, new=True)
