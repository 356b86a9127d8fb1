"""Check a label on the server: a dropped file or a typed number; what was checked, what was not, and why it is believed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cradlemark.core.errors import CradlemarkError, InputError, StateError
from cradlemark.core.language import Text
from cradlemark.portal.home import home, now
from cradlemark.portal.public.checking import Checked, check_file
from cradlemark.registry.search.near import NumberAnswer, number_asked

LARGEST = 25_000_000
"""Longest file that is taken [byte]."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and the findings beside it."""
    asked = request.POST if request.method == "POST" else request.GET
    typed = asked.get("number", "").strip()[:60]
    upload = request.FILES.get("file") if request.method == "POST" else None
    if not typed and upload is None:
        missing = request.method == "POST"
        return _page(request, typed, nothing=missing, status=422 if missing else 200)
    try:
        answer = _number(typed) if typed else None
        if upload is not None and (upload.size or 0) > LARGEST:
            raise InputError(
                Text("the file is larger than 25 MB", '文件大于 25 MB'), code="file-too-large", hint=Text("send the certificate, a picture or the bundle", '请提交证书、图片或数据包')
            )  # fmt: skip
        number = answer.number if answer and answer.answer == "issued" else ""
        if upload is None and not number:
            return _page(request, typed, answer=answer, status=404)
        checked = check_file(upload.read() if upload else b"", number=number, home=home())
    except CradlemarkError as error:
        status = 413 if error.code == "file-too-large" else 503 if isinstance(error, StateError) else 422
        response = _page(request, typed, error=error, status=status)
        if status == 503:
            response.headers["Retry-After"] = "5"
        return response
    return _page(request, typed, answer=answer, checked=checked, name=(upload.name or "") if upload else "")


def _number(typed: str) -> NumberAnswer:
    """What is known of the number.

    Raises
    ------
    InputError
        ``label-number``
    """
    answer = number_asked(typed, mark=home().programme.mark)
    if answer is None:
        raise InputError(
            Text(f"{typed!r} is no number of a label", f'{typed!r} 不是标签编号'), code="label-number", hint=Text("copy it as it is printed, with its hyphens", '请按印刷内容抄录，包括连字符')
        )  # fmt: skip
    return answer


def _page(
    request: HttpRequest, typed: str, *, status: int = 200, nothing: bool = False, name: str = "",
    answer: NumberAnswer | None = None, checked: Checked | None = None, error: CradlemarkError | None = None,
) -> HttpResponse:  # fmt: skip
    shown = {
        "typed": typed, "nothing": nothing, "name": name[:120], "answer": answer, "checked": checked, "time": now(),
        "problems": error.problems if error else (),
    }  # fmt: skip
    return render(request, "portal/public/verify.html", shown, status=status)
