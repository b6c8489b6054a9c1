"""The audit trail and its export."""

from django.urls import path

from portal.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.trail, name="list"),
    path("export/", views.export, name="export"),
]
