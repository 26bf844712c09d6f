"""Machine clients (应用): an enterprise's own programs, which ask and pull in its name (OAuth 2.0, RFC 6749)."""
