"""URLs of the messages that agents posted."""

from django.urls import path

from agents.connectors.chat import views

app_name = "chat"
urlpatterns = [path("", views.list_, name="list")]
