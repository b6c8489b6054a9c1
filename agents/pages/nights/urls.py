"""URLs of the evening and the morning, below ``nights/``."""

from django.urls import path

from agents.pages.nights import views

app_name = "nights"

urlpatterns = [
    path("", views.tonight, name="tonight"),
    path("hours/", views.hours, name="hours"),
    path("morning/", views.morning, name="morning"),
    path("morning/<int:year>-<int:month>-<int:day>/", views.morning, name="of-day"),
    path("clearances/<int:pk>/withdrawal/", views.withdrawal, name="withdrawal"),
]
