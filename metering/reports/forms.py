"""Which of the shown periods a report is about."""

from typing import Any

from django import forms

from metering.rollups.periods import Period


class PeriodForm(forms.Form):
    """One of the four-week periods that are shown; the latest where the wish is none of them."""

    period = forms.ChoiceField(required=False, label="Four weeks")

    def __init__(self, *args: Any, periods: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = {str(period.first): period for period in periods}
        choices = [(key, str(period)) for key, period in self.periods.items()]
        self.fields["period"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> Period:
        return self.periods.get(self.data.get("period", "")) or next(iter(self.periods.values()))
