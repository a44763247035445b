"""The pages of `docs/`: their Python runs from top to bottom, and their links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.glob("**/*.md"))
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")
COMMENT = re.compile(r"^print\((.*?)\)  # (Reaction .*)$", re.MULTILINE)


def test_there_are_pages():
    assert PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_runs(page: Path, capsys: pytest.CaptureFixture[str]):
    text = page.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    assert blocks
    exec(compile("\n".join(blocks), page.name, "exec"), {"__name__": page.stem})
    printed = capsys.readouterr().out.splitlines()
    for _, line in COMMENT.findall("\n".join(blocks)):
        assert line in printed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


def test_pages_of_families_are_as_their_values_say():
    writer = [sys.executable, str(DOCS / "make_families.py"), "--check"]
    done = subprocess.run(writer, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
