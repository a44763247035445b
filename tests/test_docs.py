"""The pages of `docs/`: their Python runs from top to bottom, and their links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import formix as fx
from formix.families import FAMILIES

DOCS = Path(__file__).parents[1] / "docs"
MADE = DOCS / "reference" / "made"
PAGES = sorted(page for page in DOCS.glob("**/*.md") if MADE not in page.parents)
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""Code that stands in a page as text; cells are run, and shown with what they print, by Sphinx."""
LINK = re.compile(r"\]\(([^)#:]+)\)")
CODED = [page for page in PAGES if BLOCK.search(page.read_text(encoding="utf-8"))]


def test_there_are_pages():
    assert len(CODED) > 30


@pytest.mark.parametrize("page", CODED, ids=lambda page: page.stem)
def test_code_runs(page: Path):
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    exec(compile("\n".join(blocks), page.name, "exec"), {"__name__": page.stem})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        # Pages that are made with the site are checked there.
        assert "made/" in link or (page.parent / link).exists(), link


def test_every_public_name_has_its_place_in_the_reference():
    told = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^   formix\.(\w+)$", told, re.MULTILINE)
    families = {family.name for family in FAMILIES}
    assert sorted(listed) == sorted(set(fx.__all__) - families)


def test_pages_of_families_are_as_their_values_say():
    writer = [sys.executable, str(DOCS / "make_families.py"), "--check"]
    done = subprocess.run(writer, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
