"""Reading pages in tests."""

import re

from django.http import HttpResponse


def without_token(response: HttpResponse) -> str:
    """The page without its CSRF token, which is masked anew each time."""
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
