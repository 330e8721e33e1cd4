"""Django's way to a mail server, for recipients whose address needs quotation marks.

Django takes the marks of an address off again before it names the recipient to the server, which
may refuse `a..b@docomo.ne.jp` without them.
"""

import smtplib
from collections.abc import Sequence

from django.core.mail.backends import smtp

from events.formatting import mail_address


class _Quoting(smtplib.SMTP):
    def rcpt(self, recip: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        return super().rcpt(mail_address.for_mail(recip), options)


class _QuotingOverTls(_Quoting, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _QuotingOverTls if self.use_ssl else _Quoting
