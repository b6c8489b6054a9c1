"""URLs of tasks."""

from django.urls import path

from agents.pages.queue import outcome_views, sharing_views, views

app_name = "queue"
urlpatterns = [
    path("", views.list_, name="list"),
    path("latest/", views.latest, name="latest"),
    path("new/<int:pk>/", views.new, name="new"),
    path("new/<int:pk>/plan/", views.plan, name="plan"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/opened/", views.opened, name="opened"),
    path("<int:pk>/cancellation/", views.cancel, name="cancel"),
    path("<int:pk>/shares/", sharing_views.shares, name="shares"),
    path("<int:pk>/shares/removal/", sharing_views.unshare, name="unshare"),
    path("<int:pk>/keeping/", sharing_views.keep, name="keep"),
    path("<int:pk>/keeping/end/", sharing_views.let_go, name="let-go"),
    path("<int:pk>/items/", outcome_views.items, name="items"),
    path("<int:pk>/feedback/", outcome_views.feedback, name="feedback"),
    path("steps/<int:pk>/", views.step, name="step"),
    path("calls/<int:pk>/", views.call, name="call"),
]
