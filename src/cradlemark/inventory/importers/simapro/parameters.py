"""Parameters and distributions of an export, of a process, a product stage, the project or the database."""

from __future__ import annotations

from collections.abc import Iterator

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.simapro.cells import text_of
from cradlemark.inventory.importers.simapro.contents import Block, Contents, File, cell_at, joined
from cradlemark.inventory.importers.simapro.values import Amount, read_amount, read_uncertainty
from cradlemark.inventory.processes.records import Parameter, Uncertainty


def parameters_of(contents: Contents, file: File, block: Block) -> Iterator[Parameter]:
    """Parameters of a process or a product stage."""
    for heading in ("Input parameters", "Calculated parameters"):
        for line, cells in joined(block.rows(heading), file):
            found = read_parameter(
                contents, file, cells, file.place(line), calculated=heading.startswith("Calculated")
            )
            if found is not None:
                yield found


def read_parameter(
    contents: Contents, file: File, cells: list[str], where: str, *, calculated: bool
) -> Parameter | None:
    """An input or a calculated parameter; None, and a problem, when it cannot be read."""
    decimal = file.header.decimal
    try:
        name = cells[0].strip()
        amount = read_amount(cell_at(cells, 1), decimal)
    except InputError as error:
        contents.problem(where, error)
        return None
    uncertainty = None
    if not calculated:
        uncertainty = checked_uncertainty(contents, cells[2:6], amount, decimal, where)
    comment = text_of(cell_at(cells, 2 if calculated else 7))
    return Parameter(name, amount.value, amount.formula, comment, uncertainty)


def checked_uncertainty(
    contents: Contents, cells: list[str], amount: Amount, decimal: str, where: str
) -> Uncertainty | None:
    """A distribution; one that cannot be is listed and left out."""
    try:
        return read_uncertainty(cells, amount, decimal)
    except InputError as error:
        contents.problem(where, error)
        contents.counts["uncertainties left out"] += 1
        return None


def global_parameters(contents: Contents, file: File) -> list[Parameter]:
    """Parameters of the project and the database; the project's take the place of the database's."""
    found: dict[str, list[Parameter]] = {"Project": [], "Database": []}
    for block in file.parameters:
        for line, cells in joined(block.rows(block.kind), file):
            place = file.place(line)
            parameter = read_parameter(contents, file, cells, place, calculated="Calculated" in block.kind)
            if parameter is not None:
                found[block.kind.split()[0]].append(parameter)
    project = {parameter.name.lower() for parameter in found["Project"]}
    for parameter in found["Database"]:
        if parameter.name.lower() in project:
            contents.problem(
                f"{file.label}database parameter {parameter.name[:60]}",
                InputError(
                    Text("a parameter of the project has the same name and is used", "项目中有同名参数，采用项目的参数"), code="parameter-hidden",
                    hint=Text("rename one of them", "将其中之一改名"),
                ),
            )  # fmt: skip
            contents.unread[
                Text("database parameters hidden by the project's", "被项目参数遮盖的数据库参数")
            ] += 1
    return found["Project"] + [item for item in found["Database"] if item.name.lower() not in project]
