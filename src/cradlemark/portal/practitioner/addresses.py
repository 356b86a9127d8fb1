"""Addresses of the pages of a manufacturer."""

from __future__ import annotations

from django.urls import path

from cradlemark.portal.practitioner import editor, handing_in, imports, pages, results, suppliers

urlpatterns = [
    path("products/", pages.products, name="products"),
    path("products/new/", pages.new_product, name="product-new"),
    path("products/<int:product>/", pages.product, name="product"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.new_import, name="import-new"),
    path("imports/<int:number>/", imports.columns, name="import"),
    path("imports/<int:number>/matches/", imports.matches, name="import-matches"),
    path("imports/<int:number>/matches/<int:row>/", imports.match, name="import-match"),
    path("imports/<int:number>/apply/", imports.apply_import, name="import-apply"),
    path("imports/<int:number>/drop/", imports.drop_import, name="import-drop"),
    path("studies/<int:study>/", pages.study, name="study"),
    path("studies/<int:study>/document/", pages.document, name="study-document"),
    path("studies/<int:study>/save/", pages.save_study, name="study-save"),
    path("studies/<int:study>/undo/", pages.undo_study, name="study-undo"),
    path("studies/<int:study>/edit/<str:place>/", editor.edit, name="study-edit"),
    path("studies/<int:study>/preview/<str:place>/", editor.preview, name="study-preview"),
    path("studies/<int:study>/results/", results.show_results, name="study-results"),
    path("studies/<int:study>/scenarios/", results.scenarios, name="study-scenarios"),
    path("studies/<int:study>/compare/", results.compare_sides, name="study-compare"),
    path("studies/<int:study>/hand-in/", handing_in.hand_in, name="study-hand-in"),
    path("studies/<int:study>/submit/", handing_in.submit_study, name="study-submit"),
    path("studies/<int:study>/requests/", suppliers.requests, name="study-requests"),
    path("studies/<int:study>/requests/<int:number>/use/", suppliers.use, name="study-request-use"),
    path("supplier/<str:token>/", suppliers.supplier, name="supplier"),
    path("my-labels/", handing_in.my_labels, name="my-labels"),
    path("my-labels/<str:number>/notify/", handing_in.notify_label, name="label-notify"),
    path("my-labels/<str:number>/withdraw/", handing_in.withdraw_label, name="label-withdraw"),
]
