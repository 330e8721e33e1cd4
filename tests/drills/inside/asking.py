"""Ask for a page for ten seconds, without a pause, and end with 1 if one answer was not whole."""

import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests

PAGE = "https://events.drill.test/events/drill/"
SECONDS = 10


def ask(_number: int) -> Counter[str]:
    found: Counter[str] = Counter()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            answer = requests.get(PAGE, verify="/etc/ssl/certs/ca-certificates.crt", timeout=60)
        except requests.RequestException as error:
            found[type(error).__name__] += 1
            continue
        is_whole = answer.status_code == 200 and answer.text.rstrip().endswith("</html>")
        found["whole" if is_whole else str(answer.status_code)] += 1
    return found


if __name__ == "__main__":
    with ThreadPoolExecutor(4) as visitors:
        total = sum(visitors.map(ask, range(4)), Counter())
    print(dict(total))
    sys.exit(set(total) != {"whole"})
