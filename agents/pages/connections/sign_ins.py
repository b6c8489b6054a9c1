"""Pages by which a person signs in at a provider for a connection, and signs out."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from agents.connections import actions, providers, signing_in
from agents.connections.access import Access
from agents.connections.models import Connection
from agents.connections.signing_in import asked_for, begin, finish
from agents.permissions import ConnectionPermission
from portal.access import PersonRequest, Refused, requires, signed_in
from portal.addresses import absolute
from portal.answers import attempt


@requires(ConnectionPermission.MANAGE, on=Connection)
def to_provider(request: PersonRequest, connection: Connection, provider: str) -> HttpResponse:
    """A link leads here, as a form may not lead to another site."""
    known = next((one for one in providers.offered(connection.connector) if one.name == provider), None)
    if known is None:
        raise Http404
    if why := signing_in.barred(request.user, connection):
        raise Refused(why)
    return redirect(begin(request.session, connection, known, _back()))


@signed_in
def back(request: PersonRequest) -> HttpResponse:
    """Where the provider sends people. What it says counts only with what this session began."""
    told = {name: request.GET.get(name, "")[:4_000] for name in ("code", "state", "error", "iss")}
    try:
        kept = asked_for(request.session, told)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("connections:list")
    connection = get_object_or_404(Connection.objects.visible_to(request.user), pk=kept["connection"])
    done = "Signed in. The connection test says what agents can do here, as far as you grant it."
    if attempt(request, done, finish, request.user, connection, kept, told, _back()):
        actions.test(request.user, connection)
    return redirect(connection)


@requires(ConnectionPermission.MANAGE, on=Connection)
@require_POST
def sign_out(request: PersonRequest, connection: Connection) -> HttpResponse:
    access = Access.objects.standing().filter(connection=connection).first()
    if access is None:
        messages.info(request, "This sign-in has ended already.")
    else:
        known = providers.named(access.provider)
        done = f"Signed out of {connection}. Agents can no longer act here as {access.account}."
        if known and not known.revoke:
            done += f" {known.title} cannot be told: the tokens are deleted here."
            done += f" To take your consent back there, open {known.manage}." if known.manage else ""
        attempt(request, done, signing_in.sign_out, request.user, access)
    return redirect(connection)


def _back() -> str:
    return absolute(reverse("connections:signed-in"))
