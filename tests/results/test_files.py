"""Files hold a whole result or nothing, and say what is wrong with them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from made_fits import drawn, make

import formix as fx
from formix.errors import ResultError
from formix.results import inference_data
from formix.results.files import NETCDF, read_groups, write_groups
from formix.results.groups import Groups, opened
from formix.results.inference import ARVIZ_1

ENDINGS = [".nc", ".zarr"]


def names(folder):
    return [path.name for path in folder.iterdir()]


def same(found, given):
    assert set(found.datasets) == set(given.datasets)
    for name, dataset in given.datasets.items():
        xr.testing.assert_identical(found[name], dataset)
    assert found.attributes == given.attributes


@pytest.fixture(scope="module")
def odd():
    """A fit whose every name is hard on some format."""
    n = 24
    rng = np.random.default_rng(1)
    data = {
        "y/n": rng.normal(size=n),
        "größe": rng.normal(size=n),
        "obs": np.repeat(["a/b", "é", "e\u0301", "日本"], 6),
        "coef": np.tile([1.0, 2.0, 3.0], 8),
        "x" * 300: rng.normal(size=n),
        "chain": np.tile([True, False], 12),
        "Intercept": rng.normal(size=n),
        "a b": rng.normal(size=n),
    }
    text = f"`y/n` ~ größe + {'x' * 300} + `a b` + Intercept + (größe | obs) + (1 | coef:chain)"
    return drawn(text, data, draws=8)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_result_comes_back_whole(made, tmp_path, ending):
    same(read_groups(write_groups(made.groups, tmp_path / f"fit{ending}")), made.groups)


@pytest.mark.parametrize("ending", ENDINGS)
def test_odd_names_come_back_whole(odd, tmp_path, ending):
    found = read_groups(write_groups(odd, tmp_path / f"fit{ending}"))
    same(found, odd)
    assert found["posterior"]["coef"].to_numpy().tolist() == [
        "Intercept", "größe", "x" * 300, "`a b`", "`Intercept`",
    ]  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_new_process_rebuilds_the_model(odd, tmp_path, ending):
    path = write_groups(odd, tmp_path / f"fit{ending}")
    script = (
        "import sys, warnings; warnings.simplefilter('error')\n"
        "import formix as fx, formix.results.container\n"
        "fit = fx.read(sys.argv[1])\n"
        "model = fx.model(fit)\n"
        "print(model.spec.text.encode())\n"
        "print(model.design.columns == tuple(fx.fixef(fit).index))\n"
        "print(len(fx.ranef(fit)), len(fx.coef(fit)), len(fx.varcorr(fit)))\n"
        "print(fx.source(fit) == model.source)\n"
        "print('numpyro' in sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    formula, columns, counts, source, _ = run.stdout.splitlines()
    assert formula == repr(odd.attributes["formula"].encode())
    assert columns == "True"
    # Four levels and six combinations; of five coefficients each; three sds, a correlation, sigma.
    assert counts == "14 50 5"
    assert source == "True"


@pytest.mark.parametrize("ending", ENDINGS)
def test_arvizs_own_readers_open_what_is_written(made, tmp_path, ending):
    az = pytest.importorskip("arviz")
    path = write_groups(made.groups, tmp_path / f"fit{ending}")
    if ending == ".nc":
        fit = az.from_netcdf(str(path))
    elif ARVIZ_1:
        fit = az.from_zarr(path)
    else:
        # ArviZ 0.x reads no zarr 3, and points to xarray.
        fit = xr.open_datatree(path, engine="zarr")
    found = opened(fit)
    for name, dataset in made.groups.datasets.items():
        assert found[name].equals(dataset)
    assert fx.fixef(fit).equals(fx.fixef(made.groups))
    assert fx.ranef(fit).equals(fx.ranef(made.groups))


def test_what_arviz_writes_is_read(made, tmp_path):
    fit = inference_data(made.groups)
    fit.to_netcdf(tmp_path / "fit.nc")
    same(read_groups(tmp_path / "fit.nc"), made.groups)


@pytest.mark.parametrize("ending", NETCDF)
def test_every_ending_of_netcdf(made, tmp_path, ending):
    path = write_groups(made.groups, tmp_path / f"fit{ending.upper()}")
    assert path.read_bytes()[:4] == b"\x89HDF"
    assert read_groups(path).attributes == made.groups.attributes


@pytest.mark.parametrize("ending", ENDINGS)
def test_writing_over_an_older_fit_replaces_it(made, tmp_path, ending):
    path = tmp_path / f"fit{ending}"
    write_groups(make(draws=5).groups, path)
    write_groups(made.groups, path)
    same(read_groups(path), made.groups)
    assert names(tmp_path) == [path.name]


def test_a_fit_that_is_open_can_be_written_over_itself(made, tmp_path):
    path = write_groups(made.groups, tmp_path / "fit.nc")
    with xr.open_datatree(path, engine="h5netcdf") as lazy:
        fx.write(lazy, path)
    same(read_groups(path), made.groups)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, RuntimeError])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_writing_that_stops_leaves_what_was_there(made, tmp_path, monkeypatch, ending, error):
    path = tmp_path / f"fit{ending}"
    write_groups(made.groups, path)

    def broken(tree, place, **options):
        Path(place).mkdir() if ending == ".zarr" else Path(place).write_bytes(b"half")
        raise error

    monkeypatch.setattr(xr.DataTree, "to_netcdf", broken)
    monkeypatch.setattr(xr.DataTree, "to_zarr", broken)
    with pytest.raises(ResultError if error is OSError else error):
        write_groups(make(draws=5).groups, path)
    with pytest.raises(ResultError if error is OSError else error):
        write_groups(made.groups, tmp_path / f"new{ending}")
    assert names(tmp_path) == [path.name]
    same(read_groups(path), made.groups)


@pytest.mark.parametrize("name", ["fit.csv", "fit", "fit.nc.txt", ".nc"])
def test_an_ending_of_neither_format_is_refused(made, tmp_path, name):
    with pytest.raises(ResultError, match="from its ending how to write"):
        write_groups(made.groups, tmp_path / name)
    assert not names(tmp_path)


def test_a_place_that_cannot_be_written_is_refused(made, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "no" / "fit.nc", tmp_path / "file" / "fit.nc"):
        with pytest.raises(ResultError, match="cannot write"):
            write_groups(made.groups, place)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_folder_of_something_else_is_not_replaced(made, tmp_path, ending):
    place = tmp_path / f"work{ending}"
    place.mkdir()
    (place / "thesis.txt").write_bytes(b"years")
    with pytest.raises(ResultError, match="a folder that holds something else"):
        write_groups(made.groups, place)
    assert (place / "thesis.txt").read_bytes() == b"years"


def test_a_file_that_is_not_there(tmp_path, made):
    with pytest.raises(ResultError, match="there is no file") as caught:
        read_groups(tmp_path / "fit.nc")
    assert "holds no fit" in caught.value.hint
    write_groups(made.groups, tmp_path / "other.nc")
    with pytest.raises(ResultError) as caught:
        read_groups(tmp_path / "fit.nc")
    assert "other.nc" in caught.value.hint
    with pytest.raises(ResultError) as caught:
        read_groups(tmp_path / "no" / "fit.nc")
    assert "no folder" in caught.value.hint


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_file_cut_short_is_refused(made, tmp_path, share):
    whole = write_groups(made.groups, tmp_path / "fit.nc").read_bytes()
    cut = tmp_path / "cut.nc"
    cut.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ResultError, match=r"`.*cut\.nc` is not a NetCDF file, or is not whole"):
        read_groups(cut)


def test_a_store_without_some_of_its_files_is_refused_or_empty(made, tmp_path):
    place = write_groups(made.groups, tmp_path / "fit.zarr")
    (place / "zarr.json").unlink()
    with pytest.raises(ResultError, match="is not a zarr store, or is not whole"):
        read_groups(place)


@pytest.mark.parametrize(
    "content", [b"", b"y,x\n1,2\n", b"\x89HDF\r\n\x1a\n", b"CDF\x01" + b"\0" * 99]
)
def test_other_files_are_refused(tmp_path, content):
    place = tmp_path / "fit.nc"
    place.write_bytes(content)
    with pytest.raises(ResultError):
        read_groups(place)


def test_files_of_others_are_told_from_ours(tmp_path):
    place = tmp_path / "other.nc"
    xr.Dataset({"x": ("t", [1.0, 2.0])}).to_netcdf(place, engine="h5netcdf")
    with pytest.raises(ResultError, match="was not made by formix"):
        read_groups(place)


def test_an_empty_folder_is_no_store(tmp_path):
    with pytest.raises(ResultError, match="is not a zarr store"):
        read_groups(tmp_path)


def test_a_store_that_would_run_code_is_not_opened(tmp_path, made):
    """numcodecs unpickles what an array of zarr's second format says is pickled."""
    place = write_groups(made.groups, tmp_path / "fit.zarr")
    metadata = place / "posterior" / ".zarray"
    metadata.write_text('{"filters": [{"id": "pickle"}]}', encoding="utf-8")
    with pytest.raises(ResultError, match="pickled objects, which can run any code"):
        read_groups(place)


def test_arviz_is_not_imported(tmp_path, made):
    path = write_groups(made.groups, tmp_path / "fit.nc")
    script = (
        "import sys\n"
        "from formix.results.files import read_groups, write_groups\n"
        "write_groups(read_groups(sys.argv[1]), sys.argv[1])\n"
        "print(*(name for name in ('arviz', 'jax', 'numpyro') if name in sys.modules))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert not run.stdout.split()


def test_a_tilde_is_the_home_folder(made, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert write_groups(made.groups, "~/fit.nc") == tmp_path / "fit.nc"
    assert isinstance(read_groups("~/fit.nc"), Groups)
