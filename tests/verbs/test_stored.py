"""Draws of predictions in the fit, with the caller's labels of rows, also of several levels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fit_at import random_fit

import formix as fx

NEW = pd.DataFrame(
    {"Days": [0.0, 3.0, 5.0, 10.0], "Subject": ["308", "308", "309", "somebody"]},
    index=pd.MultiIndex.from_tuples(
        [("north", 1), ("north", 2), ("south", 1), ("south", 7)], names=["site", None]
    ),
)


@pytest.fixture(scope="module")
def sleep():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    return random_fit(model, samples=12)


def test_draws_in_the_fit_are_those_of_the_dataset_and_the_fit_stays_as_it_is(sleep):
    kept = fx.predict(sleep, NEW, seed=3, store=True)
    drawn = fx.predict(sleep, NEW, seed=3, summary=False)
    assert "predictions" not in sleep
    assert kept["predictions"]["Reaction_mean"].dims == ("chain", "draw", "obs")
    assert np.array_equal(kept["predictions"]["Reaction_mean"], drawn["Reaction"])
    columns = kept["predictions_constant_data"]
    assert columns["Days"].to_numpy().tolist() == NEW["Days"].tolist()
    assert columns["Subject_"].to_numpy().tolist() == NEW["Subject"].tolist()


def test_labels_of_several_levels_are_kept_in_tables_draws_and_groups(sleep):
    table = fx.predict(sleep, NEW, seed=3)
    assert table.index.equals(NEW.index)
    assert table.index.names == ["site", "level_1"]
    kept = fx.predict(sleep, NEW, seed=3, store=True)
    drawn = fx.predict(sleep, NEW, seed=3, summary=False)
    for found in (drawn, kept["predictions"], kept["predictions_constant_data"]):
        assert found["obs"].to_numpy().tolist() == [0, 1, 2, 3]
        assert found["site"].dims == ("obs",)
        assert found["site"].to_numpy().tolist() == ["north", "north", "south", "south"]
        assert found["level_1"].to_numpy().tolist() == [1, 2, 1, 7]
    simulated = fx.simulate(sleep, NEW, seed=3)
    assert simulated["predictions"]["site"].to_numpy().tolist()[-1] == "south"


def test_labels_that_are_called_as_a_column_or_a_dimension_have_names_of_their_own(sleep):
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["Days", "chain"])
    new = pd.DataFrame({"Days": [0.0, 1.0], "Subject": ["308", "309"]}, index=index)
    kept = fx.predict(sleep, new, store=True)
    columns = kept["predictions_constant_data"]
    assert columns["Days"].to_numpy().tolist() == [0.0, 1.0]
    assert columns["Days_"].to_numpy().tolist() == ["a", "a"]
    assert kept["predictions"]["Days_"].attrs == {"name": "Days"}
    assert kept["predictions"]["chain_"].to_numpy().tolist() == [1, 2]


def test_kinds_of_the_same_rows_stand_side_by_side_and_others_make_place(sleep):
    both = fx.predict(fx.simulate(sleep, NEW), NEW, store=True)
    both = fx.predict(both, NEW, kind="linpred", groups="Subject", store=True)
    assert set(both["predictions"].data_vars) == {"Reaction", "Reaction_mean", "eta"}
    assert np.array_equal(both["predictions"]["eta"], both["predictions"]["Reaction_mean"])
    other = fx.predict(both, NEW.iloc[:2], store=True)
    assert set(other["predictions"].data_vars) == {"Reaction_mean"}
    later = fx.predict(both, NEW.assign(Days=1.0), store=True)
    assert set(later["predictions"].data_vars) == {"Reaction_mean"}
    fewer = fx.predict(both, NEW, draws=4, store=True)
    assert dict(fewer["predictions"].sizes)["draw"] == 2
    assert set(fewer["predictions"].data_vars) == {"Reaction_mean"}


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 4},
        {"groups": "none"},
        {"groups": "(1 | Subject)"},
        {"new_levels": "population"},
    ],
)
def test_others_of_the_same_rows_make_place_and_each_says_how_it_was_made(sleep, other, tmp_path):
    first = fx.predict(sleep, NEW, kind="linpred", seed=3, store=True)
    told = {"kind": "linpred", "groups": "all", "new_levels": "sample", "seed": 3}
    assert first["predictions"]["eta"].attrs == told
    again = fx.read(fx.write(first, tmp_path / "fit.nc"))
    beside = fx.predict(again, NEW, seed=3, store=True)["predictions"]
    assert set(beside.data_vars) == {"Reaction_mean", "eta"}
    apart = fx.predict(again, NEW, **({"seed": 3} | other), store=True)["predictions"]
    assert set(apart.data_vars) == {"Reaction_mean"}
    groups = {"(1 | Subject)": "Subject[Intercept]"}.get(other.get("groups"), other.get("groups"))
    how = {**told, "kind": "mean", **other, "groups": groups or "all"}
    assert apart["Reaction_mean"].attrs == how
    simulated = fx.simulate(again, NEW, **({"seed": 3} | other))["predictions"]
    assert set(simulated.data_vars) == {"Reaction"}
    assert fx.simulate(again, NEW, groups="new")["predictions"]["Reaction"].attrs["groups"] == "new"


def test_at_the_rows_of_the_fit_the_columns_are_those_of_the_fit(sleep):
    kept = fx.predict(sleep, store=True)
    assert kept["predictions"].sizes["obs"] == 180
    days = kept["predictions_constant_data"]["Days"].to_numpy()
    assert np.array_equal(days, sleep["constant_data"]["Days"].to_numpy())


def test_a_file_holds_them_whichever_arviz_reads_it(sleep, tmp_path: Path):
    kept = fx.predict(sleep, NEW, seed=3, store=True)
    again = fx.read(fx.write(kept, tmp_path / "fit.nc"))
    for group in ("predictions", "predictions_constant_data"):
        there = again[group]
        there = there.to_dataset() if hasattr(there, "to_dataset") else there
        assert there.equals(kept[group])
        assert {"site", "level_1"} <= set(there.coords)
    once_more = fx.predict(again, NEW, seed=3, store=True)["predictions"]["Reaction_mean"]
    assert np.array_equal(once_more, kept["predictions"]["Reaction_mean"])


def test_responses_that_are_levels_have_shares_names_and_codes(tmp_path: Path):
    data = {"y": pd.Categorical(["low", "mid", "high", "mid", "low", "high"] * 4, ordered=True)}
    data["y"] = data["y"].reorder_categories(["low", "mid", "high"])
    data["x"] = np.linspace(-1.0, 1.0, 24)
    fit = random_fit(fx.Model("y ~ x", data, family="cumulative"), samples=40)
    new = pd.DataFrame({"x": [0.0, np.nan, 1.0]}, index=["a", "b", "c"])
    drawn = fx.predict(fit, new, kind="response", seed=1, summary=False)["y"]
    assert set(np.unique(drawn.to_numpy()[..., [0, 2]])) <= {"low", "mid", "high"}
    assert set(drawn.to_numpy()[..., 1].ravel()) == {""}
    table = fx.predict(fit, new, kind="response", seed=1)
    assert table.columns.tolist() == ["probability"]
    for row in ("a", "c"):
        for level in ("low", "mid", "high"):
            share = float((drawn.sel(obs=row) == level).mean())
            assert table.loc[(row, level), "probability"] == pytest.approx(share, abs=1e-12)
    assert table.loc["b"].isna().to_numpy().all()
    codes = fx.predict(fit, new, kind="response", seed=1, store=True)["predictions"]["y"]
    named = np.array(["low", "mid", "high"])[codes.to_numpy()[..., [0, 2]].astype(int)]
    assert np.array_equal(named, drawn.to_numpy()[..., [0, 2]])
    written = fx.predict(fit, new, kind="response", store=tmp_path / "p.nc")
    whole = (fx.read(written), fx.simulate(fit, new))
    kept = [found["predictions"]["y"] for found in whole]
    assert kept[0].attrs["kind"] == "response"
    for one in (codes, *kept, fx.simulate(fit)["posterior_predictive"]["y"]):
        assert one.attrs["flag_values"].tolist() == [0.0, 1.0, 2.0]
        assert one.attrs["flag_meanings"] == "low mid high"
    mean = fx.predict(fit, new, store=True)["predictions"]["y_mean"]
    assert "flag_values" not in mean.attrs
    for verb in (fx.predictions, fx.comparisons):
        with pytest.raises(fx.ArgumentError, match="levels of the response"):
            verb(fit, kind="response")
    for verb in (fx.effects, fx.emmeans):
        with pytest.raises(fx.ArgumentError, match="levels of the response"):
            verb(fit, "x", kind="response")


@pytest.mark.parametrize("verb", [fx.predictions, fx.comparisons, fx.slopes])
def test_verbs_of_effects_give_each_row_its_levels_too(sleep, verb):
    table = verb(sleep, newdata=NEW, seed=3)
    assert table["site"].tolist() == ["north", "north", "south", "south"]
    assert table["level_1"].tolist() == [1, 2, 1, 7]
    drawn = verb(sleep, newdata=NEW, seed=3, summary=False)
    assert drawn["site"].to_numpy().tolist() == table["site"].tolist()
    index = NEW.index.set_names(["Days", None])
    again = verb(sleep, newdata=NEW.set_axis(index), seed=3)
    assert again["Days"].tolist() == NEW["Days"].tolist()
    assert again["Days_"].tolist() == table["site"].tolist()
    np.testing.assert_array_equal(again["mean"], table["mean"])


def test_rows_of_several_levels_stand_at_every_value_and_are_integrated(sleep):
    new = NEW[["Days"]]
    table = fx.predictions(
        sleep, newdata=new, variables={"Days": [0, 1]}, groups="integrate", seed=3
    )
    assert table["level_1"].tolist() == [1, 2, 1, 7] * 2
    assert table["Days"].tolist() == [0] * 4 + [1] * 4


def test_the_rows_of_the_fit_keep_their_levels_in_its_file_and_in_every_table(tmp_path: Path):
    data = fx.load("sleepstudy")
    index = pd.MultiIndex.from_arrays(
        [data["Subject"].astype(str), data["Days"].astype(int), np.arange(180)],
        names=["Subject", "day", None],
    )
    data = data.set_axis(index)
    data.iloc[3, data.columns.get_loc("Reaction")] = np.nan
    kept = index.delete(3)
    fit = random_fit(fx.Model("Reaction ~ Days + (1 | Subject)", data))
    for found in (fit, fx.read(fx.write(fit, tmp_path / "fit.nc"))):
        for table in (fx.predict(found), fx.fitted(found), fx.residuals(found)):
            assert table.index.equals(kept)
            assert table.index.names == ["Subject", "day", "level_2"]
        np.testing.assert_allclose(fx.predict(found)["mean"], fx.fitted(found)["mean"])
        drawn = fx.residuals(found, summary=False)
        assert drawn["day"].to_numpy().tolist() == kept.get_level_values("day").tolist()
        table = fx.predictions(found)
        assert table["Subject"].tolist() == kept.get_level_values(0).tolist()
        assert table["level_2"].tolist() == kept.get_level_values(2).tolist()
        stored = fx.predict(found, store=True)
        assert stored["predictions"]["day"].to_numpy().tolist() == drawn["day"].to_numpy().tolist()
