"""People: the list, a person, one's own profile, and what who manages people can do."""

from django.urls import path

from portal.people import admin_views, chart_views, signin_views, views

app_name = "people"

urlpatterns = [
    path("", views.people, name="list"),
    path("suggestions/", views.suggestions, name="suggestions"),
    path("profile/", views.profile, name="profile"),
    path("profile/password/", signin_views.password, name="password"),
    path("profile/sign-outs/", signin_views.sign_outs, name="sign-outs"),
    path("invitations/new/", admin_views.invite, name="new"),
    path("chart/", chart_views.chart, name="chart"),
    path("chart/imports/", chart_views.imports, name="imports"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", admin_views.edit, name="edit"),
    path("<int:pk>/manager/", admin_views.manager, name="manager"),
    path("<int:pk>/roles/", admin_views.roles, name="roles"),
    path("<int:pk>/links/", admin_views.links, name="links"),
    path("<int:pk>/deactivation/", admin_views.deactivation, name="deactivation"),
    path("<int:pk>/reactivation/", admin_views.reactivation, name="reactivation"),
]
