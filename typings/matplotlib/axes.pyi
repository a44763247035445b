from typing import Any

from .figure import Figure

class Axes:
    figure: Figure
    xaxis: Any
    yaxis: Any
    spines: Any
    # Its methods take what artists take, by names that its own annotations leave unknown.
    def __getattr__(self, name: str) -> Any: ...
