"""Enterprises and who acts for them: registration, members, scopes."""
