"""URLs of asks."""

from django.urls import path

from agents.pages.approvals import views

app_name = "approvals"
urlpatterns = [
    path("", views.list_, name="list"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("<int:pk>/proposal/", views.proposal, name="proposal"),
]
