"""Write `docs/families/`: a page of every family, made from its value; `--check` only compares."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from pathlib import Path

import formix as fx
from formix.families import FAMILIES, Family, FamilyParameter
from formix.links import link

HERE = Path(__file__).parent / "families"

_REACTION = ("Reaction ~ Days + (1 | Subject)", 'fx.load("sleepstudy")')
_HERDS = ("incidence ~ period + offset(log(size)) + (1 | herd)", 'fx.load("cbpp")')
_SHARES = ("I(incidence / size) ~ period + (1 | herd)", 'fx.load("cbpp")')
_TRIALS = ("prop(incidence, size) ~ period + (1 | herd)", 'fx.load("cbpp")')
_GRADES = ("resp ~ Anger + Gender + (1 | id)", 'fx.load("VerbAgg")')
_THREE = '{"a": [2, 0, 1, 3], "b": [1, 3, 1, 0], "c": [0, 2, 2, 1], "x": [0.1, 0.5, 0.7, 0.9]}'
_PARTS = '{"a": [0.2, 0.5, 0.1], "b": [0.3, 0.3, 0.4], "c": [0.5, 0.2, 0.5], "x": [0.1, 0.5, 0.7]}'

_WIDTH = 100

EXAMPLES: dict[str, tuple[str, str]] = {
    "gaussian": ("Reaction ~ Days + (Days | Subject)", 'fx.load("sleepstudy")'),
    "asymmetric_laplace": (f"{_REACTION[0]}; quantile = 0.9", _REACTION[1]),
    "von_mises": ("I(angle / 180 * 3.14159) ~ temp + (1 | replicate)", 'fx.load("cake")'),
    "beta": ("I((incidence + 0.5) / (size + 1)) ~ period + (1 | herd)", 'fx.load("cbpp")'),
    "bernoulli": ("r2[Y] ~ Anger + Gender + (1 | id)", 'fx.load("VerbAgg")'),
    "multinomial": ("cbind(a, b, c) ~ x", _THREE),
    "dirichlet": ("cbind(a, b, c) ~ x", _PARTS),
    **dict.fromkeys(("binomial", "beta_binomial", "zero_inflated_binomial"), _TRIALS),
    **dict.fromkeys(
        (
            "poisson",
            "negative_binomial",
            "nb1",
            "geometric",
            "zero_inflated_poisson",
            "zero_inflated_negative_binomial",
            "hurdle_poisson",
            "hurdle_negative_binomial",
        ),
        _HERDS,
    ),
    **dict.fromkeys(
        ("zero_inflated_beta", "zero_one_inflated_beta", "hurdle_gamma", "hurdle_lognormal"),
        _SHARES,
    ),
    **dict.fromkeys(("categorical", "cumulative", "sratio", "cratio", "acat"), _GRADES),
}
"""A formula and its data for every family; of those that are not here, the sleep study."""


_LEVELS = (
    'Bounds and the upper ends of intervals are levels, by their labels: `trunc(ub = "high")`, or '
    "a column of labels; of whole numbers they are whole numbers. A response that is censored or "
    "truncated keeps every level that its ordered factor names, also those that no row shows."
)

_OWN = """\
## A family of your own

It is the same kind of value, given to `Model` as it is; nothing is registered. The density, the
draws and the moments are NumPy; `distribution` is what the program says, in NumPyro.

```python
import numpy as np

import formix as fx

laplace = fx.Family(
    name="laplace",
    parameters=(
        fx.FamilyParameter("mu", ("identity",), "real"),
        fx.FamilyParameter("sigma", ("log",), "positive"),
    ),
    distribution="dist.Laplace({mu}, {sigma})",
    log_density=lambda y, p: -np.abs(y - p["mu"]) / p["sigma"] - np.log(2.0 * p["sigma"]),
    draw=lambda generator, p: generator.laplace(p["mu"], p["sigma"]),
    mean=lambda p: p["mu"],
    variance=lambda p: 2.0 * p["sigma"] ** 2,
    check=lambda response: None,
)
model = fx.Model("Reaction ~ Days + (1 | Subject); sigma ~ Days", fx.load("sleepstudy"), laplace)
print(model.source)
```

