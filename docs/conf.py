"""How Sphinx builds the documentation."""

from __future__ import annotations

import cradlemark

project = "Cradlemark"
author = "The Cradlemark authors"
project_copyright = "2026, The Cradlemark authors"
version = release = cradlemark.__version__

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
root_doc = "index"
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = f"Cradlemark {release}"
html_copy_source = False
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["tables.css"]
