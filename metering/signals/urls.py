"""One's own signals of waste."""

from django.urls import path

from metering.signals import views

app_name = "signals"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<int:pk>/usefulness/", views.useful, name="useful"),
]
