"""What a diagram is written as, for names of every kind, and what graphviz makes of it."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import group_shapes
import pytest

import formix as fx
from formix.diagrams import dot
from formix.diagrams.diagram import Diagram
from formix.diagrams.graph import graph_of
from formix.diagrams.hierarchy import hierarchy_of
from formix.diagrams.parts import Edge, Node, Plate
from formix.errors import UnsupportedError

needs_dot = pytest.mark.skipif(
    shutil.which("dot") is None, reason="graphviz is not installed: there is no program `dot`"
)

ODD = (
    'a "quoted" name',
    "back\\slash\\",
    "\\n \\l \\G \\N",
    "two\nlines",
    "R&D &amp; &#65;",
    "<b>bold</b>",
    "größe 寸法 Ω",
    "`tick` **bold** _it_",
    "]; end -->|x| }",
    "# hash #35; %% comment",
    "1. a list",
    "\x00\x1b[31m\ud800",
    "-",
)
"""Names that a column or a level may have, with the marks of every language that they meet."""


def of_names(*names: str) -> Diagram:
    nodes = tuple(Node(f"n{k}", (name, "second"), plate="p0") for k, name in enumerate(names))
    edges = tuple(Edge("n0", f"n{k}", name) for k, name in enumerate(names) if k)
    return Diagram("text", nodes, edges, (Plate("p0", names[0]),))


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)
    return ["".join(one.itertext()) for one in root.iter() if one.tag.endswith("text")]


@needs_dot
@pytest.mark.parametrize("name", ODD)
def test_graphviz_shows_a_name_as_it_is(name: str):
    said = "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)
    shown = texts(of_names(name, "b").svg)
    expected = sorted([said, said, "second", "second", "b", "b"])
    assert sorted(text.replace("\xa0", " ") for text in shown) == expected


@needs_dot
def test_graphviz_draws_every_node_and_edge_of_a_model_and_of_its_data():
    spec = fx.Model("y ~ x + (x | g) + (1 | k / c)", group_shapes.data()).spec
    for diagram in (graph_of(spec), hierarchy_of(spec)):
        svg = diagram.svg
        kinds = re.findall(r'class="(node|edge|cluster)"', svg)
        assert kinds.count("node") == len(diagram.nodes)
        assert kinds.count("edge") == len(diagram.edges)
        assert kinds.count("cluster") == len(diagram.plates)
        shown = " ".join(texts(svg)).replace("\xa0", " ")
        assert all(line in shown for node in diagram.nodes for line in node.lines)


@needs_dot
def test_the_picture_stands_in_a_page_beside_others_and_asks_for_nothing():
    svg = of_names("a", "b").svg
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>")
    assert "<!" not in svg
    assert "<?" not in svg
    assert " id=" not in svg
    assert "<title>" not in svg
    assert set(re.findall(r'https?://[^" ]*', svg)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


@pytest.mark.parametrize("name", ODD)
def test_mermaid_meets_no_mark_of_its_own(name: str):
    """Each label is between quotes, without a mark that ends it or that markdown knows."""
    text = of_names(name, name).mermaid
    labels = re.findall(r'"([^"]*)"', text)
    assert len(labels) == 4
    assert text.count('"') == 8
    for label in labels:
        bare = re.sub(r"#\d+;|<br>", "", label)
        assert not set(bare) & set('"`#;<>&*_\\{}%.\n')
        told = re.sub(
            r"#(\d+);", lambda found: chr(int(found[1])), label.removesuffix("<br>second")
        )
        assert told == "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)


def test_the_text_of_mermaid():
    diagram = Diagram(
        "",
        (
            Node("n0", ("y", "~ gaussian"), "seen", "p0"),
            Node("n1", ("mu", "= 1"), "computed", "p0"),
            Node("n2", ("beta",)),
            Node("n3", ("~ Flat()",), "said"),
        ),
        (Edge("n1", "n0"), Edge("n2", "n1", "x"), Edge("n3", "n2", "", loose=True)),
        (Plate("p0", "60 rows"),),
    )
    assert diagram.mermaid.splitlines() == [
        "flowchart TB",
        '  n2(["beta"])',
        '  n3["~ Flat()"]:::said',
        '  subgraph p0["60 rows"]',
        '    n0["y<br>~ gaussian"]:::seen',
        '    n1("mu<br>= 1")',
        "  end",
        "  n1 --> n0",
        '  n2 -->|"x"| n1',
        "  n3 -.- n2",
        "  classDef seen fill:#d6e4f0,stroke:#333333,color:#111111",
        "  classDef said fill:none,stroke:none",
    ]


@pytest.fixture
def fresh():
    """Drawings that were kept are forgotten before and after."""
    dot.drawn.cache_clear()
    yield
    dot.drawn.cache_clear()


@pytest.mark.usefixtures("fresh")
def test_without_graphviz_a_notebook_has_the_text_of_mermaid(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    diagram = of_names("a & <b>", "b")
    assert diagram._repr_svg_() is None
    html = diagram._repr_html_()
    assert html.startswith('<pre class="mermaid">flowchart TB\n')
    # The browser reads it back as it was.
    assert ET.fromstring(html).text == diagram.mermaid
    with pytest.raises(UnsupportedError, match="there is no program `dot`"):
        _ = diagram.svg


def _late(*given, **named):
    raise subprocess.TimeoutExpired("dot", named["timeout"])


def _failing(*given, **named):
    return subprocess.CompletedProcess("dot", 1, "<svg half", "syntax error")


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("run", [_late, _failing])
def test_a_drawing_that_fails_or_takes_too_long_is_none(monkeypatch, run):
    monkeypatch.setattr(shutil, "which", lambda program: "/bin/dot")
    monkeypatch.setattr(subprocess, "run", run)
    assert of_names("a", "b")._repr_svg_() is None


def test_it_prints_as_its_tree():
    assert str(of_names("a")) == repr(of_names("a")) == "text"
