"""The two platforms that a site can serve, one at a time: Neos, and Resonite, its living fork.

What differs between them stands here and in their backends; the words of pages and mails stand in
`locale/`, and for Resonite first in `locale_resonite/`.
"""

from dataclasses import dataclass

from neos_backend.backends import NeosOAuth2, ResoniteOAuth2
from neos_backend.oauth import PlatformOAuth2


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A platform. `key` is the value of `PLATFORM` and the provider of links to accounts.

    `contact` answers people about their accounts; `client_ids_from` gives out client ids.
    `session_scheme` begins the address of a session that runs. `has_join_verifier`: a world can ask
    before somebody joins.
    """

    key: str
    name: str
    backend: type[PlatformOAuth2]
    assets_url: str
    scopes: str
    contact: str
    client_ids_from: str
    session_scheme: str
    has_join_verifier: bool
    folder_of_words: str
    sandbox_urls: str

    @property
    def prefix(self) -> str:
        """Return what its environment variables begin with, like `NEOS_`."""
        return f"{self.key.upper()}_"

    @property
    def callback_path(self) -> str:
        return f"/auth/complete/{self.key}/"

    @property
    def sandbox_path(self) -> str:
        return f"/sandbox/{self.key}"

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment variable of each setting of the backend, for hints of checks."""
        setting = f"SOCIAL_AUTH_{self.prefix}"
        return {
            "NEOS_SANDBOX": f"{self.prefix}SANDBOX",
            f"{setting}KEY": f"{self.prefix}CLIENT_ID",
            f"{setting}SECRET": f"{self.prefix}CLIENT_SECRET",
            f"{setting}SCOPE": f"{self.prefix}SCOPES",
            f"{setting}AUTHORIZATION_URL": f"{self.prefix}AUTHORIZATION_URL",
            f"{setting}ACCESS_TOKEN_URL": f"{self.prefix}TOKEN_URL",
            f"{setting}PROFILE_URL": f"{self.prefix}PROFILE_URL",
            f"{setting}USE_PKCE": f"{self.prefix}USE_PKCE",
        }


NEOS = Platform(
    key="neos",
    name="Neos",
    backend=NeosOAuth2,
    assets_url="https://assets.neos.com/assets/",
    scopes="profile email patreon",
    contact="hello@neos.com",
    client_ids_from="hello@neos.com",
    session_scheme="neos-session",
    has_join_verifier=False,
    folder_of_words="",
    sandbox_urls="neos_backend.sandbox.urls",
)
RESONITE = Platform(
    key="resonite",
    name="Resonite",
    backend=ResoniteOAuth2,
    assets_url="https://assets.resonite.com/",
    scopes="profile email",
    contact="https://support.resonite.com",
    client_ids_from="business@yellowdogman.com",
    session_scheme="ressession",
    has_join_verifier=True,
    folder_of_words="locale_resonite",
    sandbox_urls="neos_backend.sandbox.resonite_urls",
)
#: The first is the default.
PLATFORMS = {platform.key: platform for platform in (NEOS, RESONITE)}
