"""One's own usage; the prices of model calls, and what the ledger refused."""

from django.urls import include, path

from metering.my_usage import views

app_name = "usage"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("my-usage.csv", views.mine_csv, name="mine_csv"),
    path("my-usage.json", views.mine_json, name="mine_json"),
    path("calls.csv", views.export, name="export"),
    path("looks/", views.looks, name="looks"),
    path("", include("metering.pricing.urls")),
]
