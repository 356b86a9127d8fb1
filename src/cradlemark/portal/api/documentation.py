"""The page that describes the interface, made from its own description; no script and nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cradlemark.portal.api.service import api
from cradlemark.registry.access.tokens import SCOPES


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Operations by subject, each with what it takes and what it answers."""
    schema = api.get_openapi_schema()
    described = [
        _operation(path, method, operation)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in described:
        groups.setdefault(one["group"], []).append(one)
    shown = {
        "groups": groups, "scopes": SCOPES, "description": reverse("api-v1:openapi-json"),
        "base": request.build_absolute_uri("/api/v1"), "schemas": _schemas(schema),
    }  # fmt: skip
    return render(request, "portal/api.html", shown)


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    view = _views()[(method.upper(), path)]
    body = operation.get("requestBody", {}).get("content", {})
    return {
        "group": operation["tags"][0], "method": method.upper(), "path": path, "id": operation["operationId"],
        "summary": operation["summary"], "text": operation.get("description", ""), "parameters": operation.get("parameters", []),
        "body": [(kind, _name(content["schema"])) for kind, content in body.items()],
        "answers": [
            (status, answer["description"], [_name(content["schema"]) for content in answer.get("content", {}).values()])
            for status, answer in sorted(operation["responses"].items())
        ],
        "scope": getattr(view, "scope", ""), "roles": getattr(view, "roles", ()),
    }  # fmt: skip


def _views() -> dict[tuple[str, str], Any]:
    """Function of each operation by method and path."""
    return {
        (method, f"/api/v1{path}"): operation.view_func
        for _prefix, router in api._routers  # noqa: SLF001
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2] or str(
        schema.get("title") or schema.get("type", "")
    )


def _schemas(schema: dict[str, Any]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Every kind of object with its fields: name, type, meaning."""
    return [
        (
            name,
            [
                (field, _type(given), given.get("description", ""))
                for field, given in made.get("properties", {}).items()
            ],
        )
        for name, made in sorted(schema["components"]["schemas"].items())
    ]


def _type(given: dict[str, Any]) -> str:
    if "anyOf" in given:
        return " | ".join(_type(one) for one in given["anyOf"])
    if given.get("type") == "array":
        return f"[{_type(given.get('items', {}))}]"
    if "enum" in given:
        return " | ".join(map(str, given["enum"]))
    return _name(given)
