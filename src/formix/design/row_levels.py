"""The labels of rows that have several each."""

from __future__ import annotations

from typing import Any

import numpy as np


def row_levels(data: object) -> dict[str, np.ndarray]:
    """Return the levels of the rows' labels by name; nothing where a row has a single label.

    A level without a name is called by its place, as pandas calls it: `level_0`.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["site", None])
    >>> {name: labels.tolist() for name, labels in row_levels(pd.DataFrame(index=index)).items()}
    {'site': ['a', 'a', 'b', 'b'], 'level_1': [1, 2, 1, 2]}
    >>> row_levels({"x": [1, 2]})
    {}
    """
    index: Any = getattr(data, "index", None)
    count = getattr(index, "nlevels", 1)
    if not isinstance(count, int) or count < 2:
        return {}
    found: dict[str, np.ndarray] = {}
    for place, name in enumerate(index.names):
        called = f"level_{place}" if name is None else str(name)
        while called in found:
            called += "_"
        found[called] = np.asarray(index.get_level_values(place))
    return found
