"""Addresses of the sandbox that plays Neos; Resonite's are in `resonite_urls`.

A project may have both: `path("sandbox/neos/", include("neos_backend.sandbox.urls"))` beside
`path("sandbox/resonite/", include("neos_backend.sandbox.resonite_urls"))`. The client of each is
KEY, SECRET and REDIRECT_URI of its backend, like `SOCIAL_AUTH_NEOS_KEY`. There are no addresses
unless both NEOS_SANDBOX and DEBUG are on.
"""

from neos_backend.sandbox.addresses import addresses
from neos_backend.sandbox.platforms import NEOS

app_name = "neos_sandbox"
urlpatterns = addresses(NEOS)
