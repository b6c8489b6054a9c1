"""URLs of deployments."""

from django.urls import path

from agents.connectors.deploy import views

app_name = "deploy"
WHERE = "<int:pk>/<slug:service>/<slug:environment>/"
urlpatterns = [
    path("", views.list_, name="list"),
    path(WHERE, views.environment, name="environment"),
    path(f"{WHERE}rollback/", views.rollback, name="rollback"),
    path(f"{WHERE}<int:run>/", views.run, name="run"),
]
