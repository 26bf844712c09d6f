"""Enterprises that ask citizens for data: consent requests, consents (授权), and pulls (调取)."""
