"""My data, corrections, objections, erasure, and what is visible to whom."""

from django.urls import path

from metering.rights import deciding_views, erasure_views, rules_views, views

app_name = "rights"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("export/", views.export, name="export"),
    path("corrections/new/", views.new_correction, name="new_correction"),
    path("objections/signals/", views.signals, name="signals"),
    path("objections/permits/<int:pk>/", views.object_to, name="object"),
    path("decisions/", deciding_views.inbox, name="inbox"),
    path("corrections/<int:pk>/", deciding_views.correction, name="correction"),
    path("corrections/<int:pk>/decision/", deciding_views.decide_correction, name="decide_correction"),
    path("corrections/<int:pk>/withdrawal/", views.withdraw_correction, name="withdraw_correction"),
    path("objections/<int:pk>/", deciding_views.objection, name="objection"),
    path("objections/<int:pk>/decision/", deciding_views.decide_objection, name="decide_objection"),
    path("objections/<int:pk>/withdrawal/", views.withdraw_objection, name="withdraw_objection"),
    path("erasures/<int:pk>/", erasure_views.erasure, name="erasure"),
    path("visibility/", rules_views.visible, name="visible"),
    path("visibility/<slug:name>/", rules_views.document, name="document"),
]
