"""The worst-case card: the most that an agent can do now, as its grants and stops say."""
