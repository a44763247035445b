"""The acat family: levels in order, each compared with the one before."""

from __future__ import annotations

from formix.families.categories import adjacent_of
from formix.families.ordinal import ordinal_family

acat = ordinal_family("acat", "adjacent", adjacent_of, "free", onward=True)
"""y = k + 1 rather than k with probability F(disc (mu - threshold[k])): adjacent levels.

Thresholds may have any order. `disc` is 1 unless the formula predicts it.

References
----------
Agresti (2010), *Analysis of Ordinal Categorical Data*, section 4.1; Buerkner and Vuorre (2019),
doi:10.1177/2515245918823199.
"""
