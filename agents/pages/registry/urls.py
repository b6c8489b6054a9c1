"""URLs of the registry, below ``agents/``."""

from django.urls import path

from agents.pages.registry import shadow_views, views

app_name = "registry"

urlpatterns = [
    path("", views.agents, name="list"),
    path("new/", views.register, name="new"),
    path("<int:pk>/", views.agent, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/history/", views.history, name="history"),
    path("<int:pk>/usage/", views.usage, name="usage"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/endings/", views.endings, name="endings"),
    path("<int:pk>/resumption/", views.resumption, name="resumption"),
    path("<int:pk>/record/", shadow_views.record, name="record"),
    path("<int:pk>/record/looks/", shadow_views.looks, name="looks"),
    path("<int:pk>/live/", shadow_views.live, name="live"),
    path("<int:pk>/shadow/", shadow_views.into_shadow, name="shadow"),
    path("<int:pk>/shares/", views.shares, name="shares"),
    path("<int:pk>/shares/removal/", views.unshare, name="unshare"),
    path("<int:pk>/owner/", views.owner, name="owner"),
    path("<int:pk>/retirement/", views.retirement, name="retirement"),
]
