"""Records that are beyond the limits are refused, one by one; all raise ``source-limit`` or ``text-too-long`` (InputError)."""

from __future__ import annotations

from cradlemark.inventory.processes.limits import (
    EXCHANGES,
    LANGUAGES,
    MAX_EXCHANGES,
    MAX_LANGUAGES,
    MAX_NAME,
    MAX_PARAMETERS,
    MAX_TEXT,
    PARAMETERS,
    check_count,
    check_texts,
)
from cradlemark.inventory.processes.records import Exchange, Flow, Names, Parameter, Process


def check_names(names: Names, *others: str) -> None:
    """Refuse names in too many languages, and too long ones."""
    check_count(len(names), MAX_LANGUAGES, LANGUAGES)
    check_texts((*names.values(), *others), MAX_NAME)


def check_flow(flow: Flow) -> None:
    """Refuse a flow beyond the limits."""
    check_names(flow.names, flow.id, flow.category, flow.cas, flow.formula, flow.location)
    check_texts((flow.synonyms,), MAX_TEXT)


def check_parameters(parameters: tuple[Parameter, ...]) -> None:
    """Refuse too many parameters, and too long formulas."""
    check_count(len(parameters), MAX_PARAMETERS, PARAMETERS)
    for parameter in parameters:
        check_texts((parameter.name,), MAX_NAME)
        check_texts((parameter.formula, parameter.description), MAX_TEXT)


def check_process(process: Process) -> None:
    """Refuse a process beyond the limits."""
    check_count(len(process.exchanges) + len(process.refused), MAX_EXCHANGES, EXCHANGES)
    check_names(process.names, process.id, process.category, process.location, process.version)
    check_texts((process.description, process.technology), MAX_TEXT)
    check_parameters(process.parameters)


def check_exchange(exchange: Exchange) -> None:
    """Refuse an exchange with too long texts."""
    if len(exchange.comment) > MAX_TEXT:
        check_texts((exchange.comment,), MAX_TEXT)
    others = exchange.unit, exchange.provider, exchange.location, exchange.pedigree
    if sum(map(len, others)) > MAX_NAME:
        check_texts(others, MAX_NAME)
