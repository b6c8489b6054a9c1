"""Pages about people that everybody may open: the list, a person, one's own profile."""

from operator import attrgetter

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string

from portal import plugins
from portal.access import PersonRequest, may, signed_in
from portal.accounts import actions
from portal.accounts.forms import FilterForm, ProfileForm, initial
from portal.admin_requests.models import AdminRequest
from portal.answers import refusals_on
from portal.audit.models import Entry
from portal.editing import unchanged
from portal.pages import page, paged
from portal.parts import HomePart
from portal.people import line
from portal.people.models import Person, PersonQuerySet
from portal.people.rings import in_words
from portal.permissions import PortalPermission
from portal.teams.models import Membership


@signed_in
def people(request: PersonRequest) -> HttpResponse:
    manages = may(request.user, PortalPermission.MANAGE_PEOPLE)
    form = FilterForm(request.GET or None, manages=manages)
    found = Person.objects.visible_to(request.user)
    found = found.matching(**form.cleaned_data) if form.is_valid() else found.active()
    context = {
        "form": form,
        "page_obj": paged(request, _with_teams(found).select_related("manager").prefetch_related("groups")),
        "manages": manages,
        "invited": Person.objects.invited().count() if manages else 0,
        "rings": [in_words(ring) for ring in line.rings()] if manages else [],
    }
    return page(request, "portal/people/list.html", context, part="rows")


def _with_teams(found: PersonQuerySet) -> PersonQuerySet:
    current = Membership.objects.current().select_related("team").order_by("team__name")
    return found.prefetch_related(Prefetch("memberships", current, to_attr="current_memberships"))


@signed_in
def suggestions(request: PersonRequest) -> HttpResponse:
    """Up to ten people for what was typed into a :class:`PersonField`, whatever the field is called."""
    words = next(iter(request.GET.dict().values()), "").strip()
    found = Person.objects.visible_to(request.user).active().search(words)[:10] if words else []
    return page(request, "portal/people/suggestions.html", {"people": found})


@signed_in
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    found = Person.objects.visible_to(request.user).select_related("manager")
    person = get_object_or_404(_with_teams(found), pk=pk)
    manages = may(request.user, PortalPermission.MANAGE_PEOPLE)
    reports = person.reports.active()
    context = {
        "person": person,
        "manages": manages,
        "asked": AdminRequest.objects.open().filter(person=person).select_related("asked_by")
        if manages
        else [],
        "ring": in_words(next((ring for ring in line.rings() if person in ring), [])) if manages else "",
        "reports": reports[:12],
        "reports_count": reports.count(),
        "history": Entry.objects.about(person).reverse()[:15] if manages or person == request.user else [],
    }
    return page(request, "portal/people/detail.html", context)


@signed_in
def profile(request: PersonRequest) -> HttpResponse:
    person = request.user
    form = _profile(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            with unchanged(form, person, lambda: _profile(person)):
                actions.edit(person, person, **form.cleaned_data)
            messages.success(request, "Your profile is changed.")
            return redirect("people:profile")
    context = {
        "form": form,
        "memberships": person.memberships.current().select_related("team").order_by("team__name"),
        "history": Entry.objects.about(person).reverse()[:8],
        "parts": [render_to_string(part.template, part.context, request) for part in _parts(request)],
    }
    return page(request, "portal/people/profile.html", context, status=422 if form.errors else 200)


def _profile(person: Person, data: QueryDict | None = None) -> ProfileForm:
    return ProfileForm(data, initial=initial(person), zone=person.time_zone)


def _parts(request: PersonRequest) -> list[HomePart]:
    brought = [part for plugin in plugins.installed() for part in plugin.profile_parts(request)]
    return sorted(brought, key=attrgetter("order"))
