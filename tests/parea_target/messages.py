"""What the libraries say on stderr, in the words of who runs the target, without a traceback of what is expected."""

import logging

# As uvicorn says that an application stopped midway.
_INCOMPLETE = "ASGI callable returned without completing response."
# The classes of PEP 249 that say that a connection is lost.
_LOST = {"OperationalError", "InterfaceError"}


def in_our_words() -> None:
    """Have what is said of answers and of connections be said so; once more changes nothing."""
    logging.getLogger("uvicorn.error").addFilter(_of_answers)
    logging.getLogger("sqlalchemy.pool.impl.QueuePool").addFilter(_of_connections)


def _of_answers(record: logging.LogRecord) -> bool:
    if record.msg == _INCOMPLETE:
        record.msg = "an answer was broken off: its database went away, took too long, or was loaded anew"
    return True


def _of_connections(record: logging.LogRecord) -> bool:
    """The pool meets a lost connection once more as it gives it back; anything else keeps its traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if _LOST & {each.__name__ for each in type(error).__mro__}:
        record.msg, record.args = "a connection was lost: the database went away", ()
        record.exc_info = record.exc_text = None
    return True
