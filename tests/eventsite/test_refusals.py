"""A start without what it needs, or with nonsense, ends with one line that names the variable."""

import pytest

from .processes import PRODUCTION, reason, refusal, run


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("SECRET_KEY", "set SECRET_KEY (50 random characters, kept private)."),
        ("SITE_URL", "set SITE_URL (for example https://events.example.org)."),
    ],
)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_start_without_a_required_variable_says_which(
    name: str, sentence: str, value: str | None
) -> None:
    others = {key: kept for key, kept in PRODUCTION.items() if key != name}
    missing = {} if value is None else {name: value}

    assert reason(**others, **missing) == sentence


@pytest.mark.parametrize("arguments", [("-c", "import eventsite.settings"), ("manage.py", "check")])
def test_process_that_is_refused_ends_with_the_same_line(arguments: tuple[str, ...]) -> None:
    """Real starts: the other tests import the settings in the process of the suite."""
    variables = PRODUCTION | {"DATABASE_URL": "postgresql://user:hunter2/@host/name"}

    assert refusal(*arguments, **variables) == DATABASE_FORM


def test_manage_py_refuses_with_the_same_line() -> None:
    process = run("manage.py", "migrate")

    expected = "eventsite cannot start: set SECRET_KEY (50 random characters, kept private).\n"
    assert (process.returncode, process.stderr) == (3, expected)


