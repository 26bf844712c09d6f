"""Who: people and their real names, accounts, sessions, staff, keys and the PII cipher.

Imports neither `api` nor `wallet` nor `hotservices`, and knows nothing of HTTP.
"""
