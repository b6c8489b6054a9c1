"""What roles may see of usage. What one sees of others is no permission: reports/visibility.py decides."""

from django.db import models

from portal.permissions import Role


class MeteringPermission(models.TextChoices):
    SEE_COST_CENTRES = "metering.see_cost_centres", "See cost by cost centre, without people"
    DECIDE_PERMITS = "metering.decide_permits", "Decide who may open a report"
    SEE_LOOKS = "metering.see_looks", "See who looked at which report"


class PermitPermission(models.TextChoices):
    """No role's: it follows from whose permit it is (``Permit.permits``)."""

    REVOKE = "metering.revoke_permit", "End the permit"


ROLE_PERMISSIONS: dict[Role, list[str]] = {
    Role.ADMIN: [MeteringPermission.DECIDE_PERMITS],
    Role.FINANCE: [MeteringPermission.SEE_COST_CENTRES],
    Role.AUDITOR: [MeteringPermission.SEE_LOOKS],
}
