"""Teams: the list, a team, and who is in it."""

from django.urls import path

from portal.teams import views

app_name = "teams"

urlpatterns = [
    path("", views.teams, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/members/new/", views.add_member, name="add-member"),
    path("<int:pk>/members/<int:membership>/end/", views.end_membership, name="end-membership"),
]
