"""Level 3: a live face or a visit to a counter, what such a proof changes, and how it is taken back."""
