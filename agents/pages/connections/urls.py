"""URLs of the connections room, below ``connections/``."""

from django.urls import path

from agents.pages.connections import views

app_name = "connections"

urlpatterns = [
    path("", views.connections, name="list"),
    path("new/", views.choose, name="new"),
    path("new/<slug:kind>/", views.add, name="add"),
    path("<int:pk>/", views.connection, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/test/", views.test, name="test"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/rights/", views.rights, name="rights"),
    path("<int:pk>/rights/removal/", views.take, name="take"),
    path("<int:pk>/removal/", views.removal, name="removal"),
]
