"""Tables of the page."""

from __future__ import annotations

from pages import read_page

from formix.reporting.tables import Body, listed, table


def test_a_table_has_its_caption_names_and_rows():
    made = table("Numbers", ("name", "n"), [Body([("a", "1")]), Body([("b", "2")], "More")])
    page = read_page(str(made))
    assert page.all("caption")[0].text == "Numbers"
    assert page.rows() == [["name", "n"], ["a", "1"], ["More"], ["b", "2"]]
    assert [cell.attributes["scope"] for cell in page.all("th")] == [
        "col", "col", "row", "rowgroup", "row",
    ]  # fmt: skip
    assert page.all("th", class_="title")[0].attributes["colspan"] == "2"


def test_numbers_are_set_apart_from_text():
    made = table("T", ("a", "b", "c"), [Body([("1", "2", "3")])], texts=(0, 2))
    page = read_page(str(made))
    assert [cell.text for cell in page.all("td", class_="number")] == ["2"]
    assert [cell.text for cell in page.all("td", class_="text")] == ["3"]


def test_columns_stand_under_a_name_they_share():
    made = table("T", ("", "a", "b"), [Body([("x", "1", "2")])], before=[("", 1), ("both", 2)])
    first = read_page(str(made)).all("tr")[0]
    assert [(th.text, th.attributes["colspan"]) for th in first.children] == [
        ("", "1"),
        ("both", "2"),
    ]


def test_every_table_scrolls_within_itself_also_by_the_keyboard():
    for made in (table("T", ("a",), [Body([("1",)])]), listed("T", [("a", "b")])):
        (held,) = read_page(str(made)).children
        assert held.attributes == {
            "class": "scroll", "role": "region", "aria-label": "T", "tabindex": "0",
        }  # fmt: skip


def test_a_list_names_what_it_tells():
    assert read_page(str(listed("T", [("<a>", "b")]))).rows() == [["<a>", "b"]]


def test_a_long_table_scrolls_up_and_down_too():
    def kind(count):
        made = table("T", ("a",), [Body([("1",)] * count)])
        return read_page(str(made)).children[0].attributes["class"]

    assert (kind(40), kind(41)) == ("scroll", "scroll long")
