"""A million rows and 100,000 groups: no slower than lme4, and little memory beside the result."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "design.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("design_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_a_million_rows(benchmark):
    arguments = ["1000000", "100000", benchmark.FORMULA]
    ours = benchmark.run([sys.executable, "-c", benchmark.OURS, *arguments])
    assert ours["columns"] == 18
    assert ours["grown"] < 3
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("no R to compare the time with")
    theirs = benchmark.run([rscript, "-e", benchmark.THEIRS, *arguments])
    assert ours["cpu"] <= theirs["cpu"]
