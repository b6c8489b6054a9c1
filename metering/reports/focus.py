"""Cost centres in the columns of FOCUS 1.2 (FinOps Open Cost and Usage Specification). Pure. No person, no tokens.

All 21 mandatory columns, those of the sub-account (the cost centre), and one of ours, ``x_Model``. What is priced
is a cost centre's four weeks: quantities in days, since tokens of a group are shown nowhere.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.conf import settings

from metering.publications.models import Publication
from metering.reports.lines import amount, currency
from metering.rollups.periods import Period

HEADER = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "x_Model",
)
SEVERAL = "Several"  # providers: where models are shown together
ALL_MODELS = "All models"


def charges(
    period: Period, centres: Iterable[tuple[str, Publication | None]], nameless: str
) -> Iterator[tuple[str, ...]]:
    """A line for each cost centre and model that is shown. Ends are exclusive, times are UTC."""
    for centre, figure in centres:
        if figure is None or figure.cost_micros is None:
            continue
        for label, micros in figure.slices or [(ALL_MODELS, figure.cost_micros)]:
            yield _line(period, centre or nameless, label, micros)


def _line(period: Period, centre: str, label: str, micros: int) -> tuple[str, ...]:
    provider = label.partition(":")[0] if ":" in label else SEVERAL
    values = {
        **dict.fromkeys(("BilledCost", "ContractedCost", "EffectiveCost", "ListCost"), amount(micros)),
        **dict.fromkeys(("BillingAccountId", "BillingAccountName"), settings.COMPANY_NAME),
        **dict.fromkeys(("InvoiceIssuerName", "ProviderName", "PublisherName"), provider),
        **dict.fromkeys(("BillingPeriodStart", "ChargePeriodStart"), f"{period.first}T00:00:00Z"),
        **dict.fromkeys(
            ("BillingPeriodEnd", "ChargePeriodEnd"), f"{period.last + timedelta(days=1)}T00:00:00Z"
        ),
        **dict.fromkeys(("SubAccountId", "SubAccountName"), centre),
        "BillingCurrency": currency(),
        "ChargeCategory": "Usage",
        "ChargeClass": "",
        "ChargeDescription": f"{label}, {period}",
        "PricingQuantity": str(len(period.days)),
        "PricingUnit": "Days",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": "Model calls of agents",
        "ServiceSubcategory": "Generative AI",
        "SubAccountType": "Cost centre",
        "x_Model": label,
    }
    return tuple(values[name] for name in HEADER)
