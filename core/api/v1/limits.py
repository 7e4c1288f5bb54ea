"""Every limit of the HTTP API in one place."""

from core.files.table import FileLimits
from core.rate_limits import RequestRate

JSON_BYTES = 1024**2
"""Bytes of a request's body, where nothing else is said."""
TABLE_BYTES = 10 * 1024**2
"""Bytes of a whole table of questions and answers."""
FILE_BYTES = FileLimits().bytes + 64 * 1024
"""Bytes of a form with a file: the file, and the form round it."""
TOKEN_LENGTH = 8_192
PAGE_SIZE, PAGE_SIZE_MOST = 100, 1_000
PLACES = 48
"""Requests that are answered at once, each in a thread. Most wait: for a model server, or for the database."""
WAITING = 600
"""Requests that wait for a place."""
WAIT_SECONDS = 8.0
BODY_ROOM = 256 * 1024**2
"""Bytes of bodies that are here at once, by what they say or may be at most."""
LEAST_BODY = 16 * 1024
"""As so much counts a body that is smaller."""
BODY_SECONDS, BODY_BYTES_A_SECOND = 10.0, 64 * 1024
"""A body has to be here within so many seconds, and one more for each so many bytes."""
UNKNOWN_WAIT_SECONDS = 5.0
"""The longest that the look-up of an unknown key waits for those before it of the same address."""
LARGEST_NUMBER = 2**31 - 1
"""Of entries and revisions: PostgreSQL's integer."""

ORDINARY = RequestRate(name="ordinary", burst=100, per_second=10)
VISITORS = RequestRate(name="visitors", burst=600, per_second=60)
"""For questions: a web site asks those of all its visitors with one key."""
HEAVY = RequestRate(name="heavy", burst=10, per_second=0.2)
"""For what takes a child process or a whole table: starting runs, replacing, importing and exporting tables."""
UNKNOWN = RequestRate(name="unknown", burst=40, per_second=20)
"""How often keys that nobody knows yet are looked up for an address."""
