"""Problem documents (RFC 9457), made here and nowhere else."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import attrs
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.portal.refusals import headers_of, status_of

MEDIA_TYPE = "application/problem+json"
PAGE = "/api/v1/#problems"
"""Where the codes are explained."""
_PLAIN = Text(
    "this interface is asked over HTTPS; replace the token that you have sent",
    "该接口须通过 HTTPS 访问；请更换已发送的令牌",
)
MOST = 100
"""Single problems that are named."""
logger = logging.getLogger(__name__)
_WORDS = {
    400: Text("the request cannot be read", "无法读取该请求"),
    401: Text("a valid token is needed", "需要有效的令牌"),
    403: Text("the token or its owner may not do this", "令牌或其所有者无权执行此操作"),
    404: Text("there is nothing at this address", "该地址没有内容"),
    405: Text("this address does not know the method", "该地址不支持此方法"),
    406: Text("only JSON is answered", "仅以 JSON 答复"),
    413: Text("the request is too large", "请求过大"),
    415: Text("the body is of another kind than is read here", "请求体类型不受支持"),
    422: Text("something in the request is not as it has to be", "请求内容不符合要求"),
    429: Text("too many requests", "请求过于频繁"),
    500: Text("a fault of the program; nothing was done", "程序故障；未执行任何操作"),
}


@attrs.frozen
class Refusal(Exception):
    """A request that is refused for a reason of HTTP.

    Parameters
    ----------
    status : int
    code : str
    message : Text, optional
    headers : mapping, optional
    """

    status: int
    code: str
    message: Text = Text()
    headers: Mapping[str, str] = attrs.field(factory=dict)


def problem(
    status: int, code: str, message: Text | None = None, *, where: str = "", hint: Text | None = None,
    errors: list[dict[str, Any]] | None = None, headers: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """Write a problem document.

    Parameters
    ----------
    status : int
        Of HTTP.
    code : str
        Stable, as in the list of error codes.
    message, hint : Text, optional
        In both languages.
    where : str, optional
        Place in what was sent.
    errors : list of dict, optional
        Single problems.
    headers : mapping, optional
    """
    said = message or _WORDS.get(status) or Text(HTTPStatus(status).phrase)
    document: dict[str, Any] = {
        "type": f"{PAGE}-{code}", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": said["en"],
        "message": both(said), "hint": both(hint) if hint else {}, "where": where, "errors": (errors or [])[:MOST],
    }  # fmt: skip
    response = HttpResponse(json.dumps(document, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def both(text: Text) -> dict[str, str]:
    """A text in both languages; where one of them is missing, the other one stands for it."""
    return {"en": text["en"], "zh": text["zh"]}


def problem_of(error: CradlemarkError) -> HttpResponse:
    """Problem document of an error that a user can repair."""
    errors = [
        {"where": one.where, "code": one.code, "message": both(one.message), "hint": both(one.hint)}
        for one in error.problems
    ]
    return problem(
        status_of(error), error.code, error.message, where=error.where, hint=error.hint, errors=errors, headers=headers_of(error)
    )  # fmt: skip


def install(api: NinjaAPI) -> None:
    """Let the interface answer every error with a problem document."""
    handlers: Mapping[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        CradlemarkError: lambda _request, error: problem_of(error),
        Refusal: lambda _request, error: problem(
            error.status, error.code, error.message or None, headers=error.headers
        ),
        ValidationError: lambda _request, error: problem(422, "request-shape", errors=_places(error)),
        AuthenticationError: lambda _request, _error: unauthorised(),
        HttpError: lambda _request, error: problem(error.status_code, "request-refused"),
        PermissionDenied: lambda _request, _error: problem(403, "request-forbidden"),
        Http404: lambda _request, _error: problem(404, "address-unknown"),
        Exception: _fault,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def unauthorised() -> HttpResponse:
    """Answer to somebody without a token that holds."""
    return problem(401, "token-invalid", headers={"WWW-Authenticate": 'Bearer realm="cradlemark"'})


def _places(error: ValidationError) -> list[dict[str, Any]]:
    return [
        {
            "where": ".".join(str(part) for part in one.get("loc", ()) if part not in {"body", "payload"}),
            "code": "request-shape", "hint": {},
            "message": {"en": str(one.get("msg", "")), "zh": _KINDS.get(str(one.get("type", "")), _OTHER)},
        }
        for one in error.errors
    ]  # fmt: skip


_OTHER = "该值不符合要求"
_KINDS = {
    "missing": "缺少该项", "extra_forbidden": "没有该字段", "string_too_short": "过短", "string_too_long": "过长", "too_long": "项数过多",
    "string_type": "须为文本", "int_type": "须为整数", "int_parsing": "须为整数", "string_pattern_mismatch": "格式不符",
    "literal_error": "不在选项之中", "greater_than_equal": "数值过小", "less_than_equal": "数值过大",
}  # fmt: skip
"""What pydantic complains of, in Chinese."""


def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """Log a fault and say nothing of it to others."""
    logger.error("fault at %s %s", request.method, request.path, exc_info=error)
    return problem(500, "fault")


class ApiProblems:
    """Turns what Django itself refuses below ``/api/`` into problem documents too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; one over plain HTTP is refused, not led to HTTPS: its token has been seen already."""
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return problem(403, code="request-plain", message=_PLAIN)
        response = self.get_response(request)
        if response.status_code < 400:
            return response
        if response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
        if response.status_code == 413:
            return problem(413, code="request-large")
        if response.status_code == 405:
            return problem(405, code="request-method", headers=kept)
        codes = {404: "address-unknown", 500: "fault"}
        return problem(response.status_code, codes.get(response.status_code, "request-refused"), headers=kept)
