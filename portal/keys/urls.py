"""URLs of the encryption keys, below ``keys/``."""

from django.urls import path

from portal.keys import views

app_name = "keys"

urlpatterns = [path("", views.keys, name="keys")]
