"""Layers that every request goes through, from the outside in."""

BEFORE = (
    "events.http.request_ids.RequestIdMiddleware",
    # Before all that follow: a balancer asks by number and over http, and has no cookie.
    "events.health.gate.HealthMiddleware",
    "events.http.measured.MeasuredMiddleware",
    # Likewise: a world reads no redirect, page or cookie of those behind it.
    "events.doors.gate.DoorMiddleware",
)
#: A demo is also found under other names of this machine.
OF_DEMO = ("events.http.other_names.OtherNamesMiddleware",)
BEHIND = (
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "events.http.browser_policy.BrowserPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "events.http.language.AccountLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "events.http.wrong_method.WrongMethodMiddleware",
    "events.http.throttling.ThrottlingMiddleware",
    "events.accounts.neos_errors.SignInErrorMiddleware",
)


def in_order(*, is_demo: bool) -> list[str]:
    return [*BEFORE, *(OF_DEMO if is_demo else ()), *BEHIND]
