"""Says about how long a text is for a model before it is sent: the servers' vocabularies cannot be had offline."""

_BYTES_A_TOKEN = 4


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has. An estimate, to be shown as one: what the server counted replaces it.

    Four bytes of UTF-8 count as a token, rounded up: about 4 characters of English, 1.3 of Chinese or Japanese. Digits,
    web addresses and rare scripts take more than is said here.

    >>> estimated_tokens("What are your hours?")
    5
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size // _BYTES_A_TOKEN)
