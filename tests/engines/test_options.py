"""What the compiler is asked for: that independent factorisations end, which wait for ever else."""

from __future__ import annotations

import subprocess
import sys

from formix.engines.options import FEWER, options

MANY = """
import jax, jax.numpy as jnp, numpy as np
from formix.engines.compile import compiled
from formix.engines.precision import float64

def work(A):
    shifted = [A + float(k) * jnp.eye(60) for k in range(6)]
    return sum(jnp.linalg.cholesky(B).sum() for B in shifted)

A = np.eye(60) + np.ones((16, 60, 60))
with float64():
    program = compiled(jax.jit(work).lower(A))
    for _ in range(100):
        found = program(A).block_until_ready()
print(float(found))
"""


def test_a_program_of_many_factorisations_ends():
    done = subprocess.run(
        [sys.executable, "-c", MANY], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 0.0


def test_the_compiler_is_asked_for_what_it_knows_alone():
    # A version that knows neither spelling makes this fail: there factorisations may wait for ever.
    assert len(options()) == 1
    assert options(({"xla_no_such_option": True}, {"xla_cpu_enable_fast_math": False})) == {
        **options(),
        "xla_cpu_enable_fast_math": False,
    }
    assert options(({"xla_no_such_option": True},)) == options()


def test_what_the_user_asks_of_xla_goes_before(monkeypatch):
    assert options(FEWER) != options()
    monkeypatch.setenv(
        "XLA_FLAGS", "--xla_disable_hlo_passes=fusion --xla_cpu_enable_fast_math=true"
    )
    assert options(FEWER, ({"xla_cpu_enable_fast_math": False},)) == options()
