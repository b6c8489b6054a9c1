"""The door: sign in, sign out, the invitation's link, and what stands there after too many wrong tries."""

import math
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portal.access import PersonRequest, anyone, signed_in
from portal.accounts import actions
from portal.accounts.lockout import remember, waits_until
from portal.accounts.signin_forms import AgainForm, ChangePasswordForm, ChoosePasswordForm, SignInForm
from portal.addresses import own_path
from portal.admin_requests import actions as requests
from portal.admin_requests.links import whose
from portal.pages import page
from portal.people import zones
from portal.people.models import Person
from portal.submissions import step_up

BACKEND = "django.contrib.auth.backends.ModelBackend"


@anyone(because="this is where people sign in")
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    onward = _onward(request)
    if request.user.is_authenticated:
        return redirect(onward)
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        login(request, form.get_user())
        return _entered(request, form.get_user(), onward)
    context = {"form": form, "next": onward, "sent_here": onward != resolve_url(settings.LOGIN_REDIRECT_URL)}
    return page(request, "portal/people/sign_in.html", context, status=422 if form.is_bound else 200)


def _entered(request: HttpRequest, person: Person, onward: str) -> HttpResponse:
    """Signed in: this browser is known from now on, and says the person's time zone where nobody has chosen one."""
    zone = request.POST.get("zone", "")
    if not person.zone_known and zone != person.time_zone and zone in zones.known():
        actions.take_zone(person, time_zone=zone)
    return remember(request, redirect(onward), person)


def _onward(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of this portal."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    return own_path(wanted) or resolve_url(settings.LOGIN_REDIRECT_URL)


@signed_in
@sensitive_post_parameters("password")
def again(request: PersonRequest) -> HttpResponseBase:
    """The password once more, before a second person's yes; then the form that waits is sent as it was typed."""
    person, onward, waits = request.user, _onward(request), step_up.waiting(request)
    form = AgainForm(request, person.email, request.POST if request.method == "POST" else None)
    if form.is_valid():
        user_logged_in.send(sender=Person, request=request, user=person)  # ends the count of wrong ones, too
        request.session.cycle_key()
        return step_up.sent(request) or redirect(onward)
    context = {"form": form, "next": onward, "waits": waits}
    return page(request, "portal/people/again.html", context, status=422 if form.is_bound else 200)


@anyone(because="a session that has ended already may still ask to end")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, "You are signed out.")
    return redirect("sign-in")


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """While one waits after wrong tries (portal.accounts.lockout). Says the same for e-mails that nobody has."""
    waits = waits_until(request, (credentials or {}).get("username")) - timezone.now()
    minutes = max(1, math.ceil(waits.total_seconds() / 60))
    answer = page(request, "portal/people/locked_out.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(max(1, math.ceil(waits.total_seconds())))
    return answer


@anyone(because="who follows their invitation has no password yet")
@sensitive_post_parameters()
def invitation(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Choose the first password, or another one in place of a lost one."""
    person = whose(uid, token)
    if person is None:
        return page(request, "portal/people/dead_link.html", {}, status=410)
    form = ChoosePasswordForm(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        first, password = not person.has_joined, form.cleaned_data["new_password1"]
        if first:
            actions.join(person, password=password)
        else:
            requests.enter(person, password=password)
        login(request, person, backend=BACKEND)
        messages.success(
            request, f"Welcome, {person.short_name}." if first else "Your new password is saved."
        )
        return _entered(request, person, resolve_url("home"))
    other = request.user.is_authenticated and request.user != person
    context = {"form": form, "person": person, "other": other}
    return page(request, "portal/people/invitation.html", context, status=422 if form.is_bound else 200)


@signed_in
@sensitive_post_parameters()
def password(request: PersonRequest) -> HttpResponse:
    form = ChangePasswordForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.change_password(request.user, request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, "Your password is changed. You are signed out everywhere else.")
        return redirect("people:profile")
    return page(request, "portal/people/password.html", {"form": form}, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def sign_outs(request: PersonRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    actions.end_sessions(request.user, request.user)
    logout(request)
    messages.success(request, "You are signed out everywhere.")
    return redirect("sign-in")
