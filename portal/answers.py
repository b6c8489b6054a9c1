"""How a view answers when an action refuses: on the form where there is one, else as a message."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest


def attempt(request: HttpRequest, done: str, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Run a verb and tell the reader ``done``, or why not. True when it was done."""
    try:
        verb(*args, **kwargs)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, done)
    return True


@contextmanager
def refusals_on(form: forms.BaseForm) -> Iterator[None]:
    """What an action refuses within is shown on the form; the view goes on after the block."""
    try:
        yield
    except ValidationError as error:
        refused(form, error)


def refused(form: forms.BaseForm, error: ValidationError) -> None:
    """Show a refusal on the form: beside the field it is about, else above all of them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.error_dict.items():
        form.add_error(name if name in form.fields else None, problems)
