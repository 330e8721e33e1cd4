"""All payments of one event as a CSV file with every column."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from events.desk.tables import PAYMENTS
from events.models import Event

from . import files


@require_safe
def money_table(_request: HttpRequest, event: Event, _frame: object) -> HttpResponseBase:
    return files.download(PAYMENTS, event, PAYMENTS.columns, files.CSV)
