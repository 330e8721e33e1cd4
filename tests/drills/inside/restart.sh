# No systemd: the stand-in starts the site again, while people ask for pages.
.venv/bin/python /drill/asking.py >/drill/asking.txt &
asking=$!
sleep 2
kill -USR1 $(cat /drill/site.pid) $(cat /drill/housekeeping.pid)
nginx -s reload
wait $asking
