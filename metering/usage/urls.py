"""One's own usage; the prices of model calls, and what the ledger refused."""

from django.urls import path

from metering.usage import price_views, views

app_name = "usage"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("my-usage.csv", views.mine_csv, name="mine_csv"),
    path("my-usage.json", views.mine_json, name="mine_json"),
    path("calls.csv", views.export, name="export"),
    path("looks/", views.looks, name="looks"),
    path("prices/", price_views.prices, name="prices"),
    path("prices/new/", price_views.new_price, name="new_price"),
    path("prices/<int:pk>/end/", price_views.end_price, name="end_price"),
    path("prices/pricing/", price_views.pricing, name="pricing"),
    path("rates/new/", price_views.new_rate, name="new_rate"),
    path("refusals/", price_views.refusals, name="refusals"),
]
