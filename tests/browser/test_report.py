"""The report as a browser shows it: whole, quiet, and as wide as the screen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fit_at import random_fit
from made_fits import drawn

import formix as fx

WIDTHS = {"phone": 375, "desktop": 1280}

WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 0.5)
    .filter(one => !one.closest(".scroll, pre"))
    .map(one => one.outerHTML.slice(0, 80))"""

DRAWN = """async () => {
    const images = [...document.images];
    await Promise.all(images.map(one => one.decode().catch(() => null)));
    return images.map(one => [one.alt, one.naturalWidth, one.getBoundingClientRect().height]);
}"""


def _sleep():
    return fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy")).sample(
        seed=1, draws=500
    )


def _hostile():
    """A fit whose every name and label would be markup or a script, were it not escaped."""
    generator = np.random.default_rng(1)
    data = pd.DataFrame(
        {
            "<script>document.title = 'obeyed'</script>": generator.normal(size=60),
            "x" * 150: generator.normal(size=60),
            "<img src=https://example.org/x.png>": np.repeat(
                ["</td></table>", "<style>* {display: none}</style>", "</script>", "&", "y" * 99],
                12,
            ),
        }
    )
    y, x, g = (f"`{name}`" for name in data)
    return drawn(f"{y} ~ {x} + ({x} | {g})", data)


def _ordinal():
    generator = np.random.default_rng(2)
    data = pd.DataFrame(
        {
            "o": pd.Categorical(generator.choice(["low", "mid", "high"], 60), ordered=True),
            "f": np.tile(["u", "v", "w"], 20),
            "g": np.repeat(np.arange(12), 5),
        }
    )
    return random_fit(fx.Model("o ~ f + (1 | g)", data, "cumulative"), samples=40)


FITS = {"sleepstudy": _sleep, "hostile": _hostile, "ordinal": _ordinal}


@pytest.fixture(scope="module", params=FITS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a fit."""
    return fx.report(FITS[request.param](), tmp_path_factory.mktemp("report") / "fit.html")


@pytest.fixture(params=WIDTHS)
def opened(browser, place: Path, request: pytest.FixtureRequest):
    """The page as opened at a width; what it asked for, and what the console said."""
    page = browser.new_page(viewport={"width": WIDTHS[request.param], "height": 800})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda wanted: asked.append(wanted.url))
    page.goto(place.as_uri(), wait_until="load")
    yield page, said, asked
    page.close()


def test_it_is_shown_as_a_page_should_be(opened, place: Path):
    """One look at each page and width, as a browser takes long to open."""
    page, said, asked = opened
    images = page.evaluate(DRAWN)
    assert images
    assert not [one for one in images if not (one[0] and one[1] > 0 and one[2] > 20)]
    # Contents of the page itself come from `data:`.
    assert [url for url in asked if not url.startswith("data:")] == [place.as_uri()]
    assert not said
    assert page.title() != "obeyed"
    width = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    assert not page.evaluate(WIDE)
    assert page.locator("h1").count() == 1
    assert page.locator("h1").is_visible()
    assert page.locator("h2").count() == page.locator("nav a").count() >= 9


def test_its_contents_lead_to_its_parts(opened):
    page, _, _ = opened
    for link in page.locator("nav a").all():
        link.click()
        target = page.locator(f"section{link.get_attribute('href')}")
        assert target.locator("h2").inner_text() == link.inner_text()
        assert target.locator("h2").is_visible()


def test_a_script_within_would_not_run(browser, place: Path, tmp_path: Path):
    """What the policy forbids stays undone even if markup came in."""
    text = place.read_text(encoding="utf-8")
    name = "document.title = 'obeyed'"
    inner = f'<script>{name}</script><img src=x onerror="{name}">'
    (tmp_path / "bad.html").write_text(text.replace("<main>", f"<main>{inner}"), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "bad.html").as_uri(), wait_until="load")
    assert page.title() != "obeyed"
    page.close()
