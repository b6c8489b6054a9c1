"""Forms of the ledger's prices, and the filter of what it refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from portal.days import DayField
from portal.editing import EditForm


def today() -> date:
    """In UTC, as every day of the ledger."""
    return datetime.now(UTC).date()


def _amount(**more: Any) -> forms.DecimalField:
    return forms.DecimalField(max_digits=14, decimal_places=6, min_value=Decimal(0), **more)


class CurrencyField(forms.RegexField):
    """An ISO code in capital letters."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            "^[A-Za-z]{3}$", max_length=3, error_messages={"invalid": "Three letters, like USD."}, **more
        )

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).upper()


class PriceForm(forms.Form):
    """Fields of a ContractPrice."""

    provider = forms.CharField(max_length=60, help_text="As the ledger names it: openai, anthropic.")
    pattern = forms.CharField(
        max_length=120,
        label="Model",
        help_text="The model's name. gpt-4o* matches all names that begin with gpt-4o.",
    )
    currency = CurrencyField(
        initial=settings.CURRENCY, help_text="The three letters of the contract’s currency."
    )
    input = _amount(label="Tokens read, per million")
    cache_read = _amount(
        label="Read from cache, per million",
        required=False,
        help_text="Leave empty for the price of tokens read.",
    )
    cache_write = _amount(
        label="Written to cache, per million",
        required=False,
        help_text="Leave empty for the price of tokens read.",
    )
    output = _amount(label="Tokens written, per million")
    valid_from = DayField(utc=True, initial=today, label="From", help_text="The first day.")
    valid_until = DayField(utc=True, label="Until", required=False, help_text="The last day, if it is known.")
    note = forms.CharField(max_length=200, required=False, help_text="For example the contract's number.")


class EndForm(EditForm):
    last = DayField(
        utc=True, initial=today, label="Last day", help_text="The price applies until the end of this day."
    )


class RateForm(forms.Form):
    """Fields of an ExchangeRate."""

    currency = CurrencyField(help_text="The price's currency: USD for the public list.")
    day = DayField(utc=True, initial=today, label="From", help_text="It applies until a later rate does.")
    rate = forms.DecimalField(
        max_digits=18,
        decimal_places=8,
        min_value=Decimal("0.00000001"),
        help_text=f"What one unit of it is worth in {settings.CURRENCY}.",
    )


class AgainForm(forms.Form):
    """A model whose calls are to be priced anew."""

    provider = forms.CharField(max_length=60)
    model = forms.CharField(max_length=120)


class RefusalFilter(forms.Form):
    q = forms.CharField(
        label="Search",
        required=False,
        widget=forms.SearchInput(attrs={"placeholder": "Source, key or reason"}),
    )
