"""The commands, as they are typed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import xarray as xr
from typer.testing import CliRunner, Result

import formix as fx
from formix.cli import app
from formix.plots.images import Image

SLEEP = "Reaction ~ Days + (Days | Subject)"
QUICK = ["--draws", "8", "--warmup", "8", "--chains", "1", "--seed", "1", "--engine", "nuts"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def _printed(*arguments: str) -> str:
    result = _run(*arguments)
    assert result.exit_code == 0, result.output
    assert not result.stderr
    return result.stdout


def _refused(*arguments: str) -> str:
    result = _run(*arguments)
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert "Traceback" not in result.stderr
    return result.stderr


def test_version():
    assert _printed("--version") == f"formix {fx.__version__}\n"


def test_help_names_every_command():
    text = _printed("--help")
    for command in ("fit", "explain", "source", "report", "datasets", "cache"):
        assert re.search(rf"\b{command}\b", text)


@pytest.mark.parametrize("command", ["fit", "explain", "source"])
def test_help_of_a_command_names_its_options(command: str):
    text = _printed(command, "--help")
    wanted = ["FORMULA", "DATA", "--family", "--prior", "--priors", "--contrasts"]
    wanted += ["--engine", "--draws", "--warmup", "--chains", "--seed", "--output", "--quiet"] * (
        command == "fit"
    )
    assert not [word for word in wanted if word not in text]


def test_explain_shows_the_model_and_its_design():
    text = _printed("explain", SLEEP, "sleepstudy")
    model = fx.Model(SLEEP, fx.load("sleepstudy"))
    assert text.startswith(str(model))
    assert "columns of Z: (1 + Days | Subject)" in text
    assert "levels of Subject: 18" in text


def test_a_family_is_named():
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    for command, words in (
        ("explain", ("binomial (mu logit)", "trials from 2 to 34")),
        ("source", ("dist.Binomial(trials, logits=eta)",)),
    ):
        text = _printed(command, formula, "cbpp", "--family", "binomial")
        assert not [word for word in words if word not in text]


def test_a_family_refuses_what_its_response_cannot_be():
    text = _refused("fit", "Reaction ~ Days", "sleepstudy", "--family", "poisson")
    assert "a poisson response is a whole number of at least 0" in text
    assert "^" in text


def test_explain_tells_the_rows_left_out():
    Path("mine.csv").write_text("y,x\n1,2\n3,NA\n5,7\n2,3\n", encoding="utf-8")
    text = _printed("explain", "y ~ x", "mine.csv")
    assert "3 rows" in text
    assert re.search(r"1 (row|of 4 rows)", text)


def test_explain_works_for_what_cannot_be_fitted_yet():
    text = _printed("explain", "Reaction ~ Days; sigma ~ Days", "sleepstudy")
    assert "columns of X of sigma: 1 + Days" in text


def test_source_prints_the_program_and_nothing_else():
    text = _printed("source", SLEEP, "sleepstudy")
    assert text == fx.Model(SLEEP, fx.load("sleepstudy")).source
    compile(text, "source", "exec")


def test_priors_are_taken_by_name_and_by_set():
    own = ("--prior", "sd_Subject=HalfCauchy(5)", "-p", "sigma^2=InverseGamma(2, 1)")
    text = _printed("explain", SLEEP, "sleepstudy", "--priors", "brms", *own)
    assert re.search(r"sd_Subject\S* +~ HalfCauchy\(5\)", text)
    assert re.search(r"sigma\^2 +~ InverseGamma\(2, 1\)", text)
    assert re.search(r"beta\[Days\] +~ Flat\(\)", text)


def test_contrasts_are_taken_by_column():
    text = _printed(
        "explain", "angle ~ recipe + (1 | replicate)", "cake", "--contrasts", "recipe=sum"
    )
    columns = fx.Model(
        "angle ~ recipe + (1 | replicate)", fx.load("cake"), contrasts={"recipe": "sum"}
    ).design.columns
    assert all(column in text for column in columns)
    assert re.search(r"-1 +0 +1", text)


def test_datasets_lists_all_with_their_columns():
    text = _printed("datasets")
    for name, row in fx.datasets().iterrows():
        assert f"{name}: {row['title']}" in text
        assert f"{row['rows']} rows: {row['columns']}" in text
        assert f"{row['source']} ({row['licence']})" in text


def test_a_meta_analysis_is_fitted_from_the_command_line():
    result = _run("fit", "y | se(sd) ~ 1 + (1 | study)", "aspirin", "--seed", "1")
    assert result.exit_code == 0, result.output
    assert "known    standard errors from 0.9 to 2.34, in place of sigma" in result.stdout
    assert "4 chains of 1000 draws by marginal" in result.stdout
    assert re.search(r"sd\(Intercept\) +1\.\d", result.stdout)
    assert re.search(r"\n +Intercept +1\.\d", result.stdout)
    assert "sigma " not in result.stdout.partition("Draws:")[2]


def test_fit_prints_the_model_and_the_summary_and_writes_the_draws():
    result = _run("fit", "Yield ~ 1 + (1 | Batch)", "Dyestuff", *QUICK)
    assert result.exit_code == 0, result.output
    model = fx.Model("Yield ~ 1 + (1 | Batch)", fx.load("Dyestuff"))
    assert result.stdout.startswith(str(model))
    assert result.stdout.endswith("written to Dyestuff.nc\n")
    # Eight draws are too few to be trusted, and that is said once, on the other stream.
    assert result.stderr.startswith("ConvergenceWarning: ")
    assert "draw more: --draws " in result.stderr
    with xr.open_datatree("Dyestuff.nc", engine="h5netcdf") as tree:
        assert tree["posterior"]["beta"].sizes == {"chain": 1, "draw": 8, "coef": 1}
    summary = str(fx.summary(fx.read("Dyestuff.nc")))
    assert summary in result.stdout


def test_group_level_effects_are_kept_as_told_or_as_there_is_room(monkeypatch: pytest.MonkeyPatch):
    command = ("fit", "Yield ~ 1 + (1 | Batch)", "Dyestuff", *QUICK)
    result = _run(*command, "--keep-groups", "summary", "--out", "asked.nc")
    assert result.exit_code == 0, result.output
    assert "note: " not in result.stdout
    monkeypatch.setattr("formix.fitting.MOST_EFFECTS", 10)
    result = _run(*command, "--output", "long.nc")
    assert "\nnote: the draws of `r_Batch` would be 48 numbers, more than 10: " in result.stdout
    for name in ("asked.nc", "long.nc"):
        fit = fx.read(name)
        assert "r_Batch" not in fit.posterior
        assert fx.ranef(fit).columns.tolist() == ["mean", "sd"]
    result = _run(*command, "--keep-groups", "all", "--output", "none.nc")
    assert result.exit_code == 2
    assert "`all` cannot be kept" in result.stderr
    assert not Path("none.nc").exists()


def test_a_seed_makes_a_fit_repeatable_and_quiet_prints_nothing():
    command = ("fit", "Yield ~ 1 + (1 | Batch)", "Dyestuff", *QUICK, "--quiet")
    for name in ("one.nc", "two.nc"):
        result = _run(*command, "--output", name)
        assert result.exit_code == 0, result.output
        assert not result.stdout
    one, two = (fx.read(name).posterior["beta"].to_numpy() for name in ("one.nc", "two.nc"))
    assert (one == two).all()
    assert sorted(path.name for path in Path().iterdir()) == ["one.nc", "two.nc"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Reaction ~ Dayz", "sleepstudy"), "Reaction ~ Dayz\n               ^~~~"),
        (("Reaction ~ Days Subject", "sleepstudy"), "^"),
        (("Reaction ~ Days", "sleepstudi"), "did you mean `sleepstudy`?"),
        (("Reaction ~ Days", "gone.csv"), "there is no file `gone.csv`"),
        (("Reaction ~ Days", "sleepstudy", "--prior", "bata=Normal(0, 1)"), "bata"),
        (("Reaction ~ Days", "sleepstudy", "--prior", "sigma=Normal(0, 1)"), "sigma"),
        (("Reaction ~ Days", "sleepstudy", "--prior", "sigma"), "NAME=TEXT"),
        (("Reaction ~ Days", "sleepstudy", "--priors", "vague"), "vague"),
        (("Reaction ~ Days", "sleepstudy", "--family", "gausian"), "gausian"),
    ],
)
@pytest.mark.parametrize("command", ["fit", "explain", "source"])
def test_what_is_wrong_is_said_without_a_traceback(
    command: str, arguments: tuple[str, ...], said: str
):
    assert said in _refused(command, *arguments)
    assert not list(Path().iterdir())


def test_an_error_is_printed_as_it_prints_itself():
    with pytest.raises(fx.UnknownColumnError) as caught:
        fx.Model("Reaction ~ Dayz", fx.load("sleepstudy"))
    assert (
        _refused("fit", "Reaction ~ Dayz", "sleepstudy") == f"UnknownColumnError: {caught.value}\n"
    )


def test_what_cannot_be_fitted_yet_is_refused_before_anything_is_written():
    text = _refused("fit", "Reaction ~ Days; nu ~ Days", "sleepstudy")
    assert "`nu` is not a parameter of gaussian" in text
    assert "^" in text
    assert not list(Path().iterdir())


def test_an_unknown_engine_is_refused():
    assert "there is no engine 'gibbs'" in _refused("fit", SLEEP, "sleepstudy", "--engine", "gibbs")
    assert not list(Path().iterdir())


def test_a_place_that_cannot_be_written_is_refused_before_the_fit():
    assert "there is no folder" in _refused(
        "fit", SLEEP, "sleepstudy", "--output", "nowhere/fit.nc"
    )


@pytest.mark.parametrize("option", ["--draws", "--warmup", "--chains"])
def test_numbers_must_be_positive(option: str):
    assert option in _refused("fit", SLEEP, "sleepstudy", option, "0")


def test_cache_clear_says_what_it_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kept = tmp_path / "cache" / "formix" / "jax-0"
    kept.mkdir(parents=True)
    (kept / "program").write_bytes(b"0" * 2_500_000)
    assert _printed("cache", "clear") == "deleted 2.5 MB\n"
    assert not (tmp_path / "cache" / "formix").exists()
    assert _printed("cache", "clear") == "deleted 0.0 MB\n"


def test_a_negative_seed_is_refused_before_anything_is_printed():
    assert "--seed" in _refused("fit", SLEEP, "sleepstudy", "--seed", "-1")


def test_an_unknown_set_of_priors_is_met_with_those_there_are():
    text = _refused("explain", SLEEP, "sleepstudy", "--priors", "x")
    assert "brms" in text
    assert "dict" not in text


def test_semicolons_are_told():
    Path("mine.csv").write_text("y;x\n1,5;2\n3,1;4\n", encoding="utf-8")
    assert "semicolons" in _refused("explain", "y ~ x", "mine.csv")


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of a fit."""
    model = fx.Model("Yield ~ 1 + (1 | Batch)", fx.load("Dyestuff"))
    place = tmp_path_factory.mktemp("fitted") / "dye.nc"
    return fx.write(model.sample(seed=1, draws=500), place)


