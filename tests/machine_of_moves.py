"""Let organizers give, move and pass on places by hand, besides all that happens to an event."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from events import places
from events.places.let_in import EVERYTHING
from tests import model_of_moves as by_hand
from tests import model_of_rows as model
from tests.machine_of_places import PlacesMachine, anywhere, names, picks
from tests.stage_of_places import WORKSHOPS


class MovesMachine(PlacesMachine):
    @property
    def act(self) -> places.Act:
        """Whatever is set aside, the organizer has agreed to it."""
        return places.Act(self.cast.organizer, "By hand", EVERYTHING)

    @rule(name=names, place=anywhere)
    def give(self, name: str, place: str) -> None:
        person, bookable = self.stage.attendee(name), self.stage.bookables[place]
        self.stage.act(
            lambda: places.let_in(attendee=person, bookable=bookable, act=self.act),
            lambda model: by_hand.let_in(model, name, place),
        )

    @precondition(lambda self: self.stage.model.rows)
    @rule(pick=picks, name=names)
    def give_instead(self, pick: int, name: str) -> None:
        number, _registration = self.choose(pick, model.CONFIRMED, model.HELD)
        self.give_row(number, name)

    def give_row(self, number: int, name: str) -> None:
        registration, person = self.stage.registrations()[number], self.stage.attendee(name)
        self.stage.act(
            lambda: places.give_instead(leaving=registration, attendee=person, act=self.act),
            lambda model: by_hand.give_instead(model, number, name),
        )

    @rule(name=names, place=st.sampled_from(WORKSHOPS), to=st.sampled_from(WORKSHOPS))
    def register_and_move_person(self, name: str, place: str, to: str) -> None:
        self.register_for_both(name, place)
        rows = self.stage.model.rows
        last = [n for n, row in enumerate(rows) if (row.person, row.place) == (name, place)]
        if last:
            self.move_row(last[-1], to)

    @precondition(lambda self: self.stage.model.rows)
    @rule(pick=picks, to=st.sampled_from(WORKSHOPS))
    def move_person(self, pick: int, to: str) -> None:
        number, _registration = self.choose(pick, *model.ACTIVE)
        self.move_row(number, to)

    def move_row(self, number: int, to: str) -> None:
        """Keep the terms of people who have paid; everybody else has new ones."""
        registration, target = self.stage.registrations()[number], self.stage.bookables[to].workshop
        assert target is not None
        row = self.stage.model.rows[number]
        if row.status != model.CONFIRMED or not row.amount:
            self.stage.frozen.pop(registration.pk, None)
        self.stage.act(
            lambda: places.move(registration=registration, to=target, act=self.act),
            lambda model: by_hand.move(model, number, to),
        )
