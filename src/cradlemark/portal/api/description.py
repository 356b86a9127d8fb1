"""What the description (OpenAPI 3.1) says of all operations alike: problems, tags, limits."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _
from ninja.openapi.schema import OpenAPISchema

from cradlemark.portal.api.problems import MEDIA_TYPE
from cradlemark.portal.api.wire import Problem

TITLES = {
    400: _("The request cannot be read"), 401: _("No token that holds"), 403: _("Not for this token or person"), 404: _("There is no such thing"),
    409: _("Not possible in the present state"), 412: _("It has changed meanwhile"), 413: _("Too large"),
    422: _("Something is not as it has to be"), 429: _("Too many requests"), 500: _("A fault of the program"), 503: _("The register is frozen"),
}  # fmt: skip
WRITES = {"post", "put"}
CREATED = _("Created")


def complete(schema: OpenAPISchema) -> OpenAPISchema:
    """Add to every operation what it can answer besides."""
    parts = schema["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts.update(problem.pop("$defs", {}))
    parts["Problem"] = problem
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _answers(path, method, operation)
            if method == "get" and "application/zip" not in str(operation["responses"]):
                _tags(operation)
    form = schema["paths"]["/api/v1/uploads"]["post"]["requestBody"]["content"]["multipart/form-data"]
    form["schema"]["additionalProperties"] = False
    form["schema"]["properties"]["file"]["minLength"] = 1
    bundle = schema["paths"].get("/api/v1/cases/{number}/bundle", {}).get("get")
    if bundle is not None:
        binary = {"application/zip": {"schema": {"type": "string", "contentMediaType": "application/zip"}}}
        bundle["responses"][200] = {"description": _("OK"), "content": binary}
    return schema


def _answers(path: str, method: str, operation: dict[str, Any]) -> None:
    statuses = {400, 422, 429, 500}
    statuses |= {401, 403} if operation.get("security") else set()
    statuses |= {404} if "{" in path or method in WRITES else set()
    statuses |= {404, 409, 413, 503} if method in WRITES else set()
    statuses |= {412} if any(one["name"] == "If-Match" for one in operation.get("parameters", ())) else set()
    for status in sorted(statuses):
        made: dict[str, Any] = {
            "description": TITLES[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if status in {429, 503}:
            made["headers"] = {"Retry-After": {"description": "[s]", "schema": {"type": "integer"}}}
        operation["responses"][status] = made


def _tags(operation: dict[str, Any]) -> None:
    tag = {"ETag": {"description": _("Tag of the answer"), "schema": {"type": "string"}}}
    operation["responses"][200].setdefault("headers", tag)
    operation["responses"][304] = {"description": _("The program has it already"), "headers": tag}
    operation.setdefault("parameters", []).append(
        {
            "in": "header", "name": "If-None-Match", "required": False, "schema": {"type": "string"},
            "description": _("Tags that the program has"),
        }
    )  # fmt: skip
