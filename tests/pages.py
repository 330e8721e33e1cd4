"""Reading pages in tests."""

import re

from django.http import HttpResponse

from tests.markup import TreeBuilder


def without_token(response: HttpResponse) -> str:
    """The page without its CSRF token, which is masked anew each time."""
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def heading_of(response: HttpResponse) -> str:
    return TreeBuilder(response.content.decode()).root.first("h1").text
