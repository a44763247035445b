"""A part that fails leaves the others standing, and says why."""

from __future__ import annotations

import logging
import warnings

import pytest

from formix.errors import DataError, FormixWarning
from formix.reporting.html import tag
from formix.reporting.part import Part, attempt, written


def _fine(reported):
    yield tag("p", "fine")


def _refused(reported):
    yield tag("p", "half")
    raise DataError("there is no `x`", hint="add <x>")


def _broken(reported):
    raise ZeroDivisionError("by 0")


def _warned(reported):
    for _ in range(2):
        warnings.warn("take care of <it>", FormixWarning, stacklevel=1)
    yield "told"


def _nothing(reported):
    return ()


def test_a_part_is_a_section_under_its_title():
    made = written(Part("one", "One & all", (_fine, _fine)), None)
    assert str(made) == ('<section id="one"><h2>One &amp; all</h2><p>fine</p><p>fine</p></section>')


def test_a_part_with_nothing_to_say_is_left_out():
    assert written(Part("one", "One", (_nothing, _nothing)), None) is None


def test_a_refusal_stands_in_the_place_of_what_was_refused():
    made = str(written(Part("one", "One", (_refused, _fine)), None))
    assert "Part left out: there is no `x`." in made
    assert "add &lt;x&gt;" in made
    assert "half" not in made
    assert "<p>fine</p>" in made


def test_a_fault_of_ours_costs_one_piece_and_is_logged(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR, logger="formix"):
        made = str(written(Part("one", "One", (_broken, _fine)), None))
    assert "by a fault of formix: ZeroDivisionError: by 0" in made
    assert "<p>fine</p>" in made
    assert caplog.records[0].exc_info


def test_an_interrupt_is_none_of_them():
    def stopped(reported):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attempt(stopped, None)


def test_warnings_of_formix_are_read_where_they_arose_once():
    made = str(attempt(_warned, None))
    assert made.count("take care of &lt;it&gt;") == 1


def test_other_warnings_are_passed_on():
    def warned(reported):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        yield "told"

    with pytest.warns(DeprecationWarning, match="old"):
        assert str(attempt(warned, None)) == "told"
