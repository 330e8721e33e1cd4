"""Deploy, upgrade and restore a site by `docs/operations.md` in an empty Debian.

People sign up over TLS after each of them.

`python -m tests.drills.deploy`. The commands are those of the page; see `blocks.py`. Without root
or debootstrap it says so in one line, and in CI it fails. A machine that forbids namespaces, as a
container without privileges does, leaves it out.
"""

import os
import shutil
import sys
import time

from . import clean_root
from .blocks import STAND_INS, Block, blocks

#: Debian starts the server when it installs it; `policy-rc.d` forbade that.
BEGINNING = """
set -eu
trap show EXIT
show() {
    status=$?
    [ $status -eq 0 ] || tail -n 40 /drill/*.log /drill/*.txt /var/log/nginx/error.log
    exit $status
}
say() { echo "  $*"; }
wait_for() {
    for _ in $(seq 240); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.25
    done
    say "never came true: $*"
    return 1
}
page() {
    python3 -c "from urllib.request import urlopen as u; u('https://events.drill.test/accounts/login/')"
}
start_services() {
    python3 /drill/as_systemd.py eventsite.service >>/drill/site.log 2>&1 &
    echo $! >/drill/site.pid
    python3 /drill/as_systemd.py eventsite-housekeeping.service >>/drill/housekeeping.log 2>&1 &
    echo $! >/drill/housekeeping.pid
}
stop_services() {
    kill $(cat /drill/site.pid /drill/housekeeping.pid)
    wait $(cat /drill/site.pid) || [ $? -eq 0 ]
    wait $(cat /drill/housekeeping.pid) || true
}
pg_ctlcluster 15 main start
"""
SIGN_UP = """
say 'signs somebody up through the proxy, over TLS'
wait_for page
deploy/manage shell < /drill/event.py >/dev/null
.venv/bin/python /drill/visitor.py wren
say 'the mail to ADMINS came, and the daily work has made a back-up for one owner'
grep -qs '^To: mika@drill.test' /drill/mails/*.eml
[ "$(stat --format '%U %a' /var/lib/eventsite/*.zip)" = 'eventsite 600' ]
say 'the proxy keeps metrics to this machine, with and without a slash at the end'
answer() { curl --silent --output /dev/null --write-out '%{http_code}' "$@"; }
for name in metrics metrics/ metrics//; do
    [ "$(answer --interface 192.0.2.7 "https://events.drill.test/$name")" = 403 ]
done
[ "$(answer https://events.drill.test/metrics/)" = 401 ]
"""
AFTERWARDS = """
say 'signs somebody else up, on the new version'
# In brackets, so that grep does not find itself.
for file in $(grep -lsa 'bin/[g]unicorn' /proc/[0-9]*/cmdline); do
    [ "$(readlink "${file%cmdline}cwd")" = /srv/eventsite/second ]
done
.venv/bin/python /drill/visitor.py robin
"""
STOPPED = """
say 'nothing starts the site again'
if page 2>/dev/null; then exit 1; fi
"""
RESTORED = """
say 'signs somebody up on the restored site; those of before are there'
wait_for page
.venv/bin/python /drill/visitor.py finch
[ "$(deploy/manage shell --verbosity 0 --command '
from events.models import Registration as R
print(*R.objects.order_by("pk").values_list("attendee__user__username", flat=True))
')" = 'wren robin finch' ]
"""
#: Each mistake of a first deployment, made on purpose: the setting, and what doctor says.
MISTAKES = (
    ("SECRET_KEY", "50 random characters", "SECRET_KEY can be guessed"),
    ("CACHE_URL", "", "2 workers have no cache in common"),
    ("DATABASE_URL", "postgresql:///empty", "Migrations that were not applied"),
)
REFUSED = """
say "doctor finds, and the site refuses: {setting}='{value}'"
install --owner root --group eventsite --mode 640 /etc/eventsite.env /drill/bad.env
sed -i "s|^{setting}=.*|{setting}='{value}'|" /drill/bad.env
if EVENTSITE_ENV=/drill/bad.env deploy/manage doctor --deploy --offline >/drill/doctor.txt; then
    say 'doctor found nothing'
    exit 1
fi
grep -q '{sentence}' /drill/doctor.txt
status=0
(set -a; . /drill/bad.env; exec runuser -u eventsite -- .venv/bin/gunicorn \\
    --config deploy/gunicorn.conf.py --bind 127.0.0.1:8001 eventsite.wsgi) \\
    >/drill/refused.txt 2>&1 || status=$?
[ "$status" -eq 3 ]
grep -q 'eventsite cannot start' /drill/refused.txt
"""
END = """
say 'the log of the proxy has no secret, and nothing printed a traceback'
grep -q 'POST /accounts/confirm/[.][.][.]' /var/log/nginx/eventsite.log
if grep -E '/confirm/[a-zA-Z0-9]|[?]' /var/log/nginx/eventsite.log; then exit 1; fi
if grep Traceback /drill/*.log; then exit 1; fi
stop_services
"""


def told(block: Block) -> str:
    """Return the block as the drill runs it, with a line of what it does before it."""
    if block.stand_in:
        return f"say 'stand-in: {block.reason}'\n{block.script}"
    lines = "".join(f"    {line}\n" for line in block.script.splitlines())
    return f"cat <<'PAGE'\n{lines}PAGE\n{block.script}"


def script() -> str:
    """Return all of it. The first block was run when the root was made: it needs a network."""
    mistakes = [
        REFUSED.format(setting=setting, value=value, sentence=sentence)
        for setting, value, sentence in MISTAKES
    ]
    empty = "runuser -u postgres -- createdb --owner eventsite empty"
    stop, *restore = map(told, blocks("After a disaster"))
    parts = [
        *(*map(told, blocks("Deploy")[1:]), SIGN_UP),
        *(*map(told, blocks("Upgrade")), AFTERWARDS),
        *map(told, blocks("Back to the version before")),
        *map(told, blocks("Back-ups")),
        *(stop, STOPPED, *restore, RESTORED),
        *(empty, *mistakes),
    ]
    return "\n".join([BEGINNING, *parts, END])


def main() -> int:
    if lacking := clean_root.missing():
        print(f"The drill of a deployment was left out: {', '.join(lacking)} is missing here.")
        return 1 if os.environ.get("CI") else 0
    if not clean_root.is_allowed():
        print("The drill of a deployment was left out: this machine forbids a root of its own.")
        return 0
    started = time.monotonic()
    print("Deploys, upgrades and restores a site by docs/operations.md in Debian.", flush=True)
    with clean_root.clean_root(blocks("Deploy")[0].script) as root:
        for version in ("first", "second"):
            clean_root.put_project(root.upper / "srv/eventsite" / version)
        for file in STAND_INS.glob("*.py"):
            shutil.copy(file, root.upper / "drill" / file.name)
        status = root.run(script())
    print(f"The drill ended with {status} after {time.monotonic() - started:.0f} s.")
    return status


if __name__ == "__main__":
    sys.exit(main())
