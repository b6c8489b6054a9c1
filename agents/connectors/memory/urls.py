"""URLs of notes."""

from django.urls import path

from agents.connectors.memory import dream_views, views

app_name = "memory"
urlpatterns = [
    path("", views.list_, name="list"),
    path("<int:pk>/", views.of_agent, name="agent"),
    path("<int:pk>/dream/", dream_views.dream, name="dream"),
    path("<int:pk>/dream/trusted/", dream_views.accept_trusted, name="accept_trusted"),
    path("lines/<int:pk>/acceptance/", dream_views.accept, name="accept"),
    path("lines/<int:pk>/refusal/", dream_views.decline, name="decline"),
    path("notes/<int:pk>/", views.edit, name="edit"),
    path("notes/<int:pk>/own/", views.own, name="own"),
    path("notes/<int:pk>/own/end/", views.disown, name="disown"),
    path("notes/<int:pk>/deletion/", views.delete, name="delete"),
]
