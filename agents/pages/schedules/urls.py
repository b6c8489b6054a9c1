"""URLs of schedules, below ``schedules/``."""

from django.urls import path

from agents.pages.schedules import hook_views, views

app_name = "schedules"

urlpatterns = [
    path("", views.list_, name="list"),
    path("new/<int:pk>/", views.new, name="new"),
    path("preview/", views.preview, name="preview"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/on/", views.switch_on, name="on"),
    path("<int:pk>/off/", views.switch_off, name="off"),
    path("<int:pk>/resumption/", views.resumption, name="resumption"),
    path("<int:pk>/runs/", views.runs, name="runs"),
    path("<int:pk>/skips/", views.skips, name="skips"),
    path("<int:pk>/ending/", views.ending, name="ending"),
    path("<int:pk>/key/", hook_views.key, name="key"),
    path("runs/<int:pk>/answer/", views.late, name="late"),
    path("hooks/<uuid:hook>/", hook_views.deliver, name="hook"),
]
