from typing import Any

class Distribution:
    support: Any
    batch_shape: tuple[int, ...]
    event_shape: tuple[int, ...]
    def __init__(
        self,
        batch_shape: tuple[int, ...] = (),
        event_shape: tuple[int, ...] = (),
        *,
        validate_args: bool | None = None,
    ) -> None: ...
    def expand(self, batch_shape: tuple[int, ...]) -> Distribution: ...
    def log_prob(self, value: Any) -> Any: ...
    def sample(self, key: Any, sample_shape: tuple[int, ...] = ()) -> Any: ...

constraints: Any

def biject_to(constraint: Any) -> Any: ...
def __getattr__(name: str) -> Any: ...
