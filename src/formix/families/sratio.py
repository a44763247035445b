"""The sratio family: levels in order, one after another until one stops."""

from __future__ import annotations

from formix.families.categories import stopping_of
from formix.families.ordinal import ordinal_family

sratio = ordinal_family("sratio", "stopping", stopping_of, "free")
"""y = k with probability F(disc (threshold[k] - mu)) where it is k or more: stopping ratios.

Thresholds may have any order. `disc` is 1 unless the formula predicts it.

References
----------
Tutz (1991), *Computational Statistics & Data Analysis* 11(3), 275-295; Buerkner and Vuorre (2019),
doi:10.1177/2515245918823199.
"""
