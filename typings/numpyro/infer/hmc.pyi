from collections.abc import Callable
from typing import Any

def hmc(
    potential_fn: Callable[[Any], Any] | None = None, *, algo: str = "NUTS"
) -> tuple[Callable[..., Any], Callable[[Any], Any]]: ...
