"""What who manages people does: invite, change, move, give roles, make a link, deactivate, reactivate."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from portal import plugins
from portal.access import PersonRequest, requires
from portal.accounts import actions
from portal.accounts.forms import InvitationForm, ManagerForm, PersonForm, RolesForm, initial
from portal.admin_requests import actions as requests
from portal.admin_requests.links import link
from portal.admin_requests.models import AdminRequest
from portal.answers import attempt, refusals_on
from portal.editing import unchanged
from portal.notices.channels import sends_letters
from portal.pages import page
from portal.people import line
from portal.people.models import Person
from portal.permissions import PortalPermission, Role


@requires(PortalPermission.MANAGE_PEOPLE)
def invite(request: PersonRequest) -> HttpResponse:
    form = InvitationForm(
        request.POST if request.method == "POST" else None,
        initial={"time_zone": request.user.time_zone},
        zone=request.user.time_zone,
    )
    if form.is_valid():
        with refusals_on(form):
            person = actions.invite(request.user, **form.cleaned_data, by_mail=True)
            return _link(request, person)
    return page(request, "portal/people/new.html", {"form": form}, status=422 if form.is_bound else 200)


def _link(request: PersonRequest, person: Person) -> HttpResponse:
    """The link, this once: it stands nowhere else."""
    context = {"person": person, "link": link(person), "mailed": sends_letters(person)}
    return page(request, "portal/people/link.html", context)


@requires(PortalPermission.MANAGE_PEOPLE)
@require_POST
def links(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    if person.has_joined:
        done = "Requested. Another admin must confirm it and then gets the link."
        attempt(request, done, requests.ask, request.user, person, kind=AdminRequest.Kind.LINK)
        return redirect(person)
    try:
        actions.make_link(request.user, person)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(person)
    return _link(request, person)


@requires(PortalPermission.MANAGE_PEOPLE)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)

    def drawn(data: QueryDict | None = None) -> PersonForm:
        return PersonForm(data, initial=initial(person), zone=person.time_zone)

    form = drawn(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            with unchanged(form, person, drawn):
                actions.edit(request.user, person, **form.cleaned_data)
            wanted = form.cleaned_data["email"].lower()
            waits = " Another admin must confirm the new e-mail." if wanted != person.email else ""
            messages.success(request, f"{person}’s profile is changed.{waits}")
            return redirect(person)
    context = {"form": form, "person": _person(request, pk)}
    return page(request, "portal/people/edit.html", context, status=422 if form.is_bound else 200)


@requires(PortalPermission.MANAGE_PEOPLE)
def manager(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)

    def drawn(data: QueryDict | None = None) -> ManagerForm:
        return ManagerForm(data, initial={"manager": person.manager})

    form = drawn(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            with unchanged(form, person, drawn, first=line.hold):
                actions.move(request.user, person, manager=form.cleaned_data["manager"])
            messages.success(request, f"{person} reports to {person.manager or 'nobody'} now.")
            return redirect(person)
    context = {"form": form, "person": person}
    return page(request, "portal/people/manager.html", context, status=422 if form.is_bound else 200)


@requires(PortalPermission.MANAGE_PEOPLE)
def roles(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)

    def drawn(data: QueryDict | None = None) -> RolesForm:
        return RolesForm(data, initial={"roles": [role.value for role in person.roles]})

    form = drawn(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            with unchanged(form, person, drawn):
                actions.set_roles(request.user, person, roles=form.cleaned_data["roles"])
            wanted = Role.ADMIN in form.cleaned_data["roles"] and Role.ADMIN not in _person(request, pk).roles
            waits = " Another admin must confirm the role Admin." if wanted else ""
            messages.success(request, f"The roles of {person} are changed.{waits}")
            return redirect(person)
    context = {"form": form, "person": person}
    return page(request, "portal/people/roles.html", context, status=422 if form.is_bound else 200)


@requires(PortalPermission.MANAGE_PEOPLE)
def deactivation(request: PersonRequest, pk: int) -> HttpResponse:
    """GET says what would happen, POST does it."""
    person, data = _person(request, pk), request.POST if request.method == "POST" else None
    asked = [plugin.successor_form for plugin in plugins.installed() if plugin.successor_form]
    forms = [form(data, person=person) for form in asked]
    if data is not None and all(form.is_valid() for form in forms):
        chosen = {name: value for form in forms for name, value in form.cleaned_data.items()}
        done = f"{person} is deactivated and signed out everywhere."
        attempt(request, done, actions.deactivate, request.user, person, chosen=chosen)
        return redirect(person)
    means = [line for plugin in plugins.installed() for line in plugin.leaving_means(person)]
    context = {"person": person, "means": means, "reports_count": person.reports.active().count()}
    context["forms"] = [form for form in forms if form.fields]
    return page(request, "portal/people/deactivation.html", context)


@requires(PortalPermission.MANAGE_PEOPLE)
@require_POST
def reactivation(request: PersonRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    done = f"{person} can sign in again, with the password they had."
    attempt(request, done, actions.reactivate, request.user, person)
    return redirect(person)


def _person(request: PersonRequest, pk: int) -> Person:
    found = Person.objects.visible_to(request.user).select_related("manager")
    person: Person = get_object_or_404(found, pk=pk)
    return person
