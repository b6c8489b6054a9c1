"""The portal's own audit events. The label is the sentence's template: see ``portal.audit.sentences``."""

from django.db import models


class Event(models.TextChoices):
    PERSON_INVITED = "person.invited", "{actor} invited {target}"
    PERSON_JOINED = "person.joined", "{actor} accepted the invitation"
    PERSON_EDITED = "person.edited", "{actor} changed {whose} profile"
    PERSON_MOVED = (
        "person.moved",
        "{actor} changed {whose} manager: {manager}|{actor} changed {whose} manager",
    )
    PERSON_DEACTIVATED = "person.deactivated", "{actor} deactivated {target}"
    PERSON_REACTIVATED = "person.reactivated", "{actor} reactivated {target}"
    ROLES_CHANGED = "person.roles", "{actor} changed {whose} roles: {roles}|{actor} changed {whose} roles"
    SESSIONS_ENDED = "person.sessions_ended", "{actor} ended {whose} sessions"
    LINK_MADE = "person.link_made", "{actor} made a sign-in link for {target}"
    LINKS_MADE = (
        "people.links_made",
        "{actor} made {links:count sign-in link}|{actor} made sign-in links",
    )
    ACCOUNT_ASKED = (
        "account.asked",
        "{actor} asked another admin to confirm for {target}: {what}|"
        "{actor} asked another admin to confirm something for {target}",
    )
    ACCOUNT_CONFIRMED = (
        "account.confirmed",
        "{actor} confirmed for {target}, as {asked_by} asked: {what}|"
        "{actor} confirmed what another admin asked for {target}",
    )
    ACCOUNT_REFUSED = (
        "account.refused",
        "{actor} refused for {target} what {asked_by} asked: {what}|"
        "{actor} refused what another admin asked for {target}",
    )
    ACCOUNT_DONE = (
        "account.done",
        "{at_the_machine} did at the machine, for {target}, what takes two admins: {what}|"
        "{actor} did at the machine what takes two admins, for {target}",
    )
    ACCOUNT_ENTERED = "account.entered", "{actor} signed in by a link"
    ACCOUNT_OPENED = "account.opened", "{actor} confirmed that it was {target} who signed in by a link"
    LINK_ACKNOWLEDGED = "account.acknowledged", "{actor} said whether a sign-in link was {theirs}"
    PASSWORD_CHANGED = "person.password", "{actor} changed {whose} password"
    SIGN_IN_SLOWED = (
        "person.sign_in_slowed",
        "Sign-in for {target} waits after {failures:count wrong password}|"
        "Sign-in for {target} waits after wrong passwords",
    )
    CHART_IMPORTED = (
        "people.imported",
        "{actor} imported an org chart: {changes:count change}|{actor} imported an org chart",
    )
    DEVICE_ALLOWED = (
        "device.allowed",
        "{actor} wants notices on a device: {device}|{actor} wants notices on a device",
    )
    DEVICE_REMOVED = (
        "device.removed",
        "{actor} wants no more notices on a device: {device}|{actor} wants no more notices on a device",
    )
    DEVICE_GONE = (
        "device.gone",
        "A device shows {target} no more notices, says its maker: {device}|A device shows {target} no more notices",
    )
    TEAM_CREATED = "team.created", "{actor} created the team {target}"
    TEAM_EDITED = "team.edited", "{actor} changed the team {target}"
    MEMBER_ADDED = (
        "team.member_added",
        "{actor} added {person} to {target}|{actor} added a member to {target}",
    )
    MEMBER_LEFT = "team.member_left", "{actor} ended a membership: {target}"
    NOTICES_CHOSEN = "notices.chosen", "{actor} chose what the portal sends to {target}"
    SECRETS_RESEALED = (
        "secrets.resealed",
        "{actor} encrypted {changed:count secret} with the first key|"
        "{actor} encrypted stored secrets with the first key",
    )
    TRAIL_CHECKED = "trail.checked", "{actor} asked to verify the audit trail"
