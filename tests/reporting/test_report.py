"""A report of a fit: whole, its own, and read back as a browser would."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fit_at import random_fit
from made_fits import drawn, sleepstudy
from pages import Element, read_page, section, table

import formix as fx
from formix.plots.images import Image

SLEEP = "Reaction ~ Days + (Days | Subject)"
SLUGS = (
    "model", "data", "estimates", "groups", "diagnostics", "checks", "priors", "program", "lme4",
    "again", "citation",
)  # fmt: skip


@pytest.fixture(scope="module")
def sleep():
    """A fit of the sleep study by the marginal engine."""
    return fx.Model(SLEEP, fx.load("sleepstudy")).sample(seed=1, draws=500)


@pytest.fixture(scope="module")
def place(sleep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the sleep study, its pictures drawn."""
    return fx.report(sleep, tmp_path_factory.mktemp("report") / "fit.html")


@pytest.fixture(scope="module")
def page(place: Path) -> Element:
    return read_page(place.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _undrawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """Pictures of other pages are not drawn, which takes seconds a page."""
    if "drawn" not in request.keywords:
        nothing = Image("image/png", b"", 1, 1)
        monkeypatch.setattr("formix.reporting.figures.image", lambda draw: nothing)


def _page(fit, folder: Path, **options) -> Element:
    return read_page(fx.report(fit, folder / "fit.html", **options).read_text(encoding="utf-8"))


def test_it_has_every_part_in_its_order(page: Element):
    assert tuple(one.attributes["id"] for one in page.all("section")) == SLUGS
    assert not page.all("p", class_="remark")


def test_headings_do_not_skip_a_level(page: Element):
    levels = [int(one.name[1]) for one in page.all() if re.fullmatch(r"h\d", one.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(page: Element):
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(set(ids)) == len(ids)
    links = [one.attributes["href"] for one in page.all("a")]
    assert links
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_nothing_is_fetched_and_nothing_runs(page: Element):
    assert not page.all("script")
    for one in page.all():
        assert not [name for name in one.attributes if name.startswith("on") or name == "style"]
        for name in ("src", "srcset", "href", "data", "action"):
            assert (one.attributes.get(name) or "data:").startswith(("data:", "#"))


def test_the_formula_and_what_was_fitted_stand_there(page: Element):
    assert page.all("h1")[0].text == "A multilevel model of Reaction"
    assert page.all("p", class_="formula")[0].text == SLEEP
    rows = dict(table(page, "What was fitted").rows())
    assert rows["formula"] == SLEEP
    assert rows["family"] == "gaussian (mu identity)"


def test_estimates_are_those_of_the_summary(page: Element, sleep):
    rows = {row[0]: row[1:] for row in table(page, "Parameters").rows() if len(row) > 1}
    frame = fx.summary(sleep).frame
    for label, address in (("Days", "beta[Days]"), ("sigma", "sigma")):
        for shown, value in zip(rows[label][:4], frame.loc[address].to_numpy()[:4], strict=True):
            assert float(shown) == pytest.approx(value, abs=0.5 * 10.0 ** -_decimals(shown) + 1e-9)
    assert len(rows) == 1 + len(frame)


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def test_group_level_effects_are_those_of_ranef(page: Element, sleep):
    rows = table(page, "Effects of Subject").rows()
    assert rows[0] == ["", "Intercept", "Days"]
    found = fx.ranef(sleep)
    assert [row[0] for row in rows[2:]] == list(map(str, fx.load("sleepstudy")["Subject"].unique()))
    first = next(row for row in rows if row[0] == "308")
    said = np.array(first[1:], dtype=float)
    truth = np.concatenate([found.loc[("Subject", "308", e)] for e in ("Intercept", "Days")])
    np.testing.assert_allclose(said, truth, atol=0.051)


def test_priors_say_where_each_comes_from(page: Element, sleep):
    rows = table(page, "Priors").rows()[1:]
    found = fx.priors(sleep)
    assert rows == [[key, *found.loc[key, ["prior", "origin", "rule"]]] for key in found.index]


def test_the_program_is_the_one_that_runs(page: Element, sleep):
    shown = section(page, "program").all("pre")
    assert shown[0].text == fx.source(sleep).rstrip("\n")
    assert shown[1].text == fx.model(sleep).source_for("marginal").rstrip("\n")


def test_lme4_stands_beside_with_its_own_numbers(page: Element):
    rows = {row[0]: row for row in table(page, "Beside REML by lme4").rows()}
    assert (rows["Days"][3], rows["Days"][-1]) == ("10.47", "Days")
    assert "lmer(Reaction ~ Days + (Days | Subject), data = data)" in section(page, "lme4").text


def test_the_code_it_shows_makes_the_same_draws_again(page: Element, sleep, tmp_path, monkeypatch):
    code, commands = (one.text for one in section(page, "again").all("pre"))
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "again.py", "exec"), {})
    assert read_page((tmp_path / "fit.html").read_text(encoding="utf-8")).all("section")
    again = fx.read(tmp_path / "fit.nc")
    np.testing.assert_array_equal(again.posterior["beta"], sleep["posterior"]["beta"])
    first, second = commands.splitlines()
    assert first.startswith(f"formix fit '{SLEEP}' sleepstudy --engine marginal --draws 500 ")
    assert first.endswith("--seed 1 --keep-groups draws --output fit.nc")
    assert second == "formix report fit.nc"


def test_a_file_opened_in_a_new_process_gives_the_same_page(place: Path, sleep, tmp_path: Path):
    fx.write(sleep, tmp_path / "fit.nc")
    command = [sys.executable, "-m", "formix", "report", "fit.nc"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "fit.html").read_bytes() == place.read_bytes()


def test_rows_left_out_are_counted(tmp_path: Path):
    data = fx.load("sleepstudy")
    data.loc[[0, 5], "Reaction"] = np.nan
    found = section(_page(drawn(SLEEP, data), tmp_path), "data")
    assert "178 rows of data; 2 of 180 rows were left out" in found.text
    rows = {row[0]: row for row in found.all("table")[0].rows()}
    assert rows["Reaction"][1] == "response"
    assert rows["Subject"][1:3] == ["group", "factor"]
    assert found.all("table")[1].rows()[1] == ["Subject", "18", "8", "10", "10"]


def test_pictures_lie_within_the_page_and_are_told_in_words(page: Element, sleep):
    images = page.all("img")
    told = [one.attributes["alt"] for one in images]
    assert len(told) >= 6
    assert len(set(told)) == len(told)
    assert all(told)
    for one in images:
        kind, data = one.attributes["src"].split(";base64,")
        assert kind in ("data:image/svg+xml", "data:image/png")
        if kind.endswith("xml"):
            root = ET.fromstring(base64.b64decode(data))
            assert not [part for part in root.iter() if part.tag.endswith("script")]
    assert [one.text for one in section(page, "checks").all("h3")] == [
        "Predictive check",
        "Variance partition",
    ]


def test_without_matplotlib_the_page_says_so_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("formix.plots.images.plt", None)
    found = _page(sleepstudy(), tmp_path)
    (said,) = (one.text for one in found.all("p", class_="remark") if "Matplotlib" in one.text)
    assert 'pip install "formix[plots]"' in said
    assert not [one for one in found.all("img") if "svg" not in one.attributes["src"]]
    assert "checks" not in [one.attributes["id"] for one in found.all("section")]
    assert "#checks" not in [one.attributes["href"] for one in found.all("a")]


def test_without_graphviz_diagrams_are_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("formix.diagrams.diagram.drawn", lambda _: None)
    fit = sleepstudy()
    found = _page(fit, tmp_path)
    assert not found.all("figure", class_="diagram")
    assert section(found, "data").all("pre")[0].text == str(fx.hierarchy(fit))
    assert section(found, "program").all("pre")[-1].text == str(fx.graph(fit))


def test_a_picture_that_fails_is_missed_and_nothing_else(tmp_path: Path, monkeypatch):
    def broken(draw):
        raise ValueError("no room")

    monkeypatch.setattr("formix.reporting.figures.image", broken)
    found = _page(sleepstudy(), tmp_path)
    faults = [one.text for one in found.all("p", class_="remark")]
    assert len(faults) == 7
    assert set(faults) == {"Picture left out, by a fault of formix: ValueError: no room"}
    assert table(found, "Parameters").rows()


HOSTILE = "<script>alert(1)</script>\"'&"


def test_names_and_levels_are_shown_and_never_obeyed(tmp_path: Path):
    generator = np.random.default_rng(1)
    data = pd.DataFrame(
        {
            HOSTILE: generator.normal(size=24),
            "x</style>": generator.normal(size=24),
            "<img src=x onerror=alert(1)>": np.repeat(["</td>", "<b>", "--><!--", "&amp;"], 6),
        }
    )
    formula = f"`{HOSTILE}` ~ `x</style>` + (1 | `<img src=x onerror=alert(1)>`)"
    found = _page(drawn(formula, data), tmp_path)
    assert not found.all("script")
    assert not [one for one in found.all() if "onerror" in one.attributes]
    assert {one.attributes["src"][:5] for one in found.all("img")} <= {"data:"}
    assert found.all("h1")[0].text == f"A multilevel model of {HOSTILE}"
    assert "<img src=x onerror=alert(1)>" in [row[0] for row in table(found, "The columns").rows()]
    levels = [row[0] for row in table(found, "Effects of <img").rows()]
    assert {"</td>", "<b>", "--><!--", "&amp;"} <= set(levels)


def test_poor_draws_are_said_first_with_what_to_do(tmp_path: Path):
    fit = sleepstudy()
    sigma = fit["posterior"]["sigma"].to_numpy()
    sigma[0] += 50.0
    found = _page(fit, tmp_path)
    (verdict,) = found.all("p", class_="verdict poor")
    assert "should not be relied on" in verdict.text
    said = section(found, "diagnostics").text
    assert "R-hat of sigma is" in said
    assert "fx.extend(fit, draws=240)" in said or "model.fit(draws=240)" in said


CASES = {
    "no groups": ("y ~ x", {}),
    "poisson": ("n ~ x + (1 | g)", {"family": "poisson"}),
    "binomial": ("cbind(k, m - k) ~ x + (1 | g)", {"family": "binomial"}),
    "cumulative": ("o ~ x + (1 | g)", {"family": "cumulative"}),
    "categorical": ("c ~ x + (1 | g)", {"family": "categorical"}),
    "distributional": ("y ~ x + (1 | p | g); sigma ~ x + (1 | p | g)", {}),
    "crossed": ("y ~ f * x + (1 | g) + (x || h)", {"priors": {"sd": "HalfCauchy(1)"}}),
    "horseshoe": ("y ~ x + f", {"priors": {"beta": "Horseshoe(1)"}}),
    "meta-analysis": ("y | se(s) ~ 1 + (1 | g)", {}),
    "censored": ("y | cens(e) ~ x", {}),
}


def _data() -> pd.DataFrame:
    generator = np.random.default_rng(2)
    n = 48
    return pd.DataFrame(
        {
            "y": generator.normal(size=n),
            "x": generator.normal(size=n),
            "n": generator.poisson(3.0, size=n),
            "k": generator.integers(0, 4, size=n),
            "m": 6,
            "s": 0.5,
            "e": np.tile([0, 1], n // 2),
            "o": pd.Categorical(np.tile(["low", "mid", "high"], n // 3), ["low", "mid", "high"],
                                ordered=True),
            "c": np.tile(["a", "b", "c"], n // 3),
            "f": np.tile(["u", "v"], n // 2),
            "g": np.repeat([f"g{i}" for i in range(6)], n // 6),
            "h": np.tile([f"h{i}" for i in range(4)], n // 4),
        }
    )  # fmt: skip


def _case(case: str, folder: Path) -> Element:
    formula, options = CASES[case]
    found = _page(random_fit(fx.Model(formula, _data(), **options), samples=40), folder)
    expected = [slug for slug in SLUGS if slug != "groups" or "|" in formula.split("~")[1]]
    assert [one.attributes["id"] for one in found.all("section")] == expected
    return found


def _remarks(page: Element) -> dict[str, list[str]]:
    parts = {one.attributes["id"]: one.all("p", class_="remark") for one in page.all("section")}
    return {part: [one.text for one in remarks] for part, remarks in parts.items() if remarks}


LEFT_OUT = {
    "categorical": {"checks": ["the variance of categorical responses cannot be parted"]},
}
"""Pictures that a model has not, and why."""


@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_model_has_its_page(case: str, tmp_path: Path):
    remarks = _remarks(_case(case, tmp_path))
    assert remarks.keys() <= {"lme4"}
    assert not [text for text in remarks.get("lme4", ()) if "fault of formix" in text]


@pytest.mark.slow
@pytest.mark.drawn
@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_model_has_its_pictures(case: str, tmp_path: Path):
    found = _case(case, tmp_path)
    remarks = _remarks(found)
    remarks.pop("lme4", None)
    expected = LEFT_OUT.get(case, {})
    assert remarks.keys() == expected.keys()
    for part, reasons in expected.items():
        for text, reason in zip(remarks[part], reasons, strict=True):
            assert reason in text
    assert len(found.all("img")) >= 3


def test_what_a_file_does_not_hold_is_asked_for_where_it_is_needed(tmp_path: Path):
    model = fx.Model("y ~ f(x) + (1 | g)", _data(), functions={"f": np.tanh})
    fit = random_fit(model, samples=40)
    found = _page(fit, tmp_path)
    assert "your function `f`" in section(found, "program").text
    assert table(found, "Parameters").rows()
    given = _page(fit, tmp_path, functions={"f": np.tanh})
    assert section(given, "program").all("pre")
    code = section(given, "again").all("pre")[0].text
    assert 'fx.model(fx.read("fit.nc"), functions=functions)' in code


def test_very_many_levels_are_shortened(tmp_path: Path):
    generator = np.random.default_rng(3)
    data = pd.DataFrame({"y": generator.normal(size=900), "g": np.repeat(np.arange(300), 3)})
    fit = drawn("y ~ 1 + (1 | g)", data, draws=30)
    rows = table(_page(fit, tmp_path), "Effects of g, 300 levels").rows()
    means = fx.ranef(fit).loc["g"]["mean"].to_numpy()
    shown = [row[0] for row in rows if len(row) == 5 and row[0].isdigit()]
    order = [str(level) for level in np.argsort(means)]
    assert shown == [*order[:-16:-1], *order[:15]]


def test_a_fit_that_kept_no_draws_of_effects_has_what_it_kept(tmp_path: Path):
    model = fx.Model(SLEEP, fx.load("sleepstudy"))
    kept = model.sample(seed=1, draws=500, keep_groups="summary")
    rows = table(_page(kept, tmp_path), "Effects of Subject").rows()
    assert rows[1] == ["level", "mean", "sd", "mean", "sd"]
    none = model.sample(seed=1, draws=500, keep_groups="none")
    assert "has kept no draws of `r_Subject`" in section(_page(none, tmp_path), "groups").text


def test_a_title_may_be_given(tmp_path: Path):
    assert _page(sleepstudy(), tmp_path, title="A & B").all("h1")[0].text == "A & B"


def test_an_earlier_page_is_replaced_at_once_or_not_at_all(sleep, tmp_path, monkeypatch):
    place = fx.report(sleep, tmp_path / "fit.html")
    first = place.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(fx.ResultError, match="No space left"):
        fx.report(sleep, place, title="another")
    assert place.read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["fit.html"]


@pytest.mark.parametrize("path", ["fit.pdf", "fit", "", None, 3])
def test_a_place_that_is_no_page_is_refused(sleep, path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(fx.ArgumentError):
        fx.report(sleep, path)
    assert not list(tmp_path.iterdir())


def test_without_a_path_it_says_what_to_type(sleep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(fx.ArgumentError, match=r'needs the path.*\n.*\n.*fx\.report\(fit, "fit'):
        fx.report(sleep)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said(sleep, tmp_path: Path):
    with pytest.raises(fx.ResultError, match="does the folder exist"):
        fx.report(sleep, tmp_path / "nowhere" / "fit.html")


def test_what_is_no_fit_is_refused(tmp_path: Path):
    with pytest.raises(fx.ResultError):
        fx.report(None, tmp_path / "fit.html")
    prior = fx.Model("Reaction ~ Days", fx.load("sleepstudy")).prior(draws=10, seed=1)
    with pytest.raises(fx.ResultError, match="no posterior draws"):
        fx.report(prior, tmp_path / "fit.html")
    assert not list(tmp_path.iterdir())
