"""Write what Bambi gives for the sleep study to `others.json`, beside what is there.

    pip install bambi==0.17.2 nutpie==0.16.8
    python docs/from/make_others.py

statsmodels' numbers there are those that 0.15.0 prints of the calls in `statsmodels.md`; brms's
are of two runs of 2.18, seeds 1 and 2, of the call in `brms.md`, with 4 chains of 1000 draws.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import bambi
import pandas as pd

HERE = Path(__file__).parent
NAMES = {
    "beta[Intercept]": "Intercept",
    "beta[Days]": "Days",
    "sd_Subject[Intercept]": "1|Subject_sigma",
    "sd_Subject[Days]": "Days|Subject_sigma",
    "sigma": "sigma",
}

if __name__ == "__main__":
    data = pd.read_csv(HERE.parents[1] / "data" / "sleepstudy.csv", dtype={"Subject": str})
    model = bambi.Model("Reaction ~ Days + (Days | Subject)", data)
    fit = model.fit(
        draws=2000, chains=4, random_seed=1, inference_method="nutpie", progress_bar=False
    )
    draws = {ours: fit.posterior[theirs].to_numpy().ravel() for ours, theirs in NAMES.items()}
    versions = (f"{name} {version(name.lower())}" for name in ("Bambi", "nutpie"))
    found = {
        "made_with": f"{', '.join(versions)}, 4 chains of 2000 draws",
        "mean": {name: round(float(one.mean()), 4) for name, one in draws.items()},
        "sd": {name: round(float(one.std(ddof=1)), 4) for name, one in draws.items()},
        "priors": str(model),
    }
    place = HERE / "others.json"
    text = json.loads(place.read_text(encoding="utf-8")) | {"bambi": found}
    place.write_text(json.dumps(text, indent=2) + "\n", encoding="utf-8")
