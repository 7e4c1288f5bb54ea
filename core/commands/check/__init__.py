"""``python -m core check``: the health of an organisation's table without a browser, for a nightly job."""
