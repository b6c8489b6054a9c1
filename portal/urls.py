"""Every URL of the portal, composed from the rooms by dotted name."""

from django.urls import include, path

handler400 = "portal.home.errors.unreadable"
handler403 = "portal.home.errors.refused"
handler404 = "portal.home.errors.missing"
handler500 = "portal.home.errors.broken"

urlpatterns = [
    path("", include("portal.home.urls")),
    path("", include("portal.people.signin_urls")),
    path("people/", include("portal.people.urls")),
    path("teams/", include("portal.teams.urls")),
    path("trail/", include("portal.audit.urls")),
    path("usage/", include("metering.usage.urls")),
    path("budgets/", include("metering.budgets.urls")),
    path("usage/signals/", include("metering.signals.urls")),
    path("outcomes/", include("metering.outcomes.urls")),
    path("reports/", include("metering.reports.urls")),
    path("my-data/", include("metering.rights.urls")),
    path("agents/", include("agents.pages.registry.urls")),
    path("connections/", include("agents.pages.connections.urls")),
    path("openings/", include("agents.pages.openings.urls")),
    path("grants/", include("agents.pages.grants.urls")),
    path("tasks/", include("agents.pages.queue.urls")),
    path("asks/", include("agents.pages.approvals.urls")),
    path("messages/", include("agents.connectors.chat.urls")),
    path("stops/", include("agents.pages.stops.urls")),
    path("handovers/", include("agents.pages.succession.urls")),
]
