"""Questions at sign-up of a copy, and of later events of a series."""

from events.models import Event, Question, Workshop

from .rows import LEFT_OF_PART, values_of

Key = tuple[str, str, str]
LEFT = LEFT_OF_PART | {"workshop"}


def rows_of(event: Event) -> list[tuple[Key, object]]:
    """Return what is asked, to compare two events."""
    return [(key_of(one), tuple(values_of(one, without=LEFT).items())) for one in _all(event)]


def key_of(question: Question) -> Key:
    """Return by what a question is the same at another event. With another text or kind, or asked
    for another workshop, it is another question: answers to the one are none to the other.
    """
    slug = question.workshop.slug if question.workshop else ""
    return question.text, question.kind, slug


def write_like(source: Event, event: Event) -> None:
    """Ask the same at `event`. Answers to questions that `source` does not ask are deleted."""
    own = {key_of(question): question for question in _all(event)}
    workshops = {workshop.slug: workshop for workshop in event.workshops.all()}
    for model in _all(source):
        question = own.pop(key_of(model), None) or _new(model, event, workshops)
        for name, value in values_of(model, without=LEFT).items():
            setattr(question, name, value)
        question.save()
    for question in own.values():
        question.delete()


def _new(model: Question, event: Event, workshops: dict[str, Workshop]) -> Question:
    slug = model.workshop.slug if model.workshop else ""
    return Question(event=event, workshop=workshops.get(slug))


def _all(event: Event) -> list[Question]:
    return list(event.questions.select_related("workshop").order_by("position", "pk"))
