"""Refusals: every domain error as RFC 9457 `application/problem+json`, in tables by room."""
