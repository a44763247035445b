from __future__ import annotations

import jax
import pytest

from formix.engines.chains import place
from formix.errors import ArgumentError


class Devices:
    """A machine whose backend has so many devices, and runs already or not."""

    def __init__(self, monkeypatch, there: int, running: bool, chosen: int = -1) -> None:
        self.there = there
        self.running = running
        monkeypatch.delenv("FORMIX_HOST_DEVICES", raising=False)
        monkeypatch.delenv("XLA_FLAGS", raising=False)
        monkeypatch.setattr(jax, "local_devices", lambda: [f"cpu:{i}" for i in range(self.there)])
        monkeypatch.setattr(jax, "default_backend", lambda: "cpu")
        monkeypatch.setattr("formix.engines.chains.jax.config", self)
        self.jax_num_cpu_devices = chosen

    def update(self, name: str, value: int) -> None:
        assert name == "jax_num_cpu_devices"
        if self.running:
            raise RuntimeError("a backend runs")
        self.there = self.jax_num_cpu_devices = value


def test_host_devices_are_asked_for_before_a_backend_runs(monkeypatch):
    machine = Devices(monkeypatch, there=1, running=False)
    placement = place(6, "auto")
    assert (placement.method, len(placement.devices)) == ("parallel", 6)
    assert machine.jax_num_cpu_devices == 6


def test_a_first_fit_of_one_chain_leaves_devices_for_the_usual_four(monkeypatch):
    Devices(monkeypatch, there=1, running=False)
    assert len(place(1, "auto").devices) == 1
    assert place(4, "auto").method == "parallel"


def test_where_a_backend_runs_with_too_few_devices_chains_are_vectorised_and_it_says_so(
    monkeypatch,
):
    Devices(monkeypatch, there=1, running=True)
    placement = place(4, "auto")
    assert (placement.method, placement.devices) == ("vectorized", ("cpu:0",))
    assert placement.why == "JAX already runs with 1 device for 4 chains"


def test_where_a_backend_runs_with_devices_enough_they_are_taken(monkeypatch):
    Devices(monkeypatch, there=8, running=True)
    assert len(place(4, "auto").devices) == 4


def test_a_users_own_number_of_devices_stands(monkeypatch):
    machine = Devices(monkeypatch, there=2, running=False, chosen=2)
    assert place(4, "auto").method == "vectorized"
    assert machine.jax_num_cpu_devices == 2
    machine = Devices(monkeypatch, there=2, running=False)
    monkeypatch.setenv("XLA_FLAGS", "--xla_force_host_platform_device_count=2")
    assert place(4, "auto").method == "vectorized"
    assert machine.jax_num_cpu_devices == -1


def test_host_devices_can_be_declined(monkeypatch):
    machine = Devices(monkeypatch, there=1, running=False)
    monkeypatch.setenv("FORMIX_HOST_DEVICES", "0")
    placement = place(4, "auto")
    assert placement.method == "vectorized"
    assert "FORMIX_HOST_DEVICES=0 forbids more" in placement.why
    assert machine.jax_num_cpu_devices == -1


def test_vectorised_asks_for_no_devices(monkeypatch):
    machine = Devices(monkeypatch, there=1, running=False)
    placement = place(4, "vectorized")
    assert (placement.method, placement.why) == ("vectorized", "as asked")
    assert machine.jax_num_cpu_devices == -1


def test_parallel_with_too_few_devices_is_refused_with_a_way_out(monkeypatch):
    Devices(monkeypatch, there=1, running=True)
    with pytest.raises(ArgumentError, match="4 chains cannot run in parallel") as caught:
        place(4, "parallel")
    assert 'chain_method="vectorized"' in caught.value.hint


def test_an_unknown_method_is_refused(monkeypatch):
    Devices(monkeypatch, there=4, running=True)
    with pytest.raises(ArgumentError, match="chain_method is 'sequential'"):
        place(4, "sequential")
