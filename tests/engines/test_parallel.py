"""Chains on host devices of their own: in new processes, since JAX counts its devices once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

FIT = """
import hashlib, json, sys
import numpy as np
from engines.programs import asked, line
from formix.engines import nuts

def digest(values):
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()

def fit(chains, **more):
    plan = {"draws": 60, "warmup": 100, "seed": 5, "chains": chains, "start": "random"}
    return nuts.run(asked("beta"), line(), **plan | more)

found = fit(2)
answer = {
    "method": found.attributes["chain_method"],
    "reason": found.attributes["chain_method_reason"],
    "chains": [digest(chain) for chain in found.values["beta"]],
    "seconds": found.attributes["seconds"]["compile"],
}
"""

MORE_CHAINS = """
answer["four"] = [digest(chain) for chain in fit(4).values["beta"]]
first = fit(2, draws=25)
rest = nuts.run(asked("beta"), line(), draws=35, state=first.state)
joined = np.concatenate([first.values["beta"], rest.values["beta"]], axis=1)
answer["two runs"] = [digest(chain) for chain in joined]
"""

SHOW = "print(json.dumps(answer))"


def fresh(script: str, cache: Path, **environment: str) -> dict:
    """Return what a script prints in a process of its own, with a cache of its own."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JAX", "XLA", "FORMIX"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env=inherited | {"PYTHONPATH": str(TESTS), "XDG_CACHE_HOME": str(cache)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def first(cache) -> dict:
    return fresh(FIT + MORE_CHAINS + SHOW, cache)


def test_a_new_process_runs_every_chain_on_a_device_of_its_own(first):
    assert first["method"] == "parallel"
    assert first["reason"] == "a device for every chain"


def test_a_chain_does_not_depend_on_how_many_others_there_are(first):
    assert first["four"][:2] == first["chains"]
    assert len(set(first["four"])) == 4


def test_two_runs_equal_one(first):
    assert first["two runs"] == first["chains"]


def test_another_process_gives_the_same_draws_from_the_compiled_program_on_disk(first, cache):
    """The program of two chains is on disk, so it is read and not compiled."""
    (folder,) = (cache / "formix").iterdir()
    before = sorted(folder.iterdir())
    assert len(before) == 2
    again = fresh(FIT + SHOW, cache)
    assert again["chains"] == first["chains"]
    assert sorted(folder.iterdir()) == before


def test_host_devices_can_be_declined(cache):
    found = fresh(FIT + SHOW, cache, FORMIX_HOST_DEVICES="0", FORMIX_CACHE="0")
    assert found["method"] == "vectorized"
    assert "FORMIX_HOST_DEVICES=0" in found["reason"]
