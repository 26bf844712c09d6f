"""Webhooks: what happens to an organisation's consents and cases is told to its own server, signed, at least once."""
