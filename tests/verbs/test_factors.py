"""A label comes apart where an interaction was written, and nowhere else."""

import pytest

from formix.verbs.factors import factors


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("Intercept", ("Intercept",)),
        ("x:f[b]", ("x", "f[b]")),
        ("f[b]:x:g[c]", ("f[b]", "x", "g[c]")),
        ("f[a:b]:x", ("f[a:b]", "x")),
        ("f[a]b]:x", ("f[a]b]", "x")),
        ("f[it's (]:x", ("f[it's (]", "x")),
        ("`a:b`:x", ("`a:b`", "x")),
        ("`a:b`[c]:x", ("`a:b`[c]", "x")),
        ("poly(x, 2)[1]:f[b]", ("poly(x, 2)[1]", "f[b]")),
        ("C(f, levels=['a:)', 'b'])[b]:x", ("C(f, levels=['a:)', 'b'])[b]", "x")),
        ("I(`a(` * 2):x", ("I(`a(` * 2)", "x")),
        ("f[unclosed:x", ("f[unclosed", "x")),
        ("", ("",)),
    ],
)
def test_parts(label: str, parts: tuple[str, ...]):
    assert factors(label) == parts
