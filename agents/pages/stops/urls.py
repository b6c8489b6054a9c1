"""URLs of the stops, below ``stops/``."""

from django.urls import path

from agents.pages.stops import views

app_name = "stops"

urlpatterns = [
    path("", views.stops, name="list"),
    path("everything/", views.everything, name="everything"),
    path("capability/", views.capability, name="capability"),
    path("<int:pk>/lifting/", views.lifting, name="lifting"),
]
