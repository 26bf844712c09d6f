"""What: licence kinds, registries, licences, show tokens, verification, disclosure, access records.

Depends on `identity`; knows neither `api` nor `hotservices` nor HTTP.
"""
