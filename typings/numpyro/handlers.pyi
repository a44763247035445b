from collections import OrderedDict
from collections.abc import Callable
from typing import Any

Model = Callable[..., Any]

class trace:
    def __init__(self, fn: Model) -> None: ...
    def get_trace(self, *args: Any, **kwargs: Any) -> OrderedDict[str, dict[str, Any]]: ...

def seed(fn: Model, rng_seed: Any) -> Model: ...
def substitute(
    fn: Model, data: dict[str, Any] | None = None, substitute_fn: Callable[..., Any] | None = None
) -> Model: ...
