"""Pages that are made when the site is built: the language, its errors, the changelog."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from extensions.errors_page import errors_page
from extensions.language_page import language_page

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
MADE = ROOT / "docs" / "reference" / "made"


def _changelog() -> str:
    """Return the changelog, with what the next version has in front."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    kinds = {"feature": "New", "change": "Changed", "fix": "Mended", "removal": "Gone"}
    parts = ["## The next version\n"]
    for kind, title in kinds.items():
        entries = sorted((ROOT / "changelog.d").glob(f"*.{kind}.md"))
        if entries:
            parts.append(f"### {title}\n")
            parts += [f"- {entry.read_text(encoding='utf-8').strip()}" for entry in entries]
            parts.append("")
    rest = text.partition("\n## ")[2]
    return "\n".join(["# Changelog\n", *parts, f"## {rest}" if rest else "", ""])


PAGES = {"language": language_page, "errors": errors_page, "changelog": _changelog}


def write(*_: object) -> None:
    """Write every page, unless it stands there as it would be written."""
    MADE.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        path, text = MADE / f"{name}.md", make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages before Sphinx looks for pages."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
