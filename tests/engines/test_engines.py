from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

import formix.engines.choice
from formix.engines import ENGINES
from formix.engines.choice import choose
from formix.errors import ArgumentError, UnsupportedError

SPEC = object()


def test_nuts_takes_every_model():
    engine, declined = choose(SPEC, "nuts")
    assert (engine.name, declined) == ("nuts", {})
    assert callable(engine.load().run)


def test_an_unknown_engine_is_refused_with_those_there_are():
    with pytest.raises(ArgumentError, match="no engine 'stan'") as caught:
        choose(SPEC, "stan")
    assert "'nuts'" in caught.value.hint


def test_auto_takes_the_first_that_supports_the_model_and_says_why_others_declined(monkeypatch):
    nuts = next(engine for engine in ENGINES if engine.name == "nuts")
    picky = replace(nuts, name="picky", supports=lambda _spec: "it is not Tuesday")
    monkeypatch.setattr(formix.engines.choice, "ENGINES", (picky, nuts))
    assert choose(SPEC, "auto") == (nuts, {"picky": "it is not Tuesday"})
    says = "`picky` cannot fit this model: it is not Tuesday"
    with pytest.raises(UnsupportedError, match=says):
        choose(SPEC, "picky")


def test_choosing_does_not_import_jax():
    script = (
        "import sys, formix.engines.choice as e; "
        "e.choose(None, 'nuts'); print('jax' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
