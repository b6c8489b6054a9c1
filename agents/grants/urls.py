"""Addresses of grants."""

from django.urls import path

from agents.grants import views

app_name = "grants"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("new/<int:pk>/", views.new, name="new"),
    path("requests/<int:pk>/", views.request_page, name="request"),
    path("requests/<int:pk>/decision/", views.decision, name="decision"),
    path("requests/<int:pk>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/revocation/", views.revocation, name="revocation"),
]
