"""``python -m core evaluate``: an evaluation without a browser, for a nightly job or a build server."""
