"""What comes from Slack, by HTTP or over a socket: verified and stored at once, done afterwards, each once."""
