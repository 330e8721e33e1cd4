"""Words for staff about what is wrong, and about the work that comes round by itself."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from events.models import Job

from .reasons import Reason

#: What is wrong, and what to do about it.
REASONS: dict[Reason, tuple[StrPromise, StrPromise]] = {
    Reason.DATABASE_AWAY: (
        _("The database cannot be reached."),
        _("Start it again, and look at its own log."),
    ),
    Reason.TABLES_OLD: (
        _("The tables are older than the program."),
        _("Run manage.py migrate, then start the site again."),
    ),
    Reason.CACHE_AWAY: (
        _("The cache cannot be reached, so tries of passwords are not counted."),
        _("Check CACHE_URL and the server that it names."),
    ),
    Reason.HOUSEKEEPING_LATE: (
        _("Housekeeping has not come to the end of a round for ten minutes."),
        _("Start manage.py housekeeping --loop 20 as a service, and look at its log."),
    ),
    Reason.MAIL_LATE: (
        _("A message has been waiting to be sent for more than ten minutes."),
        _("Look whether housekeeping runs, and run manage.py doctor: it tries the mail server."),
    ),
    Reason.MAIL_DEAD: (
        _("Messages of the last 24 hours were not delivered."),
        _("Open them in the list of messages. Once the reason is mended, send them again there."),
    ),
    Reason.BACKUP_LATE: (
        _("The last back-up is older than a day and a half, or there is none."),
        _("Run manage.py backup. Then look at the log of the daily work to see why it did not."),
    ),
    Reason.DAILY_LATE: (
        _("Old data has not been deleted for a day and a half."),
        _(
            "Run manage.py purge_personal_data. Then look at the log of the daily work to see why "
            "it did not."
        ),
    ),
}
#: Work that comes round by itself, in the order of the page.
JOBS: dict[str, StrPromise] = {
    Job.HOUSEKEEPING: _("Housekeeping"),
    Job.BACKUP: _("Back-up"),
    Job.PURGE: _("Deletion of old data"),
}
