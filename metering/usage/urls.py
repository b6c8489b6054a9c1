"""One's own usage."""

from django.urls import path

from metering.usage import views

app_name = "usage"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("calls.csv", views.export, name="export"),
    path("looks/", views.looks, name="looks"),
]
