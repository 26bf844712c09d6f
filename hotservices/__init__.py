"""Which first: the catalogue of services and the list of those a person is most likely to need.

Depends on `identity` only; what a person holds is handed in by the caller, who asked the wallet.
"""
