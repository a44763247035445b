"""What a run of NUTS is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from formix.errors import ArgumentError, EngineError

_USUAL = {"draws": 1000, "warmup": 1000, "chains": 4, "seed": 1, "max_tree_depth": 10, "nAGQ": 9}


@dataclass(frozen=True)
class Plan:
    """The arguments of a run that its state remembers.

    Raises
    ------
    ArgumentError
        If one is outside what it accepts.
    """

    warmup: int
    chains: int
    seed: int
    chain_method: str
    target_accept: float
    max_tree_depth: int

    def __post_init__(self) -> None:
        whole("warmup", self.warmup, 0)
        whole("chains", self.chains, 1)
        whole("seed", self.seed, 0)
        whole("max_tree_depth", self.max_tree_depth, 1)
        accepting(self.target_accept)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the plan as arrays by name."""
        return {f"plan.{name}": np.array(value) for name, value in vars(self).items()}

    @classmethod
    def of(cls, state: Mapping[str, np.ndarray]) -> Plan:
        """Return the plan that a state remembers.

        Chains that ran in parallel do so again where there are devices enough; else they go on
        vectorised, and the result says so.

        Raises
        ------
        EngineError
            If the state is not that of a run of NUTS.
        """
        try:
            known: dict[str, Any] = {
                name: np.asarray(state[f"plan.{name}"]).item() for name in cls.__annotations__
            }
        except KeyError as error:
            raise EngineError("the state to go on from is not one of `nuts`") from error
        if known["chain_method"] == "parallel":
            known["chain_method"] = "auto"
        return cls(**known)


def whole(name: str, value: object, least: int) -> None:
    """Refuse what is not a whole number of at least so much.

    Raises
    ------
    ArgumentError
        If it is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ArgumentError(
            f"{name} is {value!r}, and it is a whole number, {least} or more",
            hint=f"for example {name}={_USUAL.get(name, max(100, least))}",
        )


def accepting(rate: float) -> None:
    """Refuse what is no acceptance rate to aim at.

    Raises
    ------
    ArgumentError
        If it is not between 0 and 1.
    """
    if not 0.0 < rate < 1.0:
        raise ArgumentError(
            f"target_accept is {rate!r}, and it is between 0 and 1",
            hint="0.8 is usual, 0.95 or 0.99 where transitions diverge",
        )
