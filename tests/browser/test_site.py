"""The site as a browser shows it: links lead somewhere, pages are whole, quiet, and fit.

It is built beforehand, and named by `FORMIX_SITE`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

WIDTHS = (1280, 375)

LOOKED_AT = (
    "index",
    "start/five_minutes",
    "course/01_why",
    "course/02_pooling",
    "course/03_aspirin",
    "course/04_sleepstudy",
    "course/05_sleep_trial",
    "course/06_random_effects",
    "course/07_variances",
    "course/08_glmms",
    "course/09_nested_crossed",
    "course/10_priors",
    "course/11_when_it_pays",
    "from/brms",
    "from/lme4",
    "reference/made/language",
    "reference/engines",
    "reference/extending",
    "reference/made/api/formix.Model",
    "families/gamma",
)

DRAWN = """async () => {
    const images = [...document.images];
    await Promise.all(images.map(one => one.decode().catch(() => null)));
    return images.filter(one => !one.naturalWidth).map(one => one.src);
}"""

FLAT = """() => [...document.querySelectorAll("math, svg.railroad-diagram")]
    .filter(one => one.getBoundingClientRect().height < 4)
    .map(one => one.outerHTML.slice(0, 80))"""

WIDE = """() => [document.documentElement, ...document.querySelectorAll("main, main div, article")]
    .filter(one => one === document.documentElement || one.querySelector("section"))
    .filter(one => one.scrollWidth > one.clientWidth + 1)
    .map(one => one.className || one.tagName)"""
"""What holds sections and is wider than it shows: the theme scrolls it, or hides the rest."""


@pytest.fixture(scope="module")
def site() -> Path:
    """The folder of the site."""
    if "FORMIX_SITE" not in os.environ:
        pytest.skip("FORMIX_SITE does not name a site: sphinx-build -W docs SITE")
    return Path(os.environ["FORMIX_SITE"])


class Anchors(HTMLParser):
    """What a page links to, and where it can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.names |= {value for key in ("id", "name") if (value := found.get(key))}
        self.links |= {value for key in ("href", "src") if (value := found.get(key))}


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Anchors]:
    """Every page, read."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        if "_static" in path.parts:
            continue
        found[path] = Anchors()
        found[path].feed(path.read_text(encoding="utf-8"))
    return found


def test_links_lead_somewhere(site: Path, pages: dict[Path, Anchors]):
    astray = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("#"):
                continue
            place, fragment = urldefrag(link)
            target = (path.parent / unquote(urlsplit(place).path)).resolve()
            names = pages[target].names if target in pages else {fragment}
            if not target.exists() or (fragment and unquote(fragment) not in names):
                astray.append((path.relative_to(site), link))
    assert len(pages) > 100
    assert not astray


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Anchors]):
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for start in ('src="http', "src='http", 'src="//', "url(http", '@import "http'):
            assert start not in text, (path, start)


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def base(site: Path) -> Iterator[str]:
    """The address at which the site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(browser, base: str, request: pytest.FixtureRequest):
    """A page of a width; what it asked for elsewhere, and what its console said."""
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    said: list[str] = []
    page.on(
        "console",
        lambda message: message.type in ("error", "warning") and said.append(message.text),
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request",
        lambda wanted: wanted.url.startswith((base, "data:")) or said.append(wanted.url),
    )
    yield page, said
    page.close()


@pytest.mark.parametrize("opened", WIDTHS, indirect=True)
def test_pages_are_whole(opened, base: str):
    page, said = opened
    for name in LOOKED_AT:
        page.goto(f"{base}/{name}.html", wait_until="load")
        assert page.evaluate(DRAWN) == [], name
        assert page.evaluate(FLAT) == [], name
        assert page.evaluate(WIDE) == [], name
        assert said == [], name


@pytest.mark.parametrize("opened", WIDTHS[:1], indirect=True)
def test_search_finds(opened, base: str):
    page, said = opened
    page.goto(f"{base}/search.html?q=shrinkage", wait_until="load")
    page.wait_for_selector("#search-results li a", timeout=20_000)
    assert "sleepstudy" in page.inner_html("#search-results")
    assert said == []


@pytest.mark.parametrize("opened", WIDTHS[:1], indirect=True)
def test_formulas_are_drawn(opened, base: str):
    page, _ = opened
    page.goto(f"{base}/course/02_pooling.html", wait_until="load")
    assert page.locator("math").count() > 5
    assert page.locator("math merror").count() == 0