SITE_URL_FORM = "SITE_URL must be an address like https://events.example.org, without a path."
DATABASE_FORM = (
    "DATABASE_URL must look like postgresql://user:password@host/name "
    "(a special character as %40 and so on)."
)
DATABASE_SCHEMES = "DATABASE_URL must begin with postgresql:// or sqlite:///."
EMAIL_FORM = (
    "EMAIL_URL must look like smtp+tls://user:password@host:587 "
    "(a special character as %40 and so on)."
)
ORIGIN_FORM = (
    "must be an address like https://pay.example.org, without a path; several are separated by "
    "spaces."
)
ADMINS_FORM = "ADMINS must look like: Mika <mika@example.org>, robin@example.org."
SENDER_FORM = "DEFAULT_FROM_EMAIL must look like: Events <events@example.org>."
NO_OPTIONS = "EMAIL_URL must look like smtp+tls://user:password@host:587, without options."
MALFORMED = [
    ("DEBUG", "maybe", "DEBUG is either on or off: 1 or 0."),
    ("NEOS_USE_PKCE", "2", "NEOS_USE_PKCE is either on or off: 1 or 0."),
    ("NEOS_SANDBOX", "sure", "NEOS_SANDBOX is either on or off: 1 or 0."),
    *(
        ("NEOS_VERIFICATION_MAX_AGE", value, f"NEOS_VERIFICATION_MAX_AGE {rule}.")
        for value in ("soon", "0", "-1", "1.5", "36501", "9" * 5000, "٣")
        for rule in ("is a whole number from 1 to 36500",)
    ),
    *(
        ("EARLY_CHECK_IN_HOURS", value, f"EARLY_CHECK_IN_HOURS {rule}.")
        for value in ("soon", "-1", "1.5", "8761")
        for rule in ("is a whole number from 0 to 8760",)
    ),
    *(
        ("OUTSIDE_CALLS", value, "OUTSIDE_CALLS is a whole number from 1 to 1000.")
        for value in ("0", "-1", "many", "1001", "2.5")
    ),
    *(
        ("FORM_ACTION_ORIGINS", value, f"FORM_ACTION_ORIGINS {ORIGIN_FORM}")
        for value in (
            "http://pay.example.org",
            "pay.example.org",
            "https://pay.example.org/checkout",
            "https://*.example.org",
            "https://pay.example.org; script-src *",
            "https://a.example.org,https://b.example.org",
            "https://a.example.org http://b.example.org",
            "'none'",
        )
    ),
    ("DATABASE_POOLER", "session", "DATABASE_POOLER must be one of: none, transaction."),
    ("DATABASE_POOL_SIZE", "none", "DATABASE_POOL_SIZE is a whole number from 1 to 1000."),
    *(
        ("SITE_URL", value, SITE_URL_FORM)
        for value in (
            "events.example.org",
            "ftp://events.example.org",
            "https://",
            "https://x/path",
            "https://x//",
            "https://x?query",
            "https://x#fragment",
            "https://user:password@events.example.org",
            "https://events.example.org:port",
            "https://events.example.org:0",
            "https://events.example.org:65536",
            "https://events.example.org:",
            "https://events example.org",
            "https://events.example.org\nhttps://evil.example",
            "https://évènements.example.org",
            "https://events.example.org:0443",
            "https://[::1",
            "https://[abc]",
        )
    ),
    *(
        ("SITE_NAME", value, "SITE_NAME must be one line of at most 60 characters.")
        for value in ("Harbour\nNights", "Harbour\u202eNights", "x" * 61)
    ),
    *(
        ("SITE_TAGLINE", value, "SITE_TAGLINE must be one line of at most 120 characters.")
        for value in ("By the sea\rand more", "x" * 121)
    ),
    *(
        ("SITE_ACCENT", value, "SITE_ACCENT must be a colour like #5334cf.")
        for value in (
            "red",
            "##5334c",
            "53c",
            "#53c",
            "#5334cf80",
            "#5334cg",
            "#5334c\u0663",
            "#5334cf;}",
        )
    ),
    ("PAYMENT_PROVIDER", "barter", "PAYMENT_PROVIDER must be one of: manual, stripe, sandbox."),
    (
        "PAYMENT_PROVIDER",
        "sandbox",
        "PAYMENT_PROVIDER=sandbox takes no real money: it needs DEBUG=1.",
    ),
    ("PAYMENT_PROVIDER", "stripe", "set STRIPE_SECRET_KEY (sk_... as Stripe shows it)."),
    *(("DATABASE_URL", value, DATABASE_SCHEMES) for value in ("nonsense", "mysql://host/name")),
    ("DATABASE_URL", "sqlite://db.sqlite3", DATABASE_SCHEMES),
    ("DATABASE_URL", "postgresql://user:pass/word@host/name", DATABASE_FORM),
    ("DATABASE_URL", "postgresql://user:password@host:port/name", DATABASE_FORM),
    ("DATABASE_URL", "postgresql://user:password@host", "DATABASE_URL names no database."),
    *(
        ("DATABASE_URL", f"postgresql:///name?{option}=1", f"DATABASE_URL must leave {name} alone.")
        for option, name in (
            ("conn_max_age", "CONN_MAX_AGE"),
            ("atomic_requests", "ATOMIC_REQUESTS"),
        )
    ),
    (
        "CACHE_URL",
        "nonsense",
        "CACHE_URL must look like dbcache://table (a special character as %40 and so on).",
    ),
    *(
        ("CACHE_URL", value, "CACHE_URL names a cache that cannot count tries of passwords.")
        for value in ("dummycache://", "filecache:///tmp/cache")
    ),
    ("EMAIL_URL", "nonsense", EMAIL_FORM),
    ("EMAIL_URL", "smtp://host:port", EMAIL_FORM),
    (
        "EMAIL_URL",
        "smtp://",
        "EMAIL_URL names no host; it must look like smtp+tls://user:password@host:587.",
    ),
    *(
        (
            "SITE_CONTACT",
            value,
            "SITE_CONTACT must be an e-mail address or an https link: Mika <mika@example.org>.",
        )
        for value in ("Mika", "http://example.org", "javascript:alert(1)")
    ),
    *(
        (
            "SELLER",
            value,
            r"SELLER must be at most ten lines of plain text, with \n between them.",
        )
        for value in (r"\n".join("Eleven lines"[:11]), "x" * 1001, "Worlds\x07", "Worlds\u202e")
    ),
    *(("EMAIL_URL", f"smtp://host{tail}", NO_OPTIONS) for tail in (":0", "/?starttls=maybe")),
    *(
        ("ADMINS", value, ADMINS_FORM)
        for value in (
            "Mika",
            "Mika mika@example.org",
            "mika@example.org robin@example.org",
            "mika@example.org;robin@example.org",
            "mika@example.org, , robin@example.org",
            "@example.org",
            "mika@",
            "a@b@example.org",
            "mika@example.org\nBcc: eve@example.org",
        )
    ),
    *(
        ("DEFAULT_FROM_EMAIL", value, SENDER_FORM)
        for value in (
            "Events",
            "events@",
            "Events events@example.org",
            "a@example.org, b@example.org",
            "Events <events@example.org>\nBcc: eve@example.org",
            "Events\r <events@example.org>",
        )
    ),
    *(
        (
            "DATABASE_URL",
            f"{scheme}?{option}=1",
            f"DATABASE_URL has an option that cannot be used: '{option}'.",
        )
        for scheme in ("postgresql://host/name", "sqlite:///name.sqlite3")
        for option in ("foo", "transaction_mode")
    ),
    (
        "DATABASE_URL",
        "sqlite:///name.sqlite3?timeout=long",
        "DATABASE_URL has an option that is no whole number: timeout.",
    ),
    (
        "DATABASE_URL",
        "postgresql://host/name?connect_timeout=long",
        "DATABASE_URL has an option that is no whole number: connect_timeout.",
    ),
    ("CACHE_URL", "redis://127.0.0.1:6379/0", "CACHE_URL needs a package that is not installed."),
    ("CACHE_URL", "pymemcache://127.0.0.1:1", "CACHE_URL needs a package that is not installed."),
    ("CACHE_URL", "memcache://127.0.0.1:1", "CACHE_URL needs a package that is not installed."),
    ("CACHE_URL", "dbcache://", "CACHE_URL must look like dbcache://table."),
    *(
        (name, value, f"{name} must be an address like {default}.")
        for name, default in (
            ("NEOS_AUTHORIZATION_URL", "https://auth.neos.com/connect/authorize"),
            ("NEOS_TOKEN_URL", "https://cloudx-account.azurewebsites.net/connect/token"),
            ("NEOS_PROFILE_URL", "https://auth.neos.com/api/user/profiles"),
            ("NEOS_ASSETS_URL", "https://assets.neos.com/assets/"),
            ("STRIPE_API_URL", "https://api.stripe.com"),
        )
        for value in ("nonsense", "https://user:password@host/", "https://host:0/", "https://h/a b")
    ),
]


@pytest.mark.parametrize(("name", "value", "sentence"), MALFORMED)
def test_malformed_value_is_refused_by_name(name: str, value: str, sentence: str) -> None:
    assert reason(**PRODUCTION | {name: value}) == sentence


def test_refusal_repeats_no_secret() -> None:
    sentence = reason(**PRODUCTION, DATABASE_URL="postgresql://user:hunter2/@host/name")

    assert sentence == DATABASE_FORM
