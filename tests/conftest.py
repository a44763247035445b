"""Makes the modules of this folder importable by the tests below it, and Ctrl-C heard.

Between modules figures are closed, and what JAX has compiled is forgotten where it takes much
memory.
"""

import gc
import resource
import signal
import sys
from pathlib import Path

import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Shells start what runs in the background deaf to Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

_MOST_BYTES = 2_500_000_000
_RESIDENT = Path("/proc/self/statm")


@pytest.fixture(scope="module", autouse=True)
def _forget_programs():
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
    jax = sys.modules.get("jax")
    if jax is None or not _RESIDENT.exists():
        return
    pages = int(_RESIDENT.read_text(encoding="ascii").split()[1])
    if pages * resource.getpagesize() > _MOST_BYTES:
        jax.clear_caches()
        gc.collect()
