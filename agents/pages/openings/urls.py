"""URLs of the openings room, below ``openings/``."""

from django.urls import path

from agents.pages.openings import views

app_name = "openings"

urlpatterns = [
    path("of/<int:pk>/", views.new, name="new"),
    path("<int:pk>/ending/", views.ending, name="ending"),
]
