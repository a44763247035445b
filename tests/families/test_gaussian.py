"""The Gaussian family's links, chosen."""

from __future__ import annotations

import pytest

from formix.errors import ArgumentError
from formix.families import gaussian


def test_links_are_chosen_by_parameter():
    chosen = gaussian(link="log", sigma="identity")
    assert (chosen.link("mu").name, chosen.link("sigma").name) == ("log", "identity")
    assert (gaussian.link("mu").name, gaussian.link("sigma").name) == ("identity", "log")
    assert repr(chosen) == 'gaussian(mu="log", sigma="identity")'
    assert chosen == gaussian(sigma="identity", mu="log")


@pytest.mark.parametrize(
    ("links", "says"),
    [({"link": "probit"}, "not a link of gaussian's mu"), ({"nu": "log"}, "no parameter `nu`")],
)
def test_unknown_links_are_refused(links: dict[str, str], says: str):
    with pytest.raises(ArgumentError, match=says):
        gaussian(**links)
