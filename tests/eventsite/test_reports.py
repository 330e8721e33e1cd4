"""Error mails to ADMINS name the error, and nothing that came with the request."""

import logging

import pytest
from django.core.mail import EmailMessage
from django.test import RequestFactory
from django.utils.log import AdminEmailHandler
from pytest_django import Settings

from tests.error_mail import wait_for_error_mail

ADDRESS = "/auth/complete/neos/?code=secret-code&state=secret-state"


def log_failure(logger: logging.Logger, factory: RequestFactory) -> None:
    """Log what Django logs when a view breaks, here that of a sign-in's return."""
    request = factory.post(ADDRESS, {"password": "secret-password"}, HTTP_REFERER=ADDRESS)
    request.COOKIES["sessionid"] = "secret-session"
    try:
        raise RuntimeError("It broke.")
    except RuntimeError:
        extra = {"status_code": 500, "request": request}
        logger.exception("Internal Server Error: %s", request.path, extra=extra)


def test_error_mail_has_the_traceback_without_the_request(
    rf: RequestFactory, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.ADMINS = [("Mika", "mika@example.org")]

    log_failure(logging.getLogger("django.request"), rf)
    wait_for_error_mail()

    (mail,) = mailoutbox
    assert mail.subject.endswith("Internal Server Error: /auth/complete/neos/")
    assert mail.to == ["mika@example.org"]
    assert "Exception Value: It broke." in mail.body
    assert "secret-" not in mail.body


def test_error_mail_of_django_itself_would_tell(
    rf: RequestFactory, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    """The control: there is something that could leak."""
    settings.ADMINS = [("Mika", "mika@example.org")]
    logger = logging.Logger("of-this-test")
    logger.addHandler(AdminEmailHandler())

    log_failure(logger, rf)

    assert "secret-code" in mailoutbox[0].body


def test_errors_reach_standard_error_without_debug(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture
) -> None:
    """Without ADMINS they would be nowhere otherwise."""
    handlers = {handler.name for handler in logging.getLogger().handlers}
    log_failure(logging.getLogger("django.request"), rf)

    assert "standard_error" in handlers
    assert [record.getMessage() for record in caplog.records] == [
        "Internal Server Error: /auth/complete/neos/"
    ]
