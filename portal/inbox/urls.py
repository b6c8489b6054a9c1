"""What the reader was told."""

from django.urls import path

from portal.inbox import views

app_name = "notices"
urlpatterns = [
    path("<int:pk>/", views.open_notice, name="open"),
]
