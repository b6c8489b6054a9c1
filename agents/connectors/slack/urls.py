"""URLs of Slack: the door for what it sends, and the pages of one's own account."""

from django.urls import path

from agents.connectors.slack.arriving.views import arrive
from agents.connectors.slack.linking import views

app_name = "slack"
urlpatterns = [
    path("<int:pk>/", arrive, name="arrive"),
    path("<int:pk>/account/", views.account, name="account"),
    path("<int:pk>/code/", views.code, name="code"),
    path("accounts/<int:pk>/ending/", views.ending, name="ending"),
]
