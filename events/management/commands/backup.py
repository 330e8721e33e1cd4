"""Write all rows of the site into one file; see `events.backups`."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import DatabaseError
from django.utils import timezone
from tqdm import tqdm

from events.backups import open_snapshot
from events.management import output_file
from events.management.arguments import StaffCommand, add_dry_run, add_json, counted
from events.models import Job


class Command(StaffCommand):
    help = (
        "Writes everything that is in the database into one file, as of one moment; the site may "
        "go on meanwhile. Either database can be filled from it, see `restore`. It has names, "
        "addresses and keys of second factors: only its owner can read it. It is there whole or "
        "not at all."
    )
    examples = (
        "backup /var/backups/eventsite/monday.zip --force",
        "backup before-upgrade.zip --json",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="where to write it")
        parser.add_argument("--force", action="store_true", help="replace a file that is there")
        add_dry_run(parser)
        add_json(parser)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        output_file.refuse(file, may_replace=options["force"])
        with open_snapshot() as snapshot:
            size = 0
            if not options["dry_run"]:
                bar = tqdm(total=snapshot.rows, desc="Rows", disable=None, leave=False)
                with bar:
                    pieces = snapshot.pieces(bar.update)
                    size = output_file.write(file, pieces, may_replace=options["force"])
        if not options["dry_run"]:
            with suppress(DatabaseError):  # a replica takes no row, and the file is there
                Job.objects.note_end(Job.BACKUP, timezone.now())
        facts = {"dry_run": options["dry_run"], "rows": snapshot.rows, "bytes": size}
        if options["json"]:
            self.say_json({"file": str(file), "taken_at": snapshot.taken_at} | facts)
        elif options["dry_run"]:
            self.stdout.write(f"would write {counted(snapshot.rows, 'row')}")
        else:
            self.stdout.write(f"{file}: {counted(snapshot.rows, 'row')}, {size} bytes")
