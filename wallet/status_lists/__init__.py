"""Token Status Lists: what became of licences shown offline, for verifiers without a network."""
