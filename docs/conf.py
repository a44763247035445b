"""How Sphinx builds the site; `sphinx-build -W docs docs/_build/html` does it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import formix

sys.path.insert(0, str(Path(__file__).parent))

project = "formix"
author = "The formix authors"
copyright = "the formix authors"
version = release = formix.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autosummary",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_design",
    "sphinx_copybutton",
    "extensions.mathml",
    "extensions.made",
]
exclude_patterns = ["_build", "**/.jupyter_cache", "jupyter_execute"]
nitpicky = True

# Every cell runs at every build, and one that fails fails the build.
nb_execution_mode = "inline"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_show_tb = True
nb_merge_streams = True
# What a cell says on stderr fails the build: readers should not see warnings that nobody meant.
nb_output_stderr = "remove-warn"
# tqdm, which NumPyro imports, asks for a widget that a page cannot have.
os.environ["PYTHONWARNINGS"] = "ignore:IProgress not found"

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence", "attrs_inline"]
myst_heading_anchors = 3

html_math_renderer = "mathml"
templates_path = ["_templates"]
autosummary_generate = True
autodoc_typehints = "none"
numpydoc_class_members_toctree = False
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

_LOGO = "_static/formix.svg"
html_theme = "pydata_sphinx_theme"
html_title = "formix"
html_static_path = ["_static"]
html_css_files = ["formix.css"]
html_favicon = _LOGO
html_context = {"default_mode": "auto"}
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {
        "text": "formix",
        "image_light": "_static/formix.svg",
        "image_dark": "_static/formix.svg",
    },
    "show_prev_next": True,
    "navigation_with_keys": False,
    # Chapters are read from top to bottom, and their code is wide.
    "secondary_sidebar_items": {key: ["page-toc"] for key in ("reference/*", "families*")},
    "navbar_align": "left",
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_toc_level": 2,
    "pygments_light_style": "tango",
    "pygments_dark_style": "github-dark",
}
html_sidebars = {"index": []}
