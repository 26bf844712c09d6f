"""Settings for properties of mappings."""

from hypothesis import settings

# A busy machine is no fault of the code's: properties have no deadline.
settings.register_profile("liangzheng", deadline=None)
settings.load_profile("liangzheng")
