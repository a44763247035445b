from typing import Any

from jax import Device

class Mesh:
    def __init__(self, devices: Any, axis_names: tuple[str, ...]) -> None: ...

class PartitionSpec:
    def __init__(self, *partitions: str | None) -> None: ...

class Sharding: ...

class NamedSharding(Sharding):
    def __init__(self, mesh: Mesh, spec: PartitionSpec) -> None: ...

class SingleDeviceSharding(Sharding):
    def __init__(self, device: Device) -> None: ...
