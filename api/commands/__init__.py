"""What an operator types: `flask migrate`, `seed`, `purge`, `audit`, `catalogue`, `keys` and their like."""
