"""URLs of asks."""

from django.urls import path

from agents.pages.approvals import unclear_views, views

app_name = "approvals"
urlpatterns = [
    path("", views.list_, name="list"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("<int:pk>/proposal/", views.proposal, name="proposal"),
    path("unclear/<int:pk>/", unclear_views.detail, name="unclear"),
    path("unclear/<int:pk>/answer/", unclear_views.answer, name="unclear-answer"),
    path("unclear/<int:pk>/look/", unclear_views.look, name="unclear-look"),
]
