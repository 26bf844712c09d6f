"""Keeping and letting go: retention, purging, erasure and export of a person, moving records to a new key."""
