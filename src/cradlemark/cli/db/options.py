"""Options that several commands of ``cradlemark db`` share."""

from __future__ import annotations

from pathlib import Path

import click

store_option = click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of process databases; by default in CRADLEMARK_HOME or the user's data folder.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
allocation_option = click.option(
    "--allocation",
    default="declared",
    show_default=True,
    help="Policies in order of preference: declared, mass, energy, price, cut-off, substitution.",
)
gwp_option = click.option(
    "--gwp",
    "gwp_set",
    default="AR6",
    show_default=True,
    type=click.Choice(["AR4", "AR5", "AR6"]),
    help="Assessment report whose GWP100 values weigh the gases.",
)
mapping_option = click.option(
    "--mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File ending in .toml or .csv that decides about inputs: a provider, a proxy, or a cut-off with its reason.",
)
template_option = click.option(
    "--mapping-template",
    "template",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a mapping file (.toml or .csv) of all open inputs with candidates, to be filled in.",
)
report_option = click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the whole report to a file ending in .html (both languages, side by side) or .json.",
)
method_option = click.option(
    "--method",
    "method_names",
    multiple=True,
    help="Another method: AR4, AR5, AR6, a database of the store, an exported package, or a table of factors. "
    "Words behind # choose among its categories. It is mapped by identifier, CAS number, name and compartment.",
)
name_argument = click.argument("name")
source_argument = click.argument("source", type=click.Path(path_type=Path))
