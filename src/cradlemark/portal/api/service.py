"""The interface as a whole, in its first version, and its description."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import Throttled
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from cradlemark import __version__
from cradlemark.portal.api import cases, decisions, problems, register, studies, uploads
from cradlemark.portal.api.description import complete
from cradlemark.portal.api.limits import Throttle
from cradlemark.portal.api.tags import tagged

DESCRIPTION = """Search labels, get their proofs, and work on studies and cases as in the portal.

Whatever changes something needs an `Idempotency-Key`; errors are problem documents (RFC 9457) with a stable `code`; lists come in parts,
`next` is the cursor of the next one; answers have an `ETag`."""


class Service(NinjaAPI):
    """Answers with entity tags, for every origin, and describes what it does itself."""

    def create_response(
        self, request: HttpRequest, data: Any, *, status: int | None = None, temporal_response: HttpResponse | None = None
    ) -> HttpResponse:  # fmt: skip
        """Write an answer; one to a question that the program knows already is left out."""
        response = super().create_response(request, data, status=status, temporal_response=temporal_response)
        response.headers["Access-Control-Allow-Origin"] = "*"  # no cookie counts here
        response.headers["Cache-Control"] = (
            "private, no-cache" if hasattr(request, "auth") else "public, max-age=10"
        )
        return (
            tagged(request, response)
            if request.method in {"GET", "HEAD"} and response.status_code == 200
            else response
        )

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Name of an operation: that of its function."""
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The description, with what is the same for all operations."""
        return complete(super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params))


api = Service(
    title="Cradlemark", version=f"1 ({__version__})", description=DESCRIPTION, urls_namespace="api-v1", docs_url=None,
    openapi_url="/openapi.json", throttle=[Throttle()],
)  # fmt: skip
for router in (register.router, studies.router, cases.router, decisions.router, uploads.router):
    api.add_router("", router)
problems.install(api)


@api.exception_handler(Throttled)
def throttled(_request: HttpRequest, error: Throttled) -> HttpResponse:
    """Too many requests, and when to ask again."""
    return problems.problem(429, "requests-many", headers={"Retry-After": str(max(int(error.wait or 1), 1))})
