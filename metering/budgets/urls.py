"""URLs of budgets, below ``budgets/``."""

from django.urls import path

from metering.budgets import views

app_name = "budgets"

urlpatterns = [
    path("", views.list_, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/raises/", views.raises, name="raises"),
    path("<int:pk>/ending/", views.ending, name="ending"),
    path("raises/<int:pk>/ending/", views.raise_ending, name="raise-ending"),
]
