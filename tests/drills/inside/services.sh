# No systemd runs in the root: a stand-in reads the units, holds the socket and runs what they say.
python3 /drill/mail_sink.py /drill/mails 2>/drill/mail_sink.log &
python3 /drill/as_systemd.py eventsite.service >/drill/site.log 2>&1 &
echo $! >/drill/site.pid
python3 /drill/as_systemd.py eventsite-housekeeping.service >/drill/housekeeping.log 2>&1 &
echo $! >/drill/housekeeping.pid
python3 /drill/as_systemd.py eventsite-daily.service
