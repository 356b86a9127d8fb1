"""A database as a solved system: matrices, their inverse and the impact of one unit of every product."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from cradlemark.core.errors import MissingDataError
from cradlemark.core.language import Text
from cradlemark.engine.intensities import Intensities, intensities
from cradlemark.engine.life_cycle_inventory import LifeCycleInventory, life_cycle_inventory
from cradlemark.engine.matrices import Matrices, assemble
from cradlemark.engine.solve import Operator, factorise
from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.processes.characterise import Factors, climate_factors, own_factors
from cradlemark.inventory.processes.matrix_system import matrix_system
from cradlemark.inventory.processes.tables import ProcessDatabase


@attrs.frozen(eq=False)
class Solved:
    """One database with one factorisation, from which everything else follows.

    Parameters
    ----------
    database : ProcessDatabase
    factors : tuple of Factors
        Categories, one behind the other; the first one is climate change by gas.
    operator : Operator
        The inverse: a factorisation, or one with changes.
    result : Intensities
        Impact per unit of every product; product j is that of activity j.
    """

    database: ProcessDatabase
    factors: tuple[Factors, ...]
    operator: Operator
    result: Intensities

    @property
    def matrices(self) -> Matrices:
        """The matrices of the system."""
        return self.operator.matrices

    def inventory(self, activity: int, amount: float = 1.0) -> LifeCycleInventory:
        """Runs of all processes for an amount [reference unit] of the product of an activity."""
        return life_cycle_inventory(self.operator, {activity: amount})


def solve_database(
    database: ProcessDatabase, *, gwp_set: GwpSet = "AR6", methods: Sequence[Factors] = ()
) -> Solved:
    """Solve a database for the impact of one unit of every product.

    Parameters
    ----------
    database : ProcessDatabase
    gwp_set : {"AR4", "AR5", "AR6"}
        Of the climate impact by gas, which is the first category.
    methods : sequence of Factors
        Categories of other sources, tied to the flows of this database; they come after its own.

    Raises
    ------
    MissingDataError
        ``database-empty`` when there is no product with supply.
    InputErrors, InaccurateError
        From the engine, naming the processes to blame.
    """
    if not len(database["activities"]):
        raise MissingDataError(
            Text(
                f"database {database.id} has no product with supply", f"数据库 {database.id} 没有有供应的产品"
            ),
            code="database-empty",
            hint=Text(
                "see its import report; perhaps import it with another --allocation",
                "见其导入报告；也许可用其他 --allocation 导入",
            ),
        )
    factors = (climate_factors(database, gwp_set), own_factors(database), *methods)
    operator = factorise(assemble(matrix_system(database, factors)))
    return Solved(database, factors, operator, intensities(operator))
