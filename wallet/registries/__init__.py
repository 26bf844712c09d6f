"""Where licences come from: one protocol, the sandbox's departments, and asking many at once."""
