"""What travels: the wheel holds what it must, nothing else, and works away from the checkout."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT = 3_000_000


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on the path that holds the wheel's files, as `pip install` lays them."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _python(unpacked: Path, away: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=away,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_pure_python_and_small(wheel: Path):
    assert re.fullmatch(r"formix-[\d.]+-py3-none-any\.whl", wheel.name)
    assert wheel.stat().st_size < LIMIT


@pytest.mark.parametrize(
    "name",
    [
        "formix/py.typed",
        "formix/__init__.pyi",
        "formix/grammar/formula.lark",
        "formix/grammar/prior.lark",
        "formix/grammar/mistakes.toml",
        "formix/grammar/accepted.toml",
        "formix/data/index.toml",
        "formix/data/LICENSES.md",
        "formix/data/lme4/fits.json",
        "formix/reporting/page.css",
        "formix/CITATION.cff",
    ],
)
def test_it_holds(names: set[str], name: str):
    assert name in names


def test_it_holds_every_source_and_every_file_of_data_and_grammar(names: set[str]):
    listed = {
        f"formix/{path.relative_to(folder).as_posix()}"
        for folder in (ROOT / "src" / "formix", ROOT)
        for part in ((".",) if folder != ROOT else ("data", "grammar"))
        for path in (folder / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert listed <= names


def test_it_holds_nothing_else(names: set[str]):
    metadata = {"METADATA", "WHEEL", "RECORD", "entry_points.txt"}
    for name in names:
        folder, _, rest = name.partition("/")
        if folder == "formix":
            assert Path(name).suffix in {
                ".py", ".pyi", ".typed", ".lark", ".toml", ".md", ".csv", ".gz", ".json", ".R",
                ".css", ".cff",
            }, name  # fmt: skip
            assert not any(part.startswith(".") for part in Path(name).parts), name
        else:
            assert re.fullmatch(r"formix-[\d.]+\.dist-info", folder), name
            assert rest in metadata or rest.startswith("licenses/"), name


def test_its_metadata(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = email.message_from_string(archive.read(name).decode("utf-8"))
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE", "data/LICENSES.md"]
    assert metadata["Requires-Python"] == ">=3.11"
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert needed
    for requirement in needed:
        assert ">=" in requirement or requirement.startswith("matplotlib<"), requirement
    markers = [re.sub(r"\s", "", line) for line in needed if line.startswith("arviz")]
    old, new = sorted(markers)
    assert re.fullmatch(r"arviz<1,>=0\.\d+;python_version<'3\.12'", old)
    assert re.fullmatch(r"arviz<2,>=1\.\d+;python_version>='3\.12'", new)


def test_it_works_away_from_the_checkout(unpacked: Path, tmp_path: Path):
    script = (
        "import pathlib, formix as fx\n"
        "print(pathlib.Path(fx.__file__).parent)\n"
        "print(fx.load('InstEval').shape, fx.load('cake').shape, len(fx.datasets()))\n"
        "model = fx.Model('Reaction ~ Days + (Days | Subject)', fx.load('sleepstudy'))\n"
        "print(model.design.X.shape)\n"
    )
    run = _python(unpacked, tmp_path, "-c", script)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == [
        str(unpacked / "formix"),
        "(73421, 7) (270, 5) 11",
        "(180, 2)",
    ]


def test_its_command_works_away_from_the_checkout(unpacked: Path, tmp_path: Path):
    run = _python(unpacked, tmp_path, "-m", "formix", "explain", "Yield ~ (1 | Batch)", "Dyestuff")
    assert run.returncode == 0, run.stderr
    assert "Batch" in run.stdout
    assert not list(tmp_path.iterdir())


def test_its_command_is_an_entry_point(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
        text = archive.read(name).decode("utf-8")
    assert text.split() == ["[console_scripts]", "formix", "=", "formix.cli:main"]
