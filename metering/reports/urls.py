"""Reports about groups and single people, and the permits that open them."""

from django.urls import path

from metering.permits import views as permit_views
from metering.reports import finance_views, views

app_name = "reports"
urlpatterns = [
    path("", permit_views.mine, name="teams"),
    path("teams/<int:pk>/", views.team, name="team"),
    path("teams/<int:pk>.csv", views.team_export, name="team_export"),
    path("people/<int:pk>/", views.person, name="person"),
    path("organisation/", finance_views.organisation, name="organisation"),
    path("organisation.csv", finance_views.organisation_export, name="organisation_export"),
    path("cost-centres/", finance_views.cost_centres, name="cost_centres"),
    path("cost-centres.csv", finance_views.cost_centres_export, name="cost_centres_export"),
    path("looks/", views.looks, name="looks"),
    path("looks/checks/", views.checks, name="checks"),
    path("permits/", permit_views.inbox, name="permits"),
    path("permits/new/", permit_views.new, name="new_permit"),
    path("permits/<int:pk>/", permit_views.detail, name="permit"),
    path("permits/<int:pk>/decision/", permit_views.decision, name="decision"),
    path("permits/<int:pk>/revocation/", permit_views.revocation, name="revocation"),
]
