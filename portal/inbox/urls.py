"""What the reader was told."""

from django.urls import path

from portal.inbox import views

app_name = "notices"
urlpatterns = [
    path("", views.list_, name="list"),
    path("choices/", views.choices, name="choices"),
    path("count/", views.count, name="count"),
    path("reading/", views.mark_read, name="reading"),
    path("<int:pk>/", views.open_notice, name="open"),
]
