"""Addresses of the pages of a verifier."""

from __future__ import annotations

from django.urls import path

from cradlemark.portal.verifier import changes, queue, sampling, workbench

urlpatterns = [
    path("verification/", queue.queue, name="verification"),
    path("cases/<int:number>/workbench/", workbench.workbench, name="case-workbench"),
    path("cases/<int:number>/tick/", workbench.tick_check, name="case-tick"),
    path("cases/<int:number>/raise/", workbench.raise_finding, name="case-raise"),
    path("cases/<int:number>/sampling/", sampling.sampling, name="case-sampling"),
    path("cases/<int:number>/sampling/mark/", sampling.mark_lines, name="case-sampling-mark"),
    path("cases/<int:number>/changes/", changes.changes, name="case-changes"),
]
