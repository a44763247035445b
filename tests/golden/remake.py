"""Write the golden sources, overviews and estimates anew; look at the diff before committing it."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import family_shapes  # noqa: E402 - found on the path set above
import group_shapes  # noqa: E402
import level_shapes  # noqa: E402
import marginal_shapes  # noqa: E402
import observed_shapes  # noqa: E402
import r_shapes  # noqa: E402
import shapes  # noqa: E402
import test_maximum  # noqa: E402
import test_models  # noqa: E402

import formix as fx  # noqa: E402
from formix.engines.marginal.source import write  # noqa: E402

MARGINAL = (
    "crossed_correlated",
    "free_intercept_at_means",
    "many_coefficients",
    "offset",
    "only_groups",
    "standard_errors",
    "two_correlated_blocks",
    "variances",
    "weights",
)
"""Shapes whose programs of the marginal engine are reviewed, beside the sleep study."""

if __name__ == "__main__":
    for shape in (*shapes.SHAPES, *shapes.SHRUNK):
        model = fx.Model(
            shape.formula, shapes.data(), priors=shape.priors, contrasts=shape.contrasts or None
        )
        target = HERE / "sources" / f"{shape.name}.py"
        target.write_text(model.source, encoding="utf-8")
    levelled = (
        *family_shapes.DISTRIBUTIONAL,
        *level_shapes.SHAPES,
        *level_shapes.DISTRIBUTIONAL,
        *level_shapes.OBSERVED,
    )
    grouped = (*group_shapes.SHAPES, *group_shapes.CENTRED)
    for shape in (*family_shapes.SHAPES, *levelled, *observed_shapes.SHAPES, *grouped):
        target = HERE / "sources" / f"{shape.name}.py"
        target.write_text(shape.model().source, encoding="utf-8")
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    (HERE / "sources" / "sleepstudy.py").write_text(model.source, encoding="utf-8")
    reviewed = {name: marginal_shapes.model_of(name).spec for name in MARGINAL}
    for name, spec in {**reviewed, "sleepstudy": model.spec}.items():
        (HERE / "marginal" / f"{name}.py").write_text(write(spec).text, encoding="utf-8")
    for name, (formula, dataset, options) in test_models.OVERVIEWS.items():
        text = str(fx.Model(formula, fx.load(dataset), **options))
        (HERE / "overviews" / f"{name}.txt").write_text(f"{text}\n", encoding="utf-8")
    for name, (formula, dataset, method) in test_maximum.PRINTED.items():
        text = str(getattr(fx.Model(formula, fx.load(dataset)), method)())
        (HERE / "estimates" / f"{name}.txt").write_text(f"{text}\n", encoding="utf-8")
    for name in r_shapes.SHAPES:
        text = str(fx.r_code(r_shapes.model_of(name)))
        (HERE / "r" / f"{name}.R").write_text(f"{text}\n", encoding="utf-8")
