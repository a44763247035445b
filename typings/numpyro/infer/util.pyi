from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

Model = Callable[..., Any]

class ParamInfo(NamedTuple):
    z: Any
    potential_energy: Any
    z_grad: Any

def compute_log_probs(
    model: Model, model_args: tuple[Any, ...], model_kwargs: Any, params: Any
) -> tuple[dict[str, Any], OrderedDict[str, dict[str, Any]]]: ...
def constrain_fn(
    model: Model,
    model_args: tuple[Any, ...],
    model_kwargs: Any,
    params: Any,
    return_deterministic: bool = False,
) -> dict[str, Any]: ...
def log_density(
    model: Model, model_args: tuple[Any, ...], model_kwargs: Any, params: Any
) -> tuple[Any, OrderedDict[str, dict[str, Any]]]: ...
def potential_energy(
    model: Model, model_args: tuple[Any, ...], model_kwargs: Any, params: Any
) -> Any: ...
def unconstrain_fn(
    model: Model, model_args: tuple[Any, ...], model_kwargs: Any, params: Any
) -> dict[str, Any]: ...
