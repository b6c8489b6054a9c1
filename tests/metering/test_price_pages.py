"""Pages of prices and refusals: finance keeps prices, ends them and has calls priced; nothing names a person."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from metering.usage.ledger import record
from metering.usage.models import ContractPrice, ExchangeRate, UsageRefusal
from metering.usage.prices import Book
from portal.audit.models import Entry
from portal.people.models import Person
from tests.cast import as_
from tests.metering.builders import call, today, used

PRICES, NEW = reverse("usage:prices"), reverse("usage:new_price")


def form() -> dict[str, str]:
    return {
        "provider": "openai",
        "pattern": "gpt-4o*",
        "currency": "usd",
        "input": "1.25",
        "output": "5",
        "valid_from": str(today()),
    }


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_empty_they_say_what_will_be_here(cast):
    page = text(as_(cast.finn).get(PRICES))
    assert "Every call is priced" in page
    assert "No contract prices" in page
    assert "No rejected events" in text(as_(cast.finn).get(reverse("usage:refusals")))


def test_what_is_not_priced_is_named_and_nothing_that_could_be_one_persons(cast):
    for person in (cast.mia, cast.lea):
        used(person, cast.support, model="acme:unheard-of", on=today() - timedelta(days=5))
    used(cast.mia, cast.support)
    page = text(as_(cast.finn).get(PRICES))
    assert "acme:unheard-of" in page
    assert 'data-label="Calls"' not in page
    assert f'datetime="{today() - timedelta(days=5)}"' not in page
    assert "openai:gpt-4o" not in page
    assert str(cast.mia) not in page
    assert f"{NEW}?provider=acme&amp;pattern=unheard-of" in page


def test_a_superuser_without_the_role_is_nobody_here(cast):
    Person.objects.filter(pk=cast.olga.pk).update(is_superuser=True)
    assert as_(cast.olga).get(PRICES).status_code == 403


def test_a_price_is_added_holds_and_ends(cast):
    client = as_(cast.finn)
    assert client.post(NEW, form()).status_code == 302
    price = ContractPrice.objects.get()
    assert (price.currency, price.added_by, price.cache_read) == ("USD", cast.finn, None)
    page = text(client.get(PRICES))
    assert "openai:gpt-4o*" in page
    assert "USD 1.25" in page
    assert used(cast.mia, cast.support)
    assert Book.read().price("openai", "gpt-4o", datetime.now(UTC), 1000, 0, 0, 0).micros == 1250
    end = reverse("usage:end_price", args=[price.pk])
    assert "before that" in text(client.post(end, {"last": str(today() - timedelta(days=3))}))
    assert client.post(end, {"last": str(today() - timedelta(days=1))}).status_code == 302
    price.refresh_from_db()
    assert price.valid_until == today()
    assert "ended on" in text(client.post(end, {"last": str(today() + timedelta(days=9))}))
    assert [entry.event for entry in Entry.objects.about(price)] == ["price.added", "price.ended"]


@pytest.mark.parametrize("days", [1, 10])
def test_a_price_that_has_not_begun_is_withdrawn(cast, days):
    client, last = as_(cast.finn), {"last": str(today())}
    client.post(NEW, form() | {"valid_from": str(today() + timedelta(days=days))})
    price = ContractPrice.objects.get()
    end = reverse("usage:end_price", args=[price.pk])
    assert "If you choose an earlier last day, it is withdrawn" in text(client.get(end))
    assert "is withdrawn." in text(client.post(end, last, follow=True))
    page = text(client.get(PRICES))
    assert "never: withdrawn" in page
    assert end not in page
    later = datetime.now(UTC) + timedelta(days=days)
    assert Book.read().price("openai", "gpt-4o", later, 1000, 0, 0, 0).priced_by.startswith("genai-prices")
    assert "It is withdrawn already" in text(client.post(end, last))
    assert Entry.objects.get(event="price.ended").details == {"withdrawn": True}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"currency": "dollars"}, "at most 3 characters"),
        ({"currency": "12$"}, "Three letters"),
        ({"input": "-1"}, "greater than or equal to 0"),
        ({"valid_until": str(today() - timedelta(days=1))}, "ends before it begins"),
        ({"pattern": ""}, "required"),
    ],
)
def test_a_price_that_cannot_be_is_refused_in_words(cast, change, words):
    response = as_(cast.finn).post(NEW, form() | change)
    assert response.status_code == 422
    assert words in text(response)
    assert not ContractPrice.objects.exists()


def test_price_these_now_is_sent_to_a_worker(cast, monkeypatch, django_capture_on_commit_callbacks):
    used(cast.mia, cast.support, model="openai:house")
    client = as_(cast.finn)
    assert "Reprice these calls" not in text(client.get(PRICES))
    client.post(NEW, form() | {"pattern": "house"})
    assert "Reprice these calls" in text(client.get(PRICES))
    sent = []
    monkeypatch.setattr(
        "portal.later.current_app.send_task", lambda name, args, **more: sent.append((name, args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("usage:pricing"), {"provider": "openai", "model": "house"})
    assert sent == [("metering.price_again", ("openai", "house", cast.finn.pk))]


def test_rates_are_of_other_currencies(cast):
    client, url = as_(cast.finn), reverse("usage:new_rate")
    assert "needs no rate" in text(client.post(url, {"currency": "usd", "day": today(), "rate": "1"}))
    assert client.post(url, {"currency": "chf", "day": today(), "rate": "0"}).status_code == 422
    assert client.post(url, {"currency": "chf", "day": today(), "rate": "1.12"}).status_code == 302
    assert str(ExchangeRate.objects.get()) == f"1 CHF = 1.12 from {today()}"
    assert "1 CHF = 1.12 USD" in text(client.get(PRICES))


def test_refusals_are_seen_and_searched_on_the_page_and_in_the_terminal(cast, capsys):
    record(call(cast.mia, cast.support, source="gateway", key="g-1", output_tokens=-3))
    record(call(cast.mia, cast.support, source="import", key="i-1", agent_id=1, model="openai:"))
    page = text(as_(cast.ada).get(reverse("usage:refusals")))
    assert "output_tokens is -3: counts are never negative." in page
    assert str(cast.mia) not in page
    found = text(as_(cast.finn).get(reverse("usage:refusals"), {"q": "gateway"}))
    assert "g-1" in found
    assert "i-1" not in found
    call_command("refusals", "--search", "never")
    said = capsys.readouterr().out
    assert "g-1" in said
    assert "gateway: 1 event refused" in said
    assert "i-1" not in said
    UsageRefusal.objects.all().delete()
    call_command("refusals")
    assert "Nothing was refused." in capsys.readouterr().out
