"""Where the dashboards are."""

from django.urls import path

from dashboards import api as endpoints
from dashboards.views import pages
from dashboards.views import targets as target_pages

dashboards = [
    path("", pages.overview, name="overview"),
    path("targets/", target_pages.targets, name="targets"),
    path("targets/set/", target_pages.set_target, name="target-set"),
    path("<slug:slug>/", pages.kpi, name="kpi"),
    path("<slug:slug>/export/", pages.export, name="export"),
    path("<slug:slug>/behind/", pages.behind, name="behind"),
    path("<slug:slug>/behind/export/", pages.export_behind, name="behind-export"),
]

api = [
    path("kpis/", endpoints.KpiList.as_view(), name="kpis"),
    path("kpis/<slug:slug>/", endpoints.KpiDetail.as_view(), name="kpi"),
]
