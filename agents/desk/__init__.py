"""The desk: verbs for people who write from elsewhere, as a connector may ask for them (``agents.connectors.desk``)."""
