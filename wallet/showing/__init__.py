"""Showing (亮证) and verifying (核验): show tokens, the QR, who may see what, and who saw it."""
