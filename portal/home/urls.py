"""The start page."""

from django.urls import path

from portal.home.views import index

urlpatterns = [path("", index, name="home")]
