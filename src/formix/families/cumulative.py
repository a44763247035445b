"""The cumulative family: levels in order, as a number cut at thresholds."""

from __future__ import annotations

from formix.families.categories import cumulative_of
from formix.families.ordinal import ordinal_family

cumulative = ordinal_family("cumulative", "cumulative", cumulative_of, "ordered")
"""y <= k with probability F(disc (threshold[k] - mu)): levels in order, F the inverse of the link.

`disc`, 1 unless the formula predicts it, is how well the response tells mu apart. The mean is the
probability of each level.

References
----------
McCullagh (1980), doi:10.1111/j.2517-6161.1980.tb01109.x; Buerkner and Vuorre (2019),
doi:10.1177/2515245918823199.
"""
