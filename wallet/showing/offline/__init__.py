"""Showing and verifying without a network: tokens, packs, the decision, and reconciling afterwards."""
