"""Matching of free text to datasets: recognise what a line names, rank what fits, say why, leave the rest open."""

from cradlemark.inventory.matching.matcher import ACCEPT, Match, Matcher, Query, Role, search

__all__ = ["ACCEPT", "Match", "Matcher", "Query", "Role", "search"]
