"""Changes that registries push (推送): signed events, each taken once, applied in one transaction."""
