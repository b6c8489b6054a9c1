"""The inbox's filter."""

from typing import Any

from django import forms

from portal.notices import kinds
from portal.notices.models import NoticeQuerySet


class NoticeFilter(forms.Form):
    show = forms.ChoiceField(required=False, choices=[("", "All"), ("unread", "Unread")])
    about = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = dict.fromkeys(kind.group for kind in kinds.known())
        self.fields["about"].choices = [("", "Everything"), *((group, group) for group in groups)]  # type: ignore[attr-defined]

    def among(self, notices: NoticeQuerySet) -> NoticeQuerySet:
        """Those that match, the newest first. A choice that is not there filters nothing."""
        self.is_valid()
        if self.cleaned_data.get("show"):
            notices = notices.unread()
        if group := self.cleaned_data.get("about"):
            notices = notices.filter(kind__in=[kind.name for kind in kinds.known() if kind.group == group])
        return notices.order_by("-pk")

    @property
    def unread_only(self) -> bool:
        return self.cleaned_data.get("show") == "unread" and not self.cleaned_data.get("about")

    @property
    def filtered(self) -> bool:
        return any(self.cleaned_data.values())
