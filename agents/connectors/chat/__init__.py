"""Portal chat: an agent posts to a person or a team inside the portal."""
