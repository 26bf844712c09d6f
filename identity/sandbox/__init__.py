"""The sandbox's people: personas to log in as, a population registry, and a clock that moves.

Nothing here is built in production; `api.services` refuses it.
"""
