"""URLs of grants."""

from django.urls import path

from agents.pages.grants import review_views, views

app_name = "grants"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("new/<int:pk>/", views.new, name="new"),
    path("requests/<int:pk>/", views.request_page, name="request"),
    path("requests/<int:pk>/decision/", views.decision, name="decision"),
    path("requests/<int:pk>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("on/<int:pk>/", review_views.on_connection, name="on"),
    path("on/<int:pk>/revocation/", review_views.end_on, name="end-on"),
    path("of/<int:pk>/", review_views.of_agent, name="of"),
    path("of/<int:pk>/revocation/", review_views.end_of, name="end-of"),
    path("of/<int:pk>/renewal/", review_views.renewal, name="renewal"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/revocation/", views.revocation, name="revocation"),
]
