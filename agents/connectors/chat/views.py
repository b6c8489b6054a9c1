"""The page of messages: what agents posted to the person and their teams, or for the person."""

from django import forms
from django.http import HttpResponse

from agents.connectors.chat.models import ChatMessage
from portal.access import PersonRequest, signed_in
from portal.pages import page, paged


class MessageFilter(forms.Form):
    words = forms.CharField(required=False, label="Search", widget=forms.SearchInput)


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    form = MessageFilter(request.GET)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    rows = ChatMessage.objects.visible_to(request.user).for_lists()
    rows = rows.filter(text__icontains=words) if words else rows
    context = {"form": form, "filtered": bool(words), "page_obj": paged(request, rows)}
    return page(request, "chat/list.html", context, part="rows")
