"""The tables of this app's rooms, in one place for Django."""

from metering.budgets import models as budgets
from metering.disputes import models as disputes
from metering.outcomes import models as outcomes
from metering.permits import models as permits
from metering.publications import models as publications
from metering.rights import models as rights
from metering.rollups import models as rollups
from metering.signals import models as signals
from metering.simulation import models as simulation
from metering.usage import models as usage
