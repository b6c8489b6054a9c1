"""Whose a Slack account is: by a code of the profile page, which that account sends to the app."""
