"""The portal's own audit events. The label completes "<actor> … <target>"."""

from django.db import models


class Event(models.TextChoices):
    PERSON_INVITED = "person.invited", "invited"
    PERSON_JOINED = "person.joined", "accepted the invitation for"
    PERSON_EDITED = "person.edited", "changed the profile of"
    PERSON_MOVED = "person.moved", "moved"
    PERSON_DEACTIVATED = "person.deactivated", "deactivated"
    PERSON_REACTIVATED = "person.reactivated", "reactivated"
    ROLES_CHANGED = "person.roles", "changed the roles of"
    SESSIONS_ENDED = "person.sessions_ended", "signed out everywhere: {target}"
    LINK_MADE = "person.link_made", "made a sign-in link for"
    ACCOUNT_ASKED = "account.asked", "asked another admin to confirm something for"
    ACCOUNT_CONFIRMED = "account.confirmed", "confirmed what another admin asked for {target}"
    ACCOUNT_REFUSED = "account.refused", "refused what another admin asked for {target}"
    ACCOUNT_ENTERED = "account.entered", "came in by a sign-in link: {target}"
    ACCOUNT_OPENED = "account.opened", "confirmed who came in by a sign-in link: {target}"
    LINK_ACKNOWLEDGED = "account.acknowledged", "said whether a sign-in link was theirs:"
    PASSWORD_CHANGED = "person.password", "changed the password of"
    SIGN_IN_SLOWED = "person.sign_in_slowed", "slowed sign-in down after wrong passwords for"
    CHART_IMPORTED = "people.imported", "imported an org chart"
    TEAM_CREATED = "team.created", "created the team"
    TEAM_EDITED = "team.edited", "changed the team"
    MEMBER_ADDED = "team.member_added", "added a member to"
    MEMBER_LEFT = "team.member_left", "ended the membership of"
    SAMPLE_CREATED = "sample.created", "created the sample company"
