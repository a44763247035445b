"""The cratio family: levels in order, one after another for as long as one goes on."""

from __future__ import annotations

from formix.families.categories import continuing_of
from formix.families.ordinal import ordinal_family

cratio = ordinal_family("cratio", "continuing", continuing_of, "free", onward=True)
"""y > k with probability F(disc (mu - threshold[k])) where it is k or more: continuation ratios.

It is `sratio` under links that are symmetric. `disc` is 1 unless the formula predicts it.

References
----------
Fienberg (1980), *The Analysis of Cross-Classified Categorical Data*, section 6.6; Buerkner and
Vuorre (2019), doi:10.1177/2515245918823199.
"""
