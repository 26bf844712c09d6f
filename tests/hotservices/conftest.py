"""A busy machine is no fault of the code's: properties have no deadline."""

from hypothesis import settings

settings.register_profile("liangzheng", deadline=None)
settings.load_profile("liangzheng")
