"""Memory: what an agent noted in earlier tasks of a person, and whose words that is."""
