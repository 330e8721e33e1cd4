# No systemd runs in the root: a stand-in reads the units, holds the socket and runs what they say.
python3 /drill/mail_sink.py /drill/mails 2>/drill/mail_sink.log &
start_services
python3 /drill/as_systemd.py eventsite-daily.service
