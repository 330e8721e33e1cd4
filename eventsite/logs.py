"""Where the site writes what happens."""

from typing import Any

# Everything goes to standard error, errors also by mail to ADMINS.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "filters": {"not_debug": {"()": "django.utils.log.RequireDebugFalse"}},
    "handlers": {
        "standard_error": {"class": "logging.StreamHandler", "formatter": "line"},
        "mail": {
            "class": "django.utils.log.AdminEmailHandler",
            "level": "ERROR",
            "filters": ["not_debug"],
            "reporter_class": "eventsite.reports.TracebackReporter",
        },
    },
    "root": {"handlers": ["standard_error"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["mail"], "level": "INFO"},
        # What `runserver` answered; what broke is said by `django.request` anyway.
        "django.server": {"handlers": ["standard_error"], "propagate": False},
    },
}
