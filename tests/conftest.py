"""What holds for all tests."""

import signal

# As a terminal leaves them: a shell without job control ignores SIGINT in what it runs in the background, `nohup`
# SIGHUP, and the commands that tests start and interrupt would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
