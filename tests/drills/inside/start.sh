# No systemd: the stand-in begins again with the socket, the site and housekeeping.
start_services
