"""Addresses of the sandbox that plays Resonite."""

from neos_backend.sandbox.addresses import addresses
from neos_backend.sandbox.platforms import RESONITE

app_name = "resonite_sandbox"
urlpatterns = addresses(RESONITE)
