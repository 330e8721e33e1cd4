"""How the admin answers everybody at each of its addresses, written by hand.

One line for each route, below the beginning that it shares with others; `.` is the beginning by
itself. First the answers to reading the page, then those to an empty form. A number is a status.
The words are redirects: `in` to the sign-in, `top` to the first page of the admin (as Django does
for rows that are not there), `form` to the form of the row, `pass` to the page of one's password,
`site` to the first page of the site. Signing out comes last: those after it would be strangers.

`co` organizes the event of the walk too, but is no member of its host. `other` organizes another
event. `staff` may enter the admin and is in no group. `guest` has a place, and no way in.
"""

OF_EVENT = "events/event/<path:object_id>/"
PEOPLE = ["owner", "co", "other", "staff", "root", "guest", "nobody"]

TABLE = """
#                              owner co  other staff root guest no | owner ...
.
  .                           200  200  200  200  200  in   in  | 200  200  200  200  200  in   in
  login/                      top  top  top  top  top  403  200 | 200  200  200  200  200  200  200
  password_change/            pass pass pass pass pass in   in  | pass pass pass pass pass in   in
  password_change/done/       200  200  200  200  200  in   in  | 405  405  405  405  405  in   in
  autocomplete/               200  200  200  403  200  in   in  | 405  405  405  405  405  in   in
  jsi18n/                     200  200  200  200  200  in   in  | 405  405  405  405  405  in   in
  now/                        403  403  403  403  200  in   in  | 405  405  405  405  405  in   in
  hours/                      403  403  403  403  200  in   in  | 405  405  405  405  405  in   in
  preview/                    405  405  405  405  405  in   in  | 404  404  404  404  404  in   in

events/attendee/
  .                           200  200  200  403  200  in   in  | 200  200  200  403  200  in   in
  add/                        403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/history/   200  200  top  top  200  in   in  | 200  200  top  top  200  in   in
  <path:object_id>/delete/    403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/change/    200  200  top  403  200  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

events/block/
  .                           200  200  200  403  200  in   in  | 200  200  200  403  200  in   in
  add/                        200  200  200  403  200  in   in  | 200  200  200  403  200  in   in
  <path:object_id>/history/   200  200  top  top  200  in   in  | 200  200  top  top  200  in   in
  <path:object_id>/delete/    200  200  top  403  200  in   in  | 200  200  top  403  200  in   in
  <path:object_id>/change/    200  200  top  403  200  in   in  | 200  200  top  403  200  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

events/registration/
  .                           200  200  200  403  200  in   in  | 200  200  200  403  200  in   in
  add/                        403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/history/   200  200  top  top  200  in   in  | 200  200  top  top  200  in   in
  <path:object_id>/delete/    403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/change/    200  200  top  403  200  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

events/host/
  .                           200  200  200  403  200  in   in  | 200  200  200  403  200  in   in
  add/                        403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/history/   200  top  top  top  200  in   in  | 200  top  top  top  200  in   in
  <path:object_id>/delete/    403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/change/    200  top  top  403  200  in   in  | 200  top  top  403  200  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

events/event/<path:object_id>/
  desk/                       200  200  404  403  200  in   in  | 405  405  404  403  405  in   in
  people/                     200  200  404  403  200  in   in  | 405  405  404  403  405  in   in
  people/add/                 200  200  404  403  200  in   in  | 422  422  404  403  422  in   in
  people/move/                200  200  404  403  200  in   in  | 422  422  404  403  422  in   in
  people/replace/             200  200  404  403  200  in   in  | 422  422  404  403  422  in   in
  people/invite/              200  200  404  403  200  in   in  | 422  422  404  403  422  in   in
  people/roles/               200  200  404  403  200  in   in  | 422  422  404  403  422  in   in
  people/organizers/          200  200  404  403  200  in   in  | 422  422  404  403  422  in   in
  messages/                   200  200  404  403  200  in   in  | 405  405  404  403  405  in   in
  messages/new/               200  200  404  403  200  in   in  | 200  200  404  403  200  in   in
  messages/<int:number>/      200  200  404  403  200  in   in  | 400  400  404  403  400  in   in
  messages/<int:number>/edit/ 200  200  404  403  200  in   in  | 200  200  404  403  200  in   in
  answers/                    200  200  404  403  200  in   in  | 405  405  404  403  405  in   in
  check-in/                   200  200  404  403  200  in   in  | 404  404  404  403  404  in   in
  door/                       200  200  404  403  200  in   in  | 422  422  404  403  422  in   in
  door/<int:key>/             200  200  404  403  200  in   in  | 404  404  404  403  404  in   in
  money/                      200  200  404  403  200  in   in  | 405  405  404  403  405  in   in
  money.csv                   200  200  404  403  200  in   in  | 405  405  404  403  405  in   in
  exports/                    200  200  404  403  200  in   in  | 404  404  404  403  404  in   in
  copy/                       200  200  404  403  200  in   in  | 422  422  404  403  422  in   in
  series/                     200  200  404  403  200  in   in  | 422  422  404  403  422  in   in
  following/                  200  200  404  403  200  in   in  | 400  400  404  403  400  in   in
  look/                       200  200  404  403  200  in   in  | 405  405  404  403  405  in   in
  look/page/                  200  200  404  403  200  in   in  | 405  405  404  403  405  in   in
  share/                      200  200  404  403  200  in   in  | 404  404  404  403  404  in   in

events/event/
  .                           200  200  200  403  200  in   in  | 200  200  200  403  200  in   in
  add/                        200  200  200  403  200  in   in  | 200  200  200  403  200  in   in
  <path:object_id>/history/   200  200  top  top  200  in   in  | 200  200  top  top  200  in   in
  <path:object_id>/delete/    403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/change/    200  200  top  403  200  in   in  | 200  200  top  403  200  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

auth/group/
  .                           403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  add/                        403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/history/   403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/delete/    403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/change/    403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

events/notification/
  .                           403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  add/                        403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/history/   top  top  top  top  200  in   in  | top  top  top  top  200  in   in
  <path:object_id>/delete/    403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/change/    403  403  403  403  200  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

events/payment/
  .                           200  200  200  403  200  in   in  | 200  200  200  403  200  in   in
  add/                        403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/history/   200  200  top  top  200  in   in  | 200  200  top  top  200  in   in
  <path:object_id>/delete/    403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/change/    200  200  top  403  200  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

events/notice/
  .                           403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  add/                        403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/history/   top  top  top  top  200  in   in  | top  top  top  top  200  in   in
  <path:object_id>/delete/    403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/change/    403  403  403  403  200  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

events/sitepage/
  .                           403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  add/                        403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/history/   top  top  top  top  200  in   in  | top  top  top  top  200  in   in
  <path:object_id>/delete/    403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/change/    403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

auth/user/
  <id>/password/              403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  .                           403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  add/                        403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/history/   403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/delete/    403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/change/    403  403  403  403  200  in   in  | 403  403  403  403  200  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

events/fillingpass/
  .                           200  200  200  403  200  in   in  | 200  200  200  403  200  in   in
  add/                        403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/history/   200  200  top  top  200  in   in  | 200  200  top  top  200  in   in
  <path:object_id>/delete/    403  403  403  403  403  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/change/    200  200  top  403  200  in   in  | 403  403  403  403  403  in   in
  <path:object_id>/           form form form form form in   in  | form form form form form in   in

^(?P<app_label>events|auth)/$
  .                           200  200  200  404  200  in   in  | 200  200  200  404  200  in   in

.
  (?P<url>.*)$                404  404  404  404  404  in   in  | 404  404  404  404  404  in   in
  logout/                     405  405  405  405  405  top  top  | site site site site site top  top
"""

Answers = list[str]


def _read(table: str) -> dict[str, tuple[Answers, Answers]]:
    """Return what each route answers, in the order of `PEOPLE`: read, and sent an empty form."""
    found, beginning = {}, ""
    for line in table.splitlines():
        if not line or line.startswith("#"):
            continue
        if not line.startswith(" "):
            beginning = line.removeprefix(".")
            continue
        route, *answers = line.split()
        middle = answers.index("|")
        found[beginning + route.removeprefix(".")] = (answers[:middle], answers[middle + 1 :])
    return found


ANSWERS = _read(TABLE)