A file of draws does not hold it; the verbs that must rebuild the model ask for it:
`fx.predict(fit, family=laplace)`."""


def page(family: Family) -> str:
    """Return the page of a family."""
    formula, data = EXAMPLES.get(family.name, _REACTION)
    code = (
        "import formix as fx\n\n"
        f"data = {data}\n"
        f"{_call(formula, family.name)}\n"
        "print(model)\n"
        "print(model.source)\n"
    )
    names: dict[str, object] = {}
    exec(compile(code.replace("print(", "str("), family.name, "exec"), names)
    model = names["model"]
    assert isinstance(model, fx.Model)
    program = model.source.split("\n\n\n# from")[0].rstrip()
    return "\n".join(
        [
            f"# The family `{family.name}`",
            "",
            _said(family),
            "",
            "## Parameters",
            "",
            *_parameters(family),
            "",
            *_rest(family),
            "## A model",
            "",
            f"```python\n{code}```",
            "",
            f"```text\n{model}\n```",
            "",
            "The program that is sampled:",
            "",
            f"```text\n{program}\n```",
            "",
        ]
    )


def _call(formula: str, name: str) -> str:
    """Return the line that makes a model, as the formatter leaves it."""
    arguments = f'"{formula}", data, "{name}"'
    line = f"model = fx.Model({arguments})"
    return line if len(line) <= _WIDTH else f"model = fx.Model(\n    {arguments}\n)"


def _said(family: Family) -> str:
    """Return what stands below the value in its module, as Markdown."""
    module = importlib.import_module(f"formix.families.{family.name}")
    body = ast.parse(inspect.getsource(module)).body
    places = [
        place
        for place, node in enumerate(body)
        if isinstance(node, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == family.name for t in node.targets)
    ]
    written = body[places[0] + 1]
    assert isinstance(written, ast.Expr)
    text = inspect.cleandoc(ast.literal_eval(written.value))
    return text.replace("References\n----------\n", "**References.** ")


def _parameters(family: Family) -> list[str]:
    rows = [
        "| parameter | links, the default first | lives in | prior | brms's |",
        "|" + "---|" * 5,
    ]
    for parameter in family.parameters:
        links = ", ".join(f"`{link(name).name}`" for name in parameter.links)
        default, brms = _priors(parameter, main=parameter.name == family.main)
        rows.append(f"| `{parameter.name}` | {links} | {_where(parameter)} | {default} | {brms} |")
    rows += ["", "With a predictor of its own, the prior of its intercept on the link's scale:", ""]
    rows += ["| parameter | prior | brms's |", "|" + "---|" * 3]
    own = [p for p in family.parameters if p.name != family.main]
    for parameter in own:
        said = dict(parameter.predicted)
        scale = "by the response's standard deviation"
        rows.append(
            f"| `{parameter.name}` | {_code(said.get('default'), scale)} "
            f"| {_code(said.get('brms'), scale)} |"
        )
    texts = [text for p in own for _, text in (*p.priors, *p.predicted)]
    if any("{" in text for text in texts):
        rows += ["", "s and m are the scale and the location that the response gives them."]
    return rows if own else rows[:-5]


def _priors(parameter: FamilyParameter, *, main: bool) -> tuple[str, str]:
    if main:
        return "of its coefficients", "of its coefficients"
    if parameter.held is not None:
        held = f"{parameter.held:g} unless it is predicted"
        return held, held
    said, scale = dict(parameter.priors), "by the response's scale"
    return _code(said.get("default"), scale), _code(said.get("brms"), scale)


def _code(text: str | None, otherwise: str) -> str:
    if not text:
        return otherwise
    return f"`{text.format(spread='s', location='m')}`"


def _where(parameter: FamilyParameter) -> str:
    return {"real": "all numbers", "positive": "above 0", "unit": "0 to 1"}[parameter.support]


def _rest(family: Family) -> list[str]:
    """Return what else can be said of its responses."""
    can = ['`weights(w, kind = "likelihood")`']
    can += [f"`{name}()`" for one in family.dispersions for name in one.arrays]
    if family.log_tails is not None:
        can += ["`cens()`", "`trunc()`"]
    if family.rates:
        can.append("`rate()`")
    if family.arrays:
        can += [f"`{name}()`" for name in family.arrays if not family.columns]
    said = ["Beside its response may be said: " + ", ".join(dict.fromkeys(can)) + "."]
    if family.thresholds:
        said += ["", _LEVELS]
    return [*said, ""]


def pages() -> dict[str, str]:
    """Return every page by its file's name, the list of them too."""
    found = {f"{family.name}.md": page(family) for family in FAMILIES}
    lines = [
        "# Families",
        "",
        "The distributions that a response may have, each with its page.",
        "",
    ]
    lines += ["| family | the response |", "|---|---|"]
    for family in FAMILIES:
        first = _said(family).splitlines()[0]
        lines.append(f"| [{family.name}](families/{family.name}.md) | {first} |")
    lines += ["", *_OWN.splitlines(), ""]
    # A tree of the pages below this one, so that the sidebar nests them.
    lines += ["```{toctree}", ":hidden:", ""]
    lines += [*(f"families/{family.name}" for family in FAMILIES), "```", ""]
    return {**found, "../families.md": "\n".join(lines)}


if __name__ == "__main__":
    wrong = []
    for name, text in pages().items():
        target = HERE / name
        if "--check" in sys.argv:
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                wrong.append(name)
            continue
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if wrong:
        sys.exit(f"not as the values say: {', '.join(wrong)}; run python docs/make_families.py")
