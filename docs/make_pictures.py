"""Write `docs/pictures/`: the pictures of the sleep study, drawn by formix as anyone draws them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import formix as fx
from formix.plots.canvas import offscreen

HERE = Path(__file__).parent / "pictures"

PICTURES = {
    "effects": fx.plot_effects,
    "groups": fx.plot_groups,
    "shrinkage": fx.plot_shrinkage,
    "ranef": fx.plot_ranef,
    "ranef_pairs": fx.plot_ranef_pairs,
}


def main() -> None:
    """Fit the sleep study and write a file for each picture."""
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    fit = model.fit(seed=1, progress=False)
    HERE.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        with offscreen():
            (first, *_) = np.ravel(np.asarray(draw(fit), dtype=object))
        # Nothing of the file tells which Matplotlib wrote it.
        first.figure.savefig(HERE / f"sleepstudy-{name}.png", dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
