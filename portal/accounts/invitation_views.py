"""Links for people who have not joined yet, made for many of them at once."""

from django.db.models.functions import Lower
from django.http import HttpResponse

from portal.access import PersonRequest, requires
from portal.accounts import actions
from portal.accounts.forms import LinksForm
from portal.admin_requests.links import link
from portal.notices.channels import sends_letters
from portal.pages import page
from portal.people.models import Person
from portal.permissions import PortalPermission

AT_ONCE = 100  # whoever had the fewest links comes first, so that the next hundred follow


@requires(PortalPermission.MANAGE_PEOPLE)
def invitations(request: PersonRequest) -> HttpResponse:
    invited = Person.objects.invited()
    shown = invited.order_by("session_epoch", Lower("display_name"))[:AT_ONCE]
    form = LinksForm(request.POST if request.method == "POST" else None, shown=shown)
    if form.is_valid():
        made = actions.make_links(request.user, form.cleaned_data["people"])
        links = [(f"link-{person.pk}", person, link(person)) for person in made]
        mailed = any(sends_letters(person) for person in made)
        return page(request, "portal/people/links.html", {"links": links, "mailed": mailed})
    context = {"form": form, "shown": len(shown), "total": invited.count()}
    return page(request, "portal/people/invitations.html", context, status=422 if form.is_bound else 200)
