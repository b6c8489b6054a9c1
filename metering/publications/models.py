"""What was published: frozen figures of frozen cohorts, made once for each four-week period.

Ids of people stay until their year has ended: later figures and permits must not reveal what these hide.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from metering.privacy.visibility import Kind, Scope
from metering.publications.years import begin, year_of
from metering.rollups.periods import Period
from metering.rollups.sums import per_item
from portal.validation import within


class PublishedPeriod(models.Model):
    """Four weeks whose figures were made. Made once: what comes later counts in a later period."""

    first_day = models.DateField(unique=True)
    last_day = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-first_day"]

    def __str__(self) -> str:
        return str(Period(self.first_day, self.last_day))


class PublicationQuerySet(models.QuerySet["Publication"]):
    def within(self, scope: Scope) -> "PublicationQuerySet":
        """What ``scope`` is about, whoever looks; whether it is shown to them is asked row by row."""
        match scope.kind:
            case Kind.TEAM:
                return self.filter(kind=Publication.Kind.TEAM, ref=str(scope.team))
            case Kind.AGENT:
                return self.filter(kind=Publication.Kind.AGENT, ref=str(scope.agent))
            case Kind.COST_CENTRES:
                return self.filter(kind=Publication.Kind.COST_CENTRE)
            case Kind.ORGANISATION:
                return self.filter(kind=Publication.Kind.ORGANISATION)
        return self.none()

    def during(self, period: Period) -> "PublicationQuerySet":
        return self.filter(period__first_day=period.first)

    def in_year(self, year: int) -> "PublicationQuerySet":
        return self.filter(period__first_day__gte=begin(year), period__first_day__lt=begin(year + 1))


class Publication(models.Model):
    """One published figure. ``cost_micros`` null: nothing in it has a price. ``items`` null: withheld.

    ``not_priced``: some calls in it have no price. ``slices``: pairs of a model and its micros. ``late``: a correction
    of earlier weeks is in it. ``people``, ``parts`` and ``least``: as in ``plan.Sum``.
    """

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", "Organisation"
        COST_CENTRE = "centre", "Cost centre"
        TEAM = "team", "Team"
        AGENT = "agent", "Agent"

    period = models.ForeignKey(PublishedPeriod, models.PROTECT, related_name="publications")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    ref = models.CharField(max_length=40, blank=True)  # a team's or an agent's number, a cost centre's name
    cost_micros = models.BigIntegerField(null=True)
    not_priced = models.BooleanField(default=False)
    items = models.IntegerField(null=True)
    tokens = models.BigIntegerField(null=True)
    slices = models.JSONField(default=list)
    late = models.BooleanField(default=False)
    least = models.IntegerField()
    people = ArrayField(models.BigIntegerField())
    parts = models.JSONField(default=list)

    objects: ClassVar[PublicationQuerySet] = PublicationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["period", "kind", "ref"], name="publication_once"),
            models.CheckConstraint(
                condition=models.Q(tokens__isnull=True) | models.Q(kind="agent"), name="publication_tokens"
            ),
            models.CheckConstraint(condition=models.Q(least__gte=8), name="publication_least"),
        ]
        indexes = [models.Index(fields=["kind", "ref"], name="publication_of")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ref}, {self.period}".replace(" ,", ",")

    @property
    def micros_per_item(self) -> int | None:
        """None where one of both is not shown, nothing was verified, or calls without a price would make it low."""
        return None if self.not_priced else per_item(self.cost_micros, self.items)


class YearCohort(models.Model):
    """People who are counted together for a year. ``agent_id`` 0: in their ``place``, else as users of that agent."""

    year = models.IntegerField()
    agent_id = models.BigIntegerField(default=0)
    place = models.JSONField(default=list)  # [cost centre, team's number]; shorter further up
    people = ArrayField(models.BigIntegerField())

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["year"], name="yearcohort_year")]

    def __str__(self) -> str:
        return f"{len(self.people)} people counted together"


class SeenPageQuerySet(models.QuerySet["SeenPage"]):
    def note(self, viewer: int, person: int, period: Period) -> None:
        """``viewer`` opens the page of ``person``, of these weeks. Once or often is the same."""
        page = SeenPage(viewer_id=viewer, person_id=person, year=year_of(period.first))
        self.bulk_create([page], ignore_conflicts=True)


class SeenPage(models.Model):
    """Somebody opened the page of one person this year, and so knows what they used. Looks may be kept shorter."""

    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    year = models.IntegerField()

    objects: ClassVar[SeenPageQuerySet] = SeenPageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["year", "viewer", "person"], name="seenpage_once")]

    def __str__(self) -> str:
        return f"{self.viewer} has seen the page of {self.person}"


class SettledQuerySet(models.QuerySet["Settled"]):
    def within(self, scope: Scope) -> "SettledQuerySet":
        """The four-week figures of one person: for whoever may see that person."""
        if scope.kind is Kind.PERSON and scope.person is not None:
            return self.filter(person=scope.person)
        return self.filter(person=scope.viewer) if scope.kind is Kind.OWN else self.none()


class Settled(models.Model):
    """What one person's four weeks came to when they were published, and corrections of earlier weeks counted then.

    Retention changes these rows too: what it takes off a person is no correction.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    first_day = models.DateField()
    cost_micros = models.BigIntegerField(null=True)  # null: nothing in it has a price
    items = models.IntegerField(default=0)
    late_micros = models.BigIntegerField(default=0)
    late_items = models.IntegerField(default=0)

    objects: ClassVar[SettledQuerySet] = SettledQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["first_day", "person"], name="settled_once")]
        indexes = [models.Index(fields=["person"], name="settled_person")]

    def __str__(self) -> str:
        return f"{self.person} from {self.first_day}"


class DisclosureCheckQuerySet(models.QuerySet["DisclosureCheck"]):
    def within(self, scope: Scope) -> "DisclosureCheckQuerySet":
        return self if scope.kind is Kind.LOOKS else self.none()


class DisclosureCheck(models.Model):
    """A night's answer: does anything shown isolate fewer people than it may? ``findings``: sentences."""

    at = models.DateTimeField(auto_now_add=True)
    figures = models.IntegerField()
    viewers = models.IntegerField()
    findings = models.JSONField(default=list)

    objects: ClassVar[DisclosureCheckQuerySet] = DisclosureCheckQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        constraints = [within("figures", 0), within("viewers", 0)]

    def __str__(self) -> str:
        return f"disclosure check of {self.at:%Y-%m-%d}"

    @property
    def passed(self) -> bool:
        return not self.findings
