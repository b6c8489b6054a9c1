"""The audit trail and its export."""

from django.urls import path

from portal.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.trail, name="list"),
    path("export/", views.export, name="export"),
    path("records/", views.records, name="records"),
    path("program/", views.program, name="program"),
    path("check/", views.check, name="check"),
]
