"""The script that shows notices, at the root, and the devices of a person."""

from django.urls import path

from portal.push import views

app_name = "push"

urlpatterns = [
    path("service-worker.js", views.worker, name="worker"),
    path("notices/devices/", views.devices, name="devices"),
    path("notices/devices/change/", views.change, name="change"),
    path("notices/devices/<int:pk>/removal/", views.removal, name="removal"),
]
