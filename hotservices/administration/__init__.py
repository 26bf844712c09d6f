"""Administering the catalogue: its versions, who may change what, and files that it is read from and written to."""
