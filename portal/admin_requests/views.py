"""Pages around a link that admins made: confirmed by another admin, told to the person, opened again."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portal.access import PersonRequest, requires, signed_in, while_held
from portal.admin_requests import actions
from portal.admin_requests.forms import FormerPasswordForm
from portal.admin_requests.links import link
from portal.admin_requests.models import AdminRequest, vouchers
from portal.answers import attempt
from portal.notices.channels import sends_letters
from portal.pages import page
from portal.people.models import Person
from portal.permissions import PortalPermission
from portal.submissions.step_up import needs_fresh_sign_in


def _account(request: PersonRequest, pk: int) -> str:
    asked = AdminRequest.objects.open().filter(pk=pk).select_related("person").first()
    return f"Your yes, as the second admin: {asked}" if asked else ""


def _voucher(request: PersonRequest, pk: int) -> str:
    person = Person.objects.filter(pk=pk, held_since__isnull=False).first()
    return f"Your word that it is {person}" if person and vouchers(person).filter(pk=request.user.pk) else ""


@requires(PortalPermission.MANAGE_PEOPLE)
@require_POST
@needs_fresh_sign_in(_account)
def confirmation(request: PersonRequest, pk: int) -> HttpResponse:
    """Another admin says yes. A link is shown to them, this once."""
    asked = get_object_or_404(AdminRequest.objects.open(), pk=pk)
    try:
        done = actions.confirm(request.user, asked)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(asked.person)
    if done.kind == AdminRequest.Kind.LINK:
        person = done.person
        context = {"person": person, "link": link(person), "mailed": sends_letters(person)}
        return page(request, "portal/people/link.html", context)
    messages.success(request, f"Done: {done}.")
    return redirect(done.person)


@requires(PortalPermission.MANAGE_PEOPLE)
@require_POST
def refusal(request: PersonRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(AdminRequest.objects.open(), pk=pk)
    attempt(request, f"Refused: {asked}.", actions.refuse, request.user, asked)
    return redirect(asked.person)


@signed_in
@while_held
@sensitive_post_parameters()
def held(request: PersonRequest) -> HttpResponse:
    """Why everything is closed, and who opens it. The former password does."""
    person = request.user
    if person.held_since is None:
        return redirect("home")
    form = FormerPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            if actions.prove(person, password=form.cleaned_data["former_password"]):
                messages.success(request, "Your account is open again.")
                return redirect("home")
            form.add_error("former_password", "This is not your old password.")
        except ValidationError as error:
            form.add_error("former_password", error)
    context = {"form": form, "vouchers": vouchers(person), "links": AdminRequest.objects.untold(person)}
    return page(request, "portal/people/held.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
@needs_fresh_sign_in(_voucher)
def vouching(request: PersonRequest, pk: int) -> HttpResponse:
    """The manager says that it is the person."""
    person = get_object_or_404(Person.objects.filter(held_since__isnull=False), pk=pk)
    get_object_or_404(vouchers(person), pk=request.user.pk)
    done = f"{person} is confirmed. Their account is open again."
    attempt(request, done, actions.open_again, request.user, person)
    return redirect("home")


@signed_in
@require_POST
def acknowledgement(request: PersonRequest, pk: int) -> HttpResponse:
    """Closed while nobody has confirmed who came in: else who stole a link would keep the person from hearing of it."""
    asked = get_object_or_404(AdminRequest.objects.untold(request.user), pk=pk)
    mine = request.POST.get("answer") == "mine"
    done = (
        "Noted."
        if mine
        else "Noted. You are signed out everywhere else. Change your password now. Auditors see your answer."
    )
    if attempt(request, done, actions.acknowledge, request.user, asked, mine=mine) and not mine:
        update_session_auth_hash(request, request.user)
        return redirect("people:password")
    return redirect("home")
