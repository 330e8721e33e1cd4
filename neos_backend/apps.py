from django.apps import AppConfig


class NeosBackendConfig(AppConfig):
    name = "neos_backend"
    verbose_name = "Sign-in with Neos or Resonite"

    def ready(self) -> None:
        from neos_backend import checks  # noqa: F401 - importing registers them
