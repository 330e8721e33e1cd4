"""Questions at sign-up of a copy, and of later events of a series."""

from events.models import Event, Question, Workshop

from .rows import LEFT_OF_PART, values_of

Key = tuple[str, str, str]
LEFT = LEFT_OF_PART | {"workshop"}


def rows_of(event: Event, at: Event) -> list[tuple[Key, object]]:
    """Return what is asked, to compare two events: without workshops that `at` does not have."""
    there = {"", *at.workshops.values_list("slug", flat=True)}
    kept = [one for one in _all(event) if key_of(one)[2] in there]
    return [(key_of(one), tuple(values_of(one, without=LEFT).items())) for one in kept]


def key_of(question: Question) -> Key:
    """Return by what a question is the same at another event. With another text or kind, or asked
    for another workshop, it is another question: answers to the one are none to the other.
    """
    slug = question.workshop.slug if question.workshop else ""
    return question.text, question.kind, slug


def write_like(source: Event, event: Event) -> None:
    """Ask the same at `event`, but for workshops that it does not have. Answers to questions that
    `source` does not ask are deleted.
    """
    own = {key_of(question): question for question in _all(event)}
    workshops = {workshop.slug: workshop for workshop in event.workshops.all()}
    for model in _all(source):
        if model.workshop is not None and model.workshop.slug not in workshops:
            continue
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
