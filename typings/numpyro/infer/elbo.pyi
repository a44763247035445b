from typing import Any

class ELBO:
    num_particles: int
    def __init__(self, num_particles: int = 1) -> None: ...
    def loss_with_mutable_state(
        self, rng_key: Any, param_map: Any, model: Any, guide: Any, *args: Any, **kwargs: Any
    ) -> dict[str, Any]: ...
