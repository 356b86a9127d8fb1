"""Addresses of the portal."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path, re_path

from cradlemark.portal import desk, tokens
from cradlemark.portal.accounts import pages as accounts
from cradlemark.portal.api import documentation as api_docs
from cradlemark.portal.api.service import api
from cradlemark.portal.demonstration import sign_in
from cradlemark.portal.operator import addresses as operator_addresses
from cradlemark.portal.practitioner import addresses as practitioner
from cradlemark.portal.public import compare, data, files, log, problem, search, statistics
from cradlemark.portal.public import verify as verify_page
from cradlemark.portal.support import site as support
from cradlemark.portal.verifier import addresses as verifier_addresses
from cradlemark.portal.verifier import pages as verifier
from cradlemark.portal.watching import health, metrics

urlpatterns = [
    # everybody
    path("", search.home, name="home"),
    path("compare/", compare.compare, name="compare"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/<slug:name>", statistics.chart_page, name="chart"),
    re_path(
        r"^statistics/(?P<name>[a-z0-9-]+)\.(?P<ending>csv|metadata\.json|svg|png)$",
        statistics.chart_file,
        name="chart-file",
    ),
    path("log/", log.log, name="log"),
    path("verify/", verify_page.verify, name="verify"),
    path("problem/", problem.problem, name="problem"),
    path("problem/<slug:ticket>/", problem.ticket, name="problem-ticket"),
    path("healthz", health.live, name="live"),
    path("readyz", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("data/", data.data, name="data"),
    path("api/v1/", api_docs.documentation, name="api"),
    path("api/v1/", api.urls),
    path("tokens/", tokens.tokens, name="tokens"),
    path("invitation/<str:secret>/", accounts.invitation, name="invitation"),
    path("invitations/", accounts.invitations, name="invitations"),
    path("invitations/<int:number>/withdraw/", accounts.withdraw_invitation, name="invitation-withdraw"),
    path("organisation/new/", accounts.new_organisation, name="organisation-new"),
    path("tokens/<int:number>/revoke/", tokens.revoke, name="token-revoke"),
    path("language/", include("django.conf.urls.i18n")),
    path("account/", include("allauth.urls")),
    path("desk/", desk.desk, name="desk"),
    *practitioner.urlpatterns,
    # everybody with a part in it
    path("cases/<int:number>/", desk.case, name="case"),
    path("cases/<int:number>/step/", desk.take_step, name="case-step"),
    path("cases/<int:number>/findings/<int:finding>/reply/", desk.reply, name="finding-reply"),
    path("cases/<int:number>/bundle/", desk.bundle, name="case-bundle"),
    # verifier
    *verifier_addresses.urlpatterns,
    path("cases/<int:number>/declare/", verifier.declare, name="case-declare"),
    path("cases/<int:number>/recompute/", verifier.recompute, name="case-recompute"),
    path("cases/<int:number>/findings/", verifier.find, name="finding-new"),
    path("cases/<int:number>/findings/<int:finding>/close/", verifier.close, name="finding-close"),
    path("cases/<int:number>/opinion/", verifier.opinion, name="case-opinion"),
    # programme
    *operator_addresses.urlpatterns,
    path("support/", support.made().urls),
]
if settings.DEMONSTRATION:
    urlpatterns.append(path("demonstration/sign-in/<str:token>/", sign_in, name="demonstration-sign-in"))
urlpatterns += [
    path("L/<str:code>", files.scanned, name="scanned"),
    path("01/<str:gtin>", files.scanned, name="scanned-product"),
    path("<path:name>", files.published, name="published"),
]
