from django.apps import AppConfig


class NeosBackendConfig(AppConfig):
    name = "neos_backend"
    verbose_name = "Sign-in with Neos"
