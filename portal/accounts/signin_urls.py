"""The door: these names have no namespace, because Django and other rooms ask for them."""

from django.urls import path

from portal.accounts import signin_views as views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/again/", views.again, name="sign-in-again"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("invitation/<str:uid>/<str:token>/", views.invitation, name="invitation"),
]
