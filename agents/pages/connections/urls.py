"""URLs of the connections room, below ``connections/``."""

from django.urls import path

from agents.pages.connections import sign_ins, views

app_name = "connections"

urlpatterns = [
    path("", views.connections, name="list"),
    path("new/", views.choose, name="new"),
    path("new/<slug:kind>/", views.add, name="add"),
    path("sign-in/", sign_ins.back, name="signed-in"),
    path("<int:pk>/sign-in/<slug:provider>/", sign_ins.to_provider, name="sign-in"),
    path("<int:pk>/sign-out/", sign_ins.sign_out, name="sign-out"),
    path("<int:pk>/", views.connection, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/test/", views.test, name="test"),
    path("<int:pk>/inside/", views.inside, name="inside"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/rights/", views.rights, name="rights"),
    path("<int:pk>/rights/removal/", views.take, name="take"),
    path("<int:pk>/removal/", views.removal, name="removal"),
]
