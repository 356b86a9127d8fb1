"""SimaPro CSV exports: processes, product stages, waste scenarios, parameters and methods."""

from cradlemark.inventory.importers.simapro.reader import is_simapro, read_simapro

__all__ = ["is_simapro", "read_simapro"]
