"""Data packages of bw_processing, a zip or a folder: technosphere, biosphere and characterisation with integer identifiers.

A package holds matrices, no processes: each column of the technosphere is read as a process, each row as its product,
each row of the biosphere as an elementary flow. Names come from the CSV tables of the package where it has some.

Source: documentation of bw_processing and matrix_utils (Brightway).
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, cast

import attrs
import numpy as np

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive import Archive
from cradlemark.inventory.importers.archive_refusals import MAX_ARCHIVE
from cradlemark.inventory.importers.brightway_arrays import Array, read_array
from cradlemark.inventory.importers.brightway_groups import (
    BAD,
    KEPT,
    NOT_KEPT,
    UNUSABLE,
    GroupEntries,
    empty_entries,
    entries_of,
    in_effect,
)
from cradlemark.inventory.importers.brightway_tables import (
    BIOSPHERE,
    CHARACTERISATION,
    TECHNOSPHERE,
    CategoryEntries,
    Labels,
    Source,
    tables_of,
)
from cradlemark.inventory.importers.whole_documents import read_json_document
from cradlemark.inventory.importers.zip_archive import ZipArchive
from cradlemark.inventory.processes.collect import Collected, Collector
from cradlemark.inventory.processes.limits import (
    LABELS,
    MAX_LABELS,
    MAX_RESOURCES,
    bounded_lines,
    check_count,
)

DESCRIPTION = "datapackage.json"
Resource = Mapping[str, Any]
_ARRAYS = {"indices", "data", "flip", "rescale", "reference", "distributions"}
_FREE, _RATIO = 60_000_000, 30
"""Arrays of a zip may have 60 MB, or 30 times the size of the zip: numbers are never packed so well."""
_CHUNK = 1 << 20
_LEAST_COLUMNS = 5
"""Columns that a row of names counts for at least; every row takes memory of its own."""
_LISTED = 20
"""Refused entries of one kind that are named one by one."""


def is_brightway_package(archive: Archive) -> bool:
    """Whether an archive looks like a data package of bw_processing."""
    name = _description(archive)
    if name is None:
        return False
    try:
        document = read_json_document(archive.read(name), where=name)
    except InputError:
        return False
    resources = document.get("resources")
    return (
        document.get("profile") == "data-package"
        and isinstance(resources, list)
        and (
            "sum_intra_duplicates" in document or any("matrix" in r for r in resources if isinstance(r, dict))
        )
    )


def read_brightway_package(
    archive: Archive, *, progress: Callable[[int, int], None] | None = None
) -> Collected:
    """Read a data package.

    Parameters
    ----------
    archive : Archive
    progress : callable, optional
        Is told how many of how many resources are done.

    Returns
    -------
    Collected
        Groups and entries that cannot be read are refused one by one and listed; what is read but not kept (scenario
        arrays, other matrices) is counted in ``unread``.
    """
    return _Package(archive, progress).read()


def _description(archive: Archive) -> str | None:
    found = [name for name in archive.names() if name.rpartition("/")[2] == DESCRIPTION]
    return found[0] if len(found) == 1 else None


@attrs.define
class _Groups:
    """Groups of one matrix, or of one impact category, in the order of the package."""

    entries: list[GroupEntries] = attrs.field(factory=list)
    global_index: int | None = None


class _Package:
    def __init__(self, archive: Archive, progress: Callable[[int, int], None] | None) -> None:
        self.archive = archive
        self.collector = Collector(archive.name)
        self._names = frozenset(archive.names())
        name = _description(archive) or DESCRIPTION
        self.folder = name.removesuffix(DESCRIPTION)
        self.document = read_json_document(archive.read(name), where=name)
        resources = self.document.get("resources")
        self.resources: list[Resource] = [
            item for item in (resources if isinstance(resources, list) else []) if isinstance(item, dict)
        ]
        check_count(len(self.resources), MAX_RESOURCES, Text("resources", "个资源"))
        self.labels: defaultdict[str, dict[int, Labels]] = defaultdict(dict)
        self._progress = progress
        packed = archive.packed if isinstance(archive, ZipArchive) else MAX_ARCHIVE
        self._left = max(_FREE, _RATIO * packed)

    def read(self) -> Collected:
        by_group: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            if isinstance(resource.get("group"), str) and isinstance(resource.get("matrix"), str):
                by_group[resource["group"]].append(resource)
        matrices = {TECHNOSPHERE: _Groups(), BIOSPHERE: _Groups()}
        categories: dict[str, _Groups] = {}
        for done, (group, parts) in enumerate(by_group.items(), start=1):
            self._group(group, parts, matrices, categories)
            if self._progress:
                self._progress(done, len(by_group))
        self._metadata(by_group)
        self._note_missing(matrices, categories, by_group)
        return self._tables(matrices, categories)

    def _tables(self, matrices: Mapping[str, _Groups], categories: Mapping[str, _Groups]) -> Collected:
        c = self.collector
        source = Source(
            self._in_effect(matrices[TECHNOSPHERE].entries, TECHNOSPHERE),
            self._in_effect(matrices[BIOSPHERE].entries, BIOSPHERE),
            tuple(self._category(key, groups) for key, groups in categories.items()), dict(self.labels),
        )  # fmt: skip
        tables = tables_of(source, c)
        return Collected(
            "bw_processing data package", tables, c.counts, c.languages, c.unread, tuple(c.problems)
        )

    def _group(
        self, group: str, parts: Sequence[Resource], matrices: Mapping[str, _Groups], categories: dict[str, _Groups]
    ) -> None:  # fmt: skip
        matrix = parts[0]["matrix"]
        known = matrix in {*matrices, CHARACTERISATION}
        if not known:
            self.collector.unread[
                Text(
                    f"resource group of the matrix {str(matrix)[:60]!r}",
                    f"矩阵 {str(matrix)[:60]!r} 的资源组",
                )
            ] += 1
            return
        if any(part.get("profile") == "interface" for part in parts):
            self._refuse_group(
                group, parts, Text("its data are made by a program while it runs", "其数据在程序运行时生成")
            )
            return
        if any(part.get("kind") == "data" and part.get("category") == "array" for part in parts):
            self.collector.unread[
                Text(f"scenario array of the matrix {matrix}", f"矩阵 {matrix} 的情景数组")
            ] += 1
            return
        try:
            entries = entries_of(self._arrays(parts))
        except InputError as error:
            code = "" if error.code == UNUSABLE else f" [{error.code}]"
            self._refuse_group(
                group, parts, Text("{why}{code}", "{why}{code}").format(why=error.message, code=code)
            )
            return
        except ValueError as error:
            self._refuse_group(group, parts, Text(str(error), "数组不符合格式"))
            return
        entries = self._sound(entries, group, matrix)
        if matrix == CHARACTERISATION:
            identifier = next((p["identifier"] for p in parts if p.get("identifier")), "")
            key = json.dumps(identifier, ensure_ascii=False, sort_keys=True)
            found = categories.setdefault(key, _Groups())
            index = next((p["global_index"] for p in parts if isinstance(p.get("global_index"), int)), None)
            found.global_index = index if found.global_index is None else found.global_index
        else:
            found = matrices[matrix]
        found.entries.append(entries)

    def _refuse_group(self, group: str, parts: Sequence[Resource], why: Text) -> None:
        rows = [part["nrows"] for part in parts if type(part.get("nrows")) is int]
        count = min(max(rows, default=1), 10**9) if max(rows, default=1) > 0 else 1
        if parts[0]["matrix"] != CHARACTERISATION:
            self.collector.counts["exchanges read"] += count
            self.collector.counts["exchanges refused"] += count
        self.collector.counts["documents refused"] += 1
        self.collector.problem(
            f"resource group {group[:80]}", "package-group", Text("the group is not read: {why}", "该组未读取：{why}").format(why=why),
            Text("write the package again with bw_processing, with persistent vectors", "用 bw_processing 重新写出该数据包，使用持久向量"),
        )  # fmt: skip

    def _arrays(self, parts: Sequence[Resource]) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for part in parts:
            kind = str(part.get("kind"))
            if kind in _ARRAYS and kind not in found:
                found[kind] = read_array(self.archive, self._path(part), most=self._left)
                self._left -= found[kind].nbytes
            else:
                self.collector.unread[Text(f"array of the kind {kind[:40]!r}", f"{kind[:40]!r} 类数组")] += 1
        return found

    def _path(self, resource: Resource) -> str:
        """Name of the document of a resource; nothing outside the package is ever opened."""
        path = resource.get("path")
        name = self.folder + path if isinstance(path, str) else ""
        if not name or name not in self._names:
            raise InputError(
                Text(f"the package has no document {str(path)[:80]!r}", f"数据包中没有文档 {str(path)[:80]!r}"), code="file-missing", where=self.archive.name,
                hint=Text("put all documents into the package", "把所有文档放入数据包"),
            )  # fmt: skip
        return name

    def _sound(self, entries: GroupEntries, group: str, matrix: str) -> GroupEntries:
        """Entries with identifiers and finite amounts; the others are refused and listed."""
        counted = "exchanges" if matrix != CHARACTERISATION else "characterisation factors"
        self.collector.counts[f"{counted} read"] += len(entries)
        # A factor's column is a place, and only its row has to be there.
        negative = (entries.row < 0) | ((entries.col < 0) & (matrix != CHARACTERISATION))
        endless = ~np.isfinite(entries.amount) & ~negative
        for bad, code, message in (
            (negative, "id-invalid", Text("an identifier is negative", "标识符为负")),
            (endless, "number-invalid", Text("the amount is no finite number", "数量不是有限数值")),
        ):
            places = np.flatnonzero(bad)
            self.collector.counts[f"{counted} refused"] += len(places)
            for place in places[:_LISTED].tolist():
                self.collector.problem(
                    f"group {group[:80]}, entry {place}", code, message, Text("correct it", "修正它")
                )
            if len(places) > _LISTED:
                rest = f"{len(places) - _LISTED:,}"
                more = Text(f"the same holds for {rest} more entries", f"另有 {rest} 个条目也是如此")
                self.collector.problem(
                    f"group {group[:80]}", code, more, Text("correct them", "修正这些条目")
                )
        self._count_distributions(entries)
        return entries.take(~(negative | endless)) if (negative | endless).any() else entries

    def _count_distributions(self, entries: GroupEntries) -> None:
        for code, count in zip(
            *(part.tolist() for part in np.unique(entries.kind, return_counts=True)), strict=True
        ):
            if code and code not in KEPT:
                self.collector.unread[_distribution(code)] += count

    def _in_effect(self, groups: Sequence[GroupEntries], name: str) -> GroupEntries:
        entries, replaced = in_effect(
            groups,
            sum_within=self.document.get("sum_intra_duplicates") is not False,
            sum_between=self.document.get("sum_inter_duplicates") is True,
        )
        if replaced:
            self.collector.unread[
                Text(f"entries of {name} that later ones replace", f"{name} 中被后面条目替代的条目")
            ] += replaced
            if name in {TECHNOSPHERE, BIOSPHERE}:
                self.collector.counts["exchanges read"] -= replaced
        return entries if groups else empty_entries()

    def _category(self, key: str, groups: _Groups) -> CategoryEntries:
        identifier = json.loads(key)
        words = [str(word) for word in identifier] if isinstance(identifier, list) else [str(identifier)]
        entries = self._in_effect(groups.entries, CHARACTERISATION)
        return CategoryEntries(tuple(words), entries, groups.global_index)

    def _note_missing(
        self, matrices: Mapping[str, _Groups], categories: Mapping[str, _Groups], by_group: Mapping[str, object]
    ) -> None:  # fmt: skip
        if matrices[TECHNOSPHERE].entries or categories:
            return
        names = sorted({str(item["matrix"])[:40] for item in self.resources if "matrix" in item})
        self.collector.problem(
            DESCRIPTION, "package-matrix",
            Text(f"none of the {len(by_group)} resource groups is a vector of {TECHNOSPHERE} or {CHARACTERISATION} that can be"
            f" read; the package has the matrices {', '.join(names) or 'none'}", f"{len(by_group)} 个资源组中没有可读取的 {TECHNOSPHERE} 或 {CHARACTERISATION} 向量；数据包的矩阵为：{'、'.join(names) or '无'}"),
            Text("give a package of an inventory", "提供清单的数据包"),
        )  # fmt: skip

    def _metadata(self, by_group: Mapping[str, Sequence[Resource]]) -> None:
        for resource in self.resources:
            if "matrix" in resource:
                continue
            name = str(resource.get("name"))[:60]
            try:
                rows = self._labels(resource)
            except InputError as error:
                self.collector.problem(f"resource {name}", error.code, error.message, error.hint)
                continue
            if rows is None:
                self.collector.unread[Text(f"metadata resource {name!r}", f"元数据资源 {name!r}")] += 1
                continue
            for group, side in _valid_for(resource):
                if group in by_group:
                    self.labels[f"{by_group[group][0]['matrix']} {side}"].update(rows)

    def _rows(self, path: str) -> Iterator[dict[str | Any, str | Any]]:
        """Rows of a CSV table by column, read as they are asked for."""
        with self.archive.open(path) as stream:
            lines = io.TextIOWrapper(
                cast("BinaryIO", stream), encoding="utf-8-sig", errors="replace", newline=""
            )
            yield from csv.DictReader(bounded_lines(lines, where=path))

    def _check_size(self, path: str) -> None:
        """Refuse a table of names that is too large before it is taken apart.

        Raises
        ------
        InputError
            ``source-limit``
        """
        with self.archive.open(path) as stream:
            chunk = stream.read(_CHUNK)
            columns = chunk.partition(b"\n")[0].count(b",") + 1
            lines = 0
            while chunk:
                lines += chunk.count(b"\n")
                check_count(lines * max(columns, _LEAST_COLUMNS), MAX_LABELS, LABELS)
                chunk = stream.read(_CHUNK)

    def _labels(self, resource: Resource) -> dict[int, Labels] | None:
        """Rows of a CSV table by its column ``id``; None when it is something else."""
        if not str(resource.get("path", "")).endswith(".csv"):
            return None
        path = self._path(resource)
        self._check_size(path)
        found: dict[int, Labels] = {}
        try:
            for row in self._rows(path):
                identifier = str(row.get("id") or "")
                if not identifier.isdecimal() or len(identifier) > 18:
                    return None
                found[int(identifier)] = {
                    key.lower(): value for key, value in row.items() if key and isinstance(value, str)
                }
        except csv.Error as error:
            raise InputError(
                Text(f"the table cannot be split into cells: {error}", "表格无法分列"),
                code="file-format",
                hint=Text("write it again", "重新写出"),
            ) from error
        return found or None


def _distribution(code: int) -> Text:
    """Name of a distribution that is not kept."""
    if code == BAD:
        return Text("distribution with parameters that cannot be", "参数无效的分布")
    return Text("distribution {name}", "{name}分布").format(
        name=NOT_KEPT.get(code, Text(f"number {code}", f"编号 {code} 的"))
    )


def _valid_for(resource: Resource) -> list[tuple[str, str]]:
    given = resource.get("valid_for")
    pairs = given if isinstance(given, list) else []
    return [
        (pair[0], pair[1])
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
    ]
