"""The inbox: what the reader was told, what they have not read, and how many that are."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.access import PersonRequest, signed_in
from portal.answers import refusals_on
from portal.editing import unchanged
from portal.inbox import actions
from portal.inbox.choosing import ChoicesForm
from portal.inbox.days import by_day
from portal.inbox.forms import NoticeFilter
from portal.inbox.ways import states
from portal.notices import reading
from portal.notices.models import Notice
from portal.pages import page, paged

PER_PAGE = 50


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    form = NoticeFilter(request.GET)
    found = paged(request, form.among(Notice.objects.visible_to(request.user)), PER_PAGE)
    notices = list(found)
    context = {
        "form": form,
        "page_obj": found,
        "days": by_day(notices),
        "unread": any(notice.unread for notice in notices),
        "upto": max((notice.pk for notice in notices), default=0),
    }
    return page(request, "portal/inbox/list.html", context, part="rows")


@signed_in
def open_notice(request: PersonRequest, pk: int) -> HttpResponse:
    """Its link, here and in mails: read from now on, and on to what it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    reading.read(notice)
    return redirect(notice.link)


@signed_in
@require_POST
def mark_read(request: PersonRequest) -> HttpResponse:
    """One notice, or all up to the newest that the page showed."""
    number = "upto" if "all" in request.POST else "notice"
    try:
        wanted = int(request.POST.get(number, ""))
    except ValueError:
        wanted = 0
    mine = Notice.objects.visible_to(request.user)
    if number == "upto":
        reading.read_all(request.user, min(wanted, reading.NEWEST))
    elif 0 < wanted <= reading.NEWEST and (notice := mine.filter(pk=wanted).first()):
        reading.read(notice)
    query = urlencode(
        [(name, value) for name, value in request.GET.items() if name in {"show", "about", "page"}]
    )
    return redirect(f"{reverse('notices:list')}{'?' if query else ''}{query}")


@signed_in
def choices(request: PersonRequest) -> HttpResponse:
    """What leaves the portal, by which way, and when."""
    person = request.user
    form = ChoicesForm(person, request.POST if request.method == "POST" else None)
    if form.is_bound:
        drawn, valid = unchanged(form, person, lambda: ChoicesForm(person)), form.is_valid()
        with refusals_on(form), drawn:
            if valid:
                actions.choose(person, person, wanted=form.wanted(), **form.hours())
                messages.success(request, "Your choices are saved.")
                return redirect("notices:choices")
    context = {"form": form, "ways": form.ways, "groups": form.groups(), "states": list(states(person))}
    return page(request, "portal/inbox/choices.html", context, status=422 if form.errors else 200)


@signed_in
def count(request: PersonRequest) -> HttpResponse:
    """The counts of the frame, which every open page asks for now and then."""
    return page(request, "portal/inbox/count.html", {})
