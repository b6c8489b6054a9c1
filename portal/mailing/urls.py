"""The link that stops mails, below ``notices/mail/``."""

from django.urls import path

from portal.mailing import views

app_name = "mailing"

urlpatterns = [
    path("<str:token>/", views.switch, name="switching"),
    path("<str:token>/resumption/", views.resume, name="resumption"),
]
