from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

def promote_shapes(*args: Any, shape: tuple[int, ...] = ()) -> list[Any]: ...
def validate_sample(log_prob_fn: F) -> F: ...
