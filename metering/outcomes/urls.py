"""Work items: one's own, and those that colleagues ask one to confirm."""

from django.urls import path

from metering.outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<int:pk>/", views.item, name="item"),
    path("<int:pk>/request/", views.request, name="request"),
    path("<int:pk>/confirmation/", views.confirmation, name="confirmation"),
    path("<int:pk>/refusal/", views.refusal, name="refusal"),
    path("<int:pk>/reversal/", views.reversal, name="reversal"),
]
