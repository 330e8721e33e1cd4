"""Sign-in with Neos and with Resonite for python-social-auth.

Name one of the two classes in `AUTHENTICATION_BACKENDS`. What they share stands in `oauth`.
"""

from typing import Any
from urllib.parse import urlsplit

from social_core.exceptions import SocialAuthBaseException

from neos_backend import profile, resonite
from neos_backend.oauth import PlatformOAuth2

#: The host that the wiki names. The holder of that name now gets codes and the client secret.
DOUBTFUL_HOST = "cloudx-account.azurewebsites.net"
#: Settings of PKCE there. What is sent is then worth nothing to somebody else without the session.
ALWAYS_PROVED = {"USE_PKCE": True, "PKCE_CODE_CHALLENGE_METHOD": "S256"}


def is_doubtful(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return host.rstrip(".") == DOUBTFUL_HOST


class NeosOAuth2(PlatformOAuth2):
    """The backend `neos`, with the settings `SOCIAL_AUTH_NEOS_…`.

    Its scopes are `profile`, `email` and `patreon`.
    """

    name = "neos"
    title = "Neos"
    AUTHORIZATION_URL = "https://auth.neos.com/connect/authorize"
    ACCESS_TOKEN_URL = "https://cloudx-account.azurewebsites.net/connect/token"  # noqa: S105 - an address
    PROFILE_URL = "https://auth.neos.com/api/user/profiles"
    KNOWN_SCOPES = frozenset({"profile", "email", "patreon"})

    parse_profile = staticmethod(profile.parse_profile)

    def setting(self, name: str, default: Any = None) -> Any:
        """Return a setting of the backend. PKCE is never off, or weak, at the doubtful host."""
        if name in ALWAYS_PROVED and is_doubtful(self.access_token_url()):
            return ALWAYS_PROVED[name]
        return super().setting(name, default)

    def request_profile(self, access_token: str) -> object:
        """Return the decoded JSON of any type.

        The wiki has the address in the plural, all known clients in the singular: try both.
        """
        address = self.profile_url()
        try:
            return self.get_profile(address, access_token)
        except SocialAuthBaseException as error:
            if error.status_code != 404 or not address.endswith("/profiles"):
                raise
        return self.get_profile(address.removesuffix("s"), access_token)


class ResoniteOAuth2(PlatformOAuth2):
    """The backend `resonite`, with the settings `SOCIAL_AUTH_RESONITE_…`.

    Its scopes are `profile` and `email`. Who supports the platform is part of the profile.
    """

    name = "resonite"
    title = "Resonite"
    AUTHORIZATION_URL = "https://account.resonite.com/connect/authorize"
    ACCESS_TOKEN_URL = "https://account.resonite.com/connect/token"  # noqa: S105 - an address
    PROFILE_URL = "https://account.resonite.com/api/user/profile"
    KNOWN_SCOPES = frozenset({"profile", "email"})

    parse_profile = staticmethod(resonite.parse_profile)
