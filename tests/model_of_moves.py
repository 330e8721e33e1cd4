"""Acts of organizers by hand, on the second account of `tests.model_of_places`.

They set aside times and numbers, and nothing that is asked of a person. Each function returns
whether it was done, as the methods of the model do.
"""

from datetime import datetime, timedelta

from tests.model_of_places import LONG_HOLD, Model
from tests.model_of_rows import ACTIVE, CANCELLED, CONFIRMED, WAITING, Row


def let_in(model: Model, person: str, place: str) -> bool:
    model.settle()
    return _give(model, person, place) is not None


def give_instead(model: Model, number: int, person: str) -> bool:
    """Cancel a place with all that falls with it, and give it to somebody who has none there."""
    model.settle()
    row = model.rows[number]
    has_place = row.status != WAITING and model.counts(row)
    is_over = model.now >= model.places[row.place].ends_at
    if not has_place or is_over or row.person == person:
        return False
    for other in model.rows:
        falls = other.person == row.person and row.place == model.event
        if other is row or (falls and other.status in ACTIVE):
            model.end(other, CANCELLED, in_full=True)
    if _has_place(model, person, row.place) or _give(model, person, row.place) is None:
        return False
    return model.settle()


def move(model: Model, number: int, to: str) -> bool:
    """Take a place or a spot at one workshop, and give a place at another one."""
    model.settle()
    row = model.rows[number]
    ends = (model.places[row.place].ends_at, model.places[to].ends_at)
    if row.place == model.event or row.status not in ACTIVE or model.now >= min(ends):
        return False
    has_other = model.has_active(row.person, to)
    if has_other or not model.may_have(row.person, to, without=row):
        return False
    is_paid = row.status == CONFIRMED and row.amount > 0
    if is_paid and row.amount != model.price(row.person, to):
        return False
    if row in model.line(row.place):
        model.line(row.place).remove(row)
    row.place = to
    if is_paid:
        row.refund_until = _later_promise(model, row)
    else:
        _take(model, row)
    return model.settle()


def _give(model: Model, person: str, place: str) -> Row | None:
    """Return the row of the place, also of one that was there already; None if it is refused."""
    mine = [r for r in model.rows if (r.person, r.place) == (person, place) and model.counts(r)]
    if mine and mine[0].status != WAITING:
        return mine[0]
    is_over = model.now >= model.places[place].ends_at
    if is_over or not model.may_have(person, place):
        return None
    row = mine[0] if mine else Row(person, place)
    if not mine:
        model.rows.append(row)
    _take(model, row)
    return row


def _has_place(model: Model, person: str, place: str) -> bool:
    waits = any((r.person, r.place) == (person, place) for r in model.line(place))
    return model.has_active(person, place) and not waits


def _take(model: Model, row: Row) -> None:
    """Take it on terms of now: what was agreed before, if anything was, counts no more."""
    row.until = row.refund_until = row.refund_days = None
    row.is_promoted = True
    model.take(row, LONG_HOLD)


def _later_promise(model: Model, row: Row) -> datetime | None:
    days = model.places[model.event].refund_days
    promises = [row.refund_until] if row.refund_until is not None else []
    if days is not None:
        promises.append(model.places[row.place].starts_at - timedelta(days=days))
    return max(promises, default=None)
