"""Pages of one's own Slack account: link it by a code, choose what it does, unlink it."""

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from agents.connectors.slack.credentials import APP
from agents.connectors.slack.linking import actions
from agents.connectors.slack.linking.forms import LinkForm
from agents.connectors.slack.linking.models import GOOD_FOR, Link
from agents.connectors.slack.manifest import manifest
from portal.access import PersonRequest, signed_in
from portal.addresses import absolute
from portal.answers import attempt, refusals_on
from portal.editing import unchanged
from portal.pages import get_or_post, page
from portal.people.models import Person

MANAGE = "agents.manage_connection"  # sees what the app in Slack is set up with


def places(person: Person) -> "models.QuerySet[Any]":
    """The Slack connections that the person sees."""
    found: models.QuerySet[Any] = (
        apps.get_model("agents.Connection").objects.active().visible_to(person).filter(kind="slack")
    )
    return found


@signed_in
@get_or_post
def account(request: PersonRequest, pk: int) -> HttpResponse:
    """Linked: what the account does. Not linked: how to link it."""
    place = get_object_or_404(places(request.user), pk=pk)
    link = (
        Link.objects.current().filter(person=request.user, connection=place).select_related("person").first()
    )
    if link is None:
        return _page(request, place)
    form = LinkForm(request.POST if request.method == "POST" else None, link)
    if form.is_bound:
        drawn, valid = unchanged(form, link, lambda: LinkForm(None, _again(link))), form.is_valid()
        with refusals_on(form), drawn:
            if valid:
                actions.change(request.user, link, **form.cleaned_data)
                messages.success(request, "Saved.")
                return redirect("slack:account", place.pk)
    return _page(request, place, link=link, form=form, status=422 if form.errors else 200)


@signed_in
@require_POST
def code(request: PersonRequest, pk: int) -> HttpResponse:
    """A new code, which this answer alone shows."""
    place = get_object_or_404(places(request.user), pk=pk)
    made: list[str] = []
    if not attempt(request, "Made a code.", lambda: made.append(actions.make_code(request.user, place))):
        return redirect("slack:account", place.pk)
    return _page(request, place, code=made[0])


@signed_in
@require_POST
def ending(request: PersonRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(Link.objects.visible_to(request.user), pk=pk)
    attempt(request, "Your Slack account is unlinked.", actions.unlink, request.user, link, why="profile")
    return redirect("people:profile")


def _again(link: Link) -> Link:
    return Link.objects.select_related("person").get(pk=link.pk)


def _page(request: PersonRequest, place: Any, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"place": place, "minutes": GOOD_FOR.seconds // 60}
    if place.permits(request.user, MANAGE):
        address = absolute(reverse("slack:arrive", args=[place.pk]))
        socket = any(secret.name == APP and there for secret, there in place.stored_secrets())
        context |= {
            "address": address,
            "socket": socket,
            "manifest": manifest(address=address, socket=socket),
        }
    return page(request, "slack/account.html", context, status=status)