def test_a_report_lies_beside_its_fit_and_replaces_none(
    fitted: Path, monkeypatch: pytest.MonkeyPatch
):
    nothing = Image("image/png", b"", 1, 1)
    monkeypatch.setattr("formix.reporting.figures.image", lambda draw: nothing)
    place = shutil.copy(fitted, "dye.nc")
    assert _printed("report", place) == "written to dye.html\n"
    first = Path("dye.html").read_bytes()
    assert b'fx.read("dye.nc")' not in first
    assert b"formix report dye.nc" in first
    assert _printed("report", place, "--title", "Another") == "written to dye-2.html\n"
    assert Path("dye.html").read_bytes() == first
    assert b"<h1>Another</h1>" in Path("dye-2.html").read_bytes()
    assert _printed("report", place, "--output", "dye.html", "--title", "New") == (
        "written to dye.html\n"
    )
    assert b"<h1>New</h1>" in Path("dye.html").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gone.nc",), "there is no file `gone.nc`"),
        (("broken.nc",), "is not a NetCDF file, or is not whole"),
        (("FIT", "-o", "page.pdf"), "name it `page.html`"),
        (("FIT", "-o", "nowhere/page.html"), "there is no folder `nowhere`"),
    ],
)
def test_a_report_that_cannot_be_made_writes_nothing(
    arguments: tuple[str, ...], said: str, fitted: Path
):
    Path("broken.nc").write_bytes(b"CDF broken")
    given = [str(fitted) if word == "FIT" else word for word in arguments]
    assert said in _refused("report", *given)
    assert [path.name for path in Path().iterdir()] == ["broken.nc"]


def test_help_of_report_shows_an_example():
    text = _printed("report", "--help")
    assert "formix report sleepstudy.nc --output sleepstudy.html" in text
    assert all(word in text for word in ("FIT", "--output", "--title"))
