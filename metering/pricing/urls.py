"""Prices of model calls, and what the ledger refused."""

from django.urls import path

from metering.pricing import views

urlpatterns = [
    path("prices/", views.prices, name="prices"),
    path("prices/new/", views.new_price, name="new_price"),
    path("prices/<int:pk>/end/", views.end_price, name="end_price"),
    path("prices/pricing/", views.pricing, name="pricing"),
    path("rates/new/", views.new_rate, name="new_rate"),
    path("refusals/", views.refusals, name="refusals"),
]
