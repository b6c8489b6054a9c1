"""URLs of ready-made agents, below ``gallery/``."""

from django.urls import path

from agents.pages.gallery import views

app_name = "gallery"

urlpatterns = [
    path("", views.list_, name="list"),
    path("<slug:key>/", views.new, name="new"),
    path("<int:pk>/request/", views.request_, name="request"),
]
