"""What a model call costs, by our contract prices, then by the public list; in the ledger's currency. None: unknown."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fnmatch import fnmatchcase

from django.conf import settings

from metering.usage import tariffs
from metering.usage.models import ContractPrice, ExchangeRate
from metering.usage.tariffs import LIST, LIST_CURRENCY, Tiers

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Price:
    """``micros``: millionths of the ledger's currency, None where no price is known. ``priced_by``: which list.

    ``rate``: what one unit of the list's currency was worth.
    """

    micros: int | None
    priced_by: str = ""
    rate: Decimal = ONE


MOST = 10_000  # answers that a book keeps
UNPRICED = (None, "", ONE)
Found = tuple[Tiers, str, Decimal]  # what a token costs, by which list, at which rate


class Book:
    """The prices as they stand: read once for a batch, so that all its events are priced alike."""

    def __init__(self, contracts: list[ContractPrice], rates: list[ExchangeRate], currency: str) -> None:
        self.currency = currency
        self._contracts = contracts
        self._rates = sorted(rates, key=lambda rate: (rate.day, rate.pk or 0), reverse=True)
        self._found: dict[tuple[str, str, date | datetime], Found | None] = {}

    @classmethod
    def read(cls) -> "Book":
        contracts = list(ContractPrice.objects.filter(withdrawn=False))
        return cls(contracts, list(ExchangeRate.objects.all()), settings.CURRENCY)

    def price(self, provider: str, model: str, at: datetime, *counts: int, **named: int) -> Price:
        """The price of one call at its time (UTC), by its counts in the order of ``cost``."""
        return Price(*self.cost(provider, model, at, *counts, **named))

    def cost(
        self,
        provider: str,
        model: str,
        at: datetime,
        input_tokens: int,
        cache_read_tokens: int,
        cache_write_tokens: int,
        output_tokens: int,
    ) -> tuple[int | None, str, Decimal]:
        """The same as a tuple: micros, list, rate. ``input_tokens`` includes cached ones.

        A model without a price, and counts that contradict each other, are not priced.
        """
        found = self._found.get((provider, model, at.date())) or self.found(provider, model, at)
        if found is None:
            return UNPRICED
        tiers, priced_by, rate = found
        tariff = tiers.at(input_tokens) if tiers.starts else tiers.tariffs[0]
        micros = tariff.micros(input_tokens, cache_read_tokens, cache_write_tokens, output_tokens)
        return UNPRICED if micros is None else (micros, priced_by, rate)

    def found(self, provider: str, model: str, at: datetime) -> Found | None:
        day, known = at.date(), self._found
        key: tuple[str, str, date | datetime] = (provider, model, day)
        if key in known:
            return known[key]
        if tariffs.changes_within_a_day(provider, model) and not self._contract(provider, model, day):
            key = (provider, model, at)
        if len(known) >= MOST:
            known = self._found = {}
        return known.setdefault(key, self._look_up(provider, model, at))

    def rate(self, currency: str, day: date) -> Decimal | None:
        """What one unit of ``currency`` was worth on ``day`` in the ledger's; None where nobody said."""
        if currency == self.currency:
            return ONE
        said = (rate.rate for rate in self._rates if rate.currency == currency and rate.day <= day)
        return next(said, None)

    def _look_up(self, provider: str, model: str, at: datetime) -> Found | None:
        contract = self._contract(provider, model, at.date())
        if contract:
            prices = (contract.input, contract.cache_read, contract.cache_write, contract.output)
            tiers: Tiers | None = tariffs.per_million(*prices)
            priced_by, currency = f"contract {contract.pk}", contract.currency
        elif provider == tariffs.HERE:
            tiers, priced_by, currency = tariffs.NOTHING, "runs in the portal", self.currency
        else:
            tiers, priced_by, currency = tariffs.listed(provider, model, at), LIST, LIST_CURRENCY
        rate = self.rate(currency, at.date())
        return None if tiers is None or rate is None else (tiers.times(rate), priced_by, rate)

    def _contract(self, provider: str, model: str, day: date) -> ContractPrice | None:
        """The one that fits best: with the most letters of its own, then the one that began or came last."""
        fitting = [
            contract
            for contract in self._contracts
            if contract.provider.lower() == provider.lower()
            and contract.valid_from <= day
            and (contract.valid_until is None or day <= contract.valid_until)
            and fnmatchcase(model.lower(), literal(contract.pattern.lower()))
        ]
        return max(
            fitting,
            key=lambda price: (len(price.pattern.replace("*", "")), price.valid_from, price.pk),
            default=None,
        )


def literal(pattern: str) -> str:
    """Only ``*`` is special in a pattern of ours."""
    return pattern.replace("[", "[[]").replace("?", "[?]")
