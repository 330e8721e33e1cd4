"""python-social-auth's own test harness, run against the backend.

The harness reads addresses and parameters from the backend itself; that they are the right ones is
asserted in test_backends.py.
"""

import importlib.util
import json
import os

import pytest
from django.conf import settings
from social_core.backends.utils import load_backends

if importlib.util.find_spec("social_core.tests") is None:
    reason = "python-social-auth's test harness is missing; `make .cache/psa/tests` fetches it"
    if "CI" in os.environ:
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)

# As a module: its base classes must not be collected here.
harness = importlib.import_module("social_core.tests.backends.oauth")


class NeosContract(
    harness.OAuth2PkceS256Test, harness.OAuth2StateTestMixin, harness.BaseAuthUrlTestMixin
):
    backend_path = "neos_backend.backends.NeosOAuth2"
    expected_username = "gearfox"
    access_token_body = json.dumps({"access_token": "a-secret-token", "token_type": "bearer"})
    user_data_url = "https://auth.neos.com/api/user/profiles"
    user_data_body = json.dumps({"id": "U-Gear-Fox", "username": "gearfox", "isVerified": True})

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        # The harness replaced the library's cache of backends by its own two.
        load_backends(settings.AUTHENTICATION_BACKENDS, force_load=True)

    def test_login(self) -> None:
        social = self.do_login().social[0]
        assert social.uid == "U-Gear-Fox"
        assert social.extra_data == {}
