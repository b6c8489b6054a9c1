"""People: the list, a person, one's own profile, and what who manages people can do."""

from django.urls import path

from portal.accounts import admin_views, chart_views, invitation_views, signin_views, views
from portal.admin_requests import views as account_views

app_name = "people"

urlpatterns = [
    path("", views.people, name="list"),
    path("suggestions/", views.suggestions, name="suggestions"),
    path("profile/", views.profile, name="profile"),
    path("profile/password/", signin_views.password, name="password"),
    path("profile/sign-outs/", signin_views.sign_outs, name="sign-outs"),
    path("profile/held/", account_views.held, name="held"),
    path("profile/links/<int:pk>/", account_views.acknowledgement, name="acknowledgement"),
    path("requests/<int:pk>/confirmation/", account_views.confirmation, name="confirmation"),
    path("requests/<int:pk>/refusal/", account_views.refusal, name="refusal"),
    path("<int:pk>/vouching/", account_views.vouching, name="vouching"),
    path("invitations/", invitation_views.invitations, name="invitations"),
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
