"""What lies beside the sources: fragments of the changelog, and nothing of anyone's machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

FRAGMENT = re.compile(r"(\d+|\+[a-z0-9-]+)\.(feature|change|fix|removal)\.md")


def _tracked(root: Path) -> list[Path]:
    if not (root / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return [root / name for name in listed.stdout.split("\0") if name]


def test_changelog_fragments_are_one_sentence_of_a_known_type(root: Path):
    fragments = [path for path in (root / "changelog.d").iterdir() if path.suffix == ".md"]
    for path in fragments:
        assert FRAGMENT.fullmatch(path.name), path.name
        text = path.read_text(encoding="utf-8").strip()
        assert text.endswith("."), path.name
        assert "\n\n" not in text, path.name


def test_there_is_something_to_announce(root: Path):
    fragments = list((root / "changelog.d").glob("*.md"))
    released = "\n## " in (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert fragments or released


def test_no_file_names_a_machine(root: Path):
    found = []
    for path in _tracked(root):
        if path.suffix in {".gz", ".png"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        if re.search(r"/work/|/tmp/v/|/root/|/home/\w|localhost:\d", text):
            found.append(path.relative_to(root).as_posix())
    assert not found


def test_there_are_no_links(root: Path):
    assert not [path for path in _tracked(root) if path.is_symlink()]


def test_the_grammar_and_the_data_are_ascii_named(root: Path):
    for folder in ("grammar", "data"):
        names = [path.name for path in (root / folder).rglob("*")]
        assert names
        assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", name) for name in names)
