from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

def cond(
    pred: Any, true_fun: Callable[..., T], false_fun: Callable[..., T], *operands: Any
) -> T: ...
def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, T], T], init_val: T) -> T: ...
