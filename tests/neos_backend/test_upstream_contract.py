"""python-social-auth's own test harness, run against both backends.

The harness reads addresses and parameters from the backend itself; that they are the right ones is
asserted in test_backends.py and test_backends_resonite.py.
"""

import importlib.util
import json
import os
from typing import Any

import pytest
from django.conf import settings
from social_core.backends.utils import load_backends
from social_core.utils import PARTIAL_TOKEN_SESSION_NAME

from .samples import NEOS, RESONITE

if importlib.util.find_spec("social_core.tests") is None:
    reason = "python-social-auth's test harness is missing; `make .cache/psa/tests` fetches it"
    if "CI" in os.environ:
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)

# As a module: its base classes must not be collected here.
harness = importlib.import_module("social_core.tests.backends.oauth")
models = importlib.import_module("social_core.tests.models")

EVERYTHING = ["id", ("username", "called"), ("icon", "icon", True), ("missing", "missing", True)]


class Contract(
    harness.OAuth2PkceS256Test, harness.OAuth2StateTestMixin, harness.BaseAuthUrlTestMixin
):
    __test__ = False

    access_token_body = json.dumps(
        {
            "access_token": "a-secret-token",
            "refresh_token": "a-secret-refresh",
            "token_type": "bearer",
            "expires_in": 3600,
        }
    )
    expected_id = ""
    expected_email = ""
    expected_icon = ""

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        # The harness replaced the library's cache of backends by its own two.
        load_backends(settings.AUTHENTICATION_BACKENDS, force_load=True)

    def extra_settings(self) -> dict[str, Any]:
        return super().extra_settings() | {f"SOCIAL_AUTH_{self.name}_SCOPE": self.asked}

    asked: tuple[str, ...] = ()

    def test_login(self) -> None:
        user = self.do_login()
        assert (user.email, user.first_name) == (self.expected_email, None)
        assert [(social.uid, social.extra_data) for social in user.social] == [
            (self.expected_id, {})
        ]

    def test_login_stores_the_extra_data_that_a_project_asks_for(self) -> None:
        self.strategy.set_settings({f"SOCIAL_AUTH_{self.name}_EXTRA_DATA": EVERYTHING})
        stored = self.do_login().social[0].extra_data
        assert type(stored.pop("auth_time")) is int
        assert stored == {
            "id": self.expected_id,
            "called": self.expected_username,
            "icon": self.expected_icon,
        }

    def test_partial_pipeline(self) -> None:
        user = self.do_partial_pipeline()
        assert [social.uid for social in user.social] == [self.expected_id]

    def test_partial_pipeline_goes_on_in_other_requests(self) -> None:
        """Each time all that is kept has gone through JSON, as in a database."""
        self.pipeline_settings()
        self.do_start()
        self.strategy.session_set("password", "a-password")
        paused = self.strategy.session_pop(PARTIAL_TOKEN_SESSION_NAME)
        self.resume_partial_with_new_request(paused)
        self.strategy.session_set("slug", "a-slug")
        paused = self.strategy.session_pop(PARTIAL_TOKEN_SESSION_NAME)
        user = self.resume_partial_with_new_request(paused)
        assert (user.username, user.email) == (self.expected_username, self.expected_email)
        assert (user.password, user.slug) == ("a-password", "a-slug")
        assert [social.uid for social in user.social] == [self.expected_id]

    def test_partial_pipeline_leads_where_the_sign_in_was_meant_to(self) -> None:
        self.strategy.set_request_data({"next": "/there/"}, self.backend)
        self.strategy.session_set("next", "/there/")  # as `do_auth` of the library does
        self.backend.prepare_auth()
        self.pipeline_settings()
        self.do_start()
        assert self.strategy.session_get("next") == "/there/"
        self.strategy.session_set("password", "a-password")
        self.resume_partial_with_new_request(self.strategy.session_pop(PARTIAL_TOKEN_SESSION_NAME))
        assert self.strategy.session_get("next") == "/there/"

    def test_partial_pipeline_finds_a_user_by_a_verified_address_only(self) -> None:
        """The harness has `associate_by_email` in that pipeline."""
        owner = models.User("somebody", email=self.expected_email)
        assert self.do_partial_pipeline_as("somebody").id == owner.id
        models.User.reset_cache()
        models.TestUserSocialAuth.reset_cache()
        models.User("somebody", email=self.expected_email)
        self.user_data_body = json.dumps(json.loads(self.user_data_body) | {"isVerified": False})
        assert self.do_partial_pipeline_as(self.expected_username).email is None

    def do_partial_pipeline_as(self, username: str) -> Any:
        """Go through the pipeline with both answers given, and return the user."""
        self.pipeline_settings()
        for name in ("password", "slug"):
            self.strategy.session_set(name, name)
        harness.responses.reset()
        user = self.do_start()
        assert user.username == username
        return user


class NeosContract(Contract):
    __test__ = True

    backend_path = "neos_backend.backends.NeosOAuth2"
    user_data_url = "https://auth.neos.com/api/user/profiles"
    user_data_body = json.dumps(NEOS["patron"])
    asked = ("email", "patreon")
    expected_username = "gearfox"
    expected_id = "U-gearfox"
    expected_email = "gearfox@example.org"
    expected_icon = "3d9a7c0e5b1f42688a04c6de90b17f52e1c8a3f6d47b90215ce8f03a6b4d71ee"


class ResoniteContract(Contract):
    __test__ = True

    backend_path = "neos_backend.backends.ResoniteOAuth2"
    user_data_url = "https://account.resonite.com/api/user/profile"
    user_data_body = json.dumps(RESONITE["both"])
    asked = ("email",)
    expected_username = "orchard"
    expected_id = "U-1AbCdEfGhIj"
    expected_email = "orchard@example.org"
    expected_icon = "0b7c5a1de94f2063b8ca7714fd05e6923ac1f8d0b46e97255f10ad3c82be6497"
