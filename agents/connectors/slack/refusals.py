"""Slack's error codes, and what a person can do about each. Pure."""

TOO_OFTEN = {"ratelimited", "rate_limited"}
# The answer may have been lost after the effect: Slack says so of these itself.
UNKNOWN = {"fatal_error", "internal_error"}
PASSING = {"service_unavailable", "request_timeout", "team_added_to_org", "external_channel_migrating"}
# The token is good for nothing any more.
LOST = {
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
    "user_removed_from_team",
    "team_access_not_granted",
}
WORDS = {
    "access_denied": "Slack does not let the app do that.",
    "already_reacted": "This reaction is there already.",
    "cant_delete_message": "Only messages of the app itself can be deleted.",
    "cant_update_message": "Only messages of the app itself can be changed.",
    "channel_not_found": "The app does not see this channel. Somebody in it can invite the app.",
    "edit_window_closed": "The workspace's rules do not let this message be changed any more.",
    "file_not_found": "The file is not there any more.",
    "invalid_name": "This is not the name of an emoji.",
    "is_archived": "The channel is archived.",
    "message_not_found": "There is no such message.",
    "thread_not_found": "There is no such message.",
    "msg_too_long": "The text is too long for Slack.",
    "no_reaction": "This reaction is not there.",
    "no_text": "The message is empty.",
    "not_in_channel": "The app is not a member of this channel. Somebody in it can invite the app.",
    "restricted_action": "The workspace's rules do not let the app do that.",
    "too_many_reactions": "The message has as many reactions as Slack allows.",
    "too_many_emoji": "The message has as many reactions as Slack allows.",
    "users_not_found": "Nobody in the workspace has this e-mail address.",
    "user_not_found": "There is no such person in the workspace.",
    "cannot_dm_bot": "Apps cannot be written to.",
    "user_disabled": "This person's account in Slack is closed.",
    "message_limit_exceeded": "The workspace has reached its limit of messages.",
    "org_login_required": "The workspace is being moved. Try again when that is over.",
    "no_permission": "The app lacks a permission for that. An admin of the workspace can give it.",
    "ekm_access_denied": "The company's keys do not let Slack read this now.",
}


def worded(method: str, code: str, needed: str = "") -> str:
    """Slack's no to a request, for people and the model."""
    if code in LOST:
        return (
            f"Slack does not take the connection's token ({code}). Enter a new one on the connection's page."
        )
    if code == "missing_scope":
        named = (
            needed
            if needed.replace(",", "").replace(":", "").replace(".", "").replace("|", "").isascii()
            else ""
        )
        what = f" ({named})" if named else ""
        return f"The app lacks a permission in Slack{what}. Add the scope on the app's page and install it again."
    return WORDS.get(code) or f"Slack refuses {method} ({code or 'no reason given'})."
