"""Addresses of the pages of the programme."""

from __future__ import annotations

from django.urls import path

from cradlemark.portal.operator import (
    accreditations,
    audit,
    benchmarks,
    complaints,
    dashboard,
    health,
    labels,
    pages,
    people,
    rules,
)

urlpatterns = [
    path("cases/<int:number>/plan/", pages.plan, name="case-plan"),
    path("cases/<int:number>/register/", pages.register, name="case-register"),
    path("labels/", labels.labels, name="labels"),
    path("labels/<str:number>/", labels.label, name="label"),
    path("labels/<str:number>/change/", labels.change_label, name="label-change"),
    path("labels/<str:number>/preview/", labels.preview, name="label-preview"),
    path("labels/<str:number>/preview/page/", labels.preview_page, name="label-preview-page"),
    path("programme/", dashboard.dashboard, name="dashboard"),
    path("programme/accreditations/", accreditations.accreditations, name="accreditations"),
    path("programme/accreditations/new/", accreditations.grant, name="accreditation-new"),
    path("programme/accreditations/<int:number>/end/", accreditations.take_back, name="accreditation-end"),
    path("programme/benchmarks/", benchmarks.benchmarks, name="benchmarks"),
    path("programme/benchmarks/<slug:name>/", benchmarks.renew, name="benchmark-renew"),
    path("programme/complaints/", complaints.complaints, name="complaints"),
    path("programme/complaints/<slug:ticket>/", complaints.complaint, name="complaint"),
    path("programme/complaints/<slug:ticket>/step/", complaints.handle_complaint, name="complaint-step"),
    path("programme/rules/", rules.rules, name="rules"),
    path("programme/publish/", rules.publish_waiting, name="publish"),
    path("programme/health/", health.health, name="health"),
    path("programme/people/", people.people, name="people"),
    path("programme/people/<int:number>/sign-out/", people.sign_out, name="people-sign-out"),
    path("programme/people/<int:number>/reset/", people.ask_reset, name="people-reset"),
    path("programme/people/resets/<int:number>/", people.decide_reset, name="people-reset-decide"),
    path("programme/audit/", audit.audit, name="audit"),
]
