"""URLs of the succession room, below ``handovers/``."""

from django.urls import path

from agents.pages.succession import views

app_name = "succession"

urlpatterns = [
    path("<int:pk>/", views.handover, name="handover"),
    path("<int:pk>/taking/", views.taking, name="taking"),
    path("<int:pk>/declining/", views.declining, name="declining"),
]
