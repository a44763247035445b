# What formix uses of JAX, which leaves most of its own arguments untyped. A nest of arrays is Any.
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, ParamSpec, TypeVar

from jax import (
    errors as errors,
    lax as lax,
    numpy as numpy,
    random as random,
    sharding as sharding,
    stages as stages,
    tree as tree,
)

P = ParamSpec("P")
R = TypeVar("R")

class Array:
    @property
    def shape(self) -> tuple[int, ...]: ...

class Device:
    @property
    def platform(self) -> str: ...

class ShapeDtypeStruct:
    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None: ...

class _Config:
    jax_compilation_cache_dir: str | None
    jax_enable_compilation_cache: bool
    jax_enable_x64: bool
    jax_num_cpu_devices: int
    def update(self, name: str, val: object) -> None: ...

class _Jitted(Generic[P, R]):
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...
    def lower(self, *args: P.args, **kwargs: P.kwargs) -> stages.Lowered: ...

config: _Config

def block_until_ready(x: R) -> R: ...
def default_backend() -> str: ...
def device_get(x: Any) -> Any: ...
def device_put(x: Any, device: sharding.Sharding | Device | None = None) -> Any: ...
def enable_x64(new_val: bool) -> AbstractContextManager[None]: ...
def eval_shape(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Any: ...
def grad(fun: Callable[P, Any], argnums: int = 0) -> Callable[P, Any]: ...
def jit(
    fun: Callable[P, R], *, in_shardings: Any = ..., out_shardings: Any = ...
) -> _Jitted[P, R]: ...
def local_devices() -> list[Device]: ...
def shard_map(
    f: Callable[P, R],
    *,
    mesh: sharding.Mesh,
    in_specs: Any,
    out_specs: Any,
    check_vma: bool = True,
) -> Callable[P, R]: ...
def value_and_grad(fun: Callable[P, Any]) -> Callable[P, tuple[Any, Any]]: ...
def vmap(
    fun: Callable[P, R], in_axes: int | Sequence[Any] | None = 0, out_axes: Any = 0
) -> Callable[P, R]: ...
