from typing import Any

class ClippedAdam:
    def __init__(self, step_size: Any, *, clip_norm: float = 10.0) -> None: ...
