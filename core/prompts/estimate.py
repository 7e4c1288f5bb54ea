"""Says about how long a text is for a model before it is sent: the servers' vocabularies cannot be had offline."""

BYTES_A_TOKEN = 4


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has. An estimate, to be shown as one: what the server counted replaces it.

    Four bytes of UTF-8 count as a token, rounded up: about 4 characters of English, 1.3 of Chinese or Japanese. Digits,
    web addresses and rare scripts take more than is said here.

    >>> estimated_tokens("What are your hours?")
    5
    """
    return tokens_of_bytes(byte_size(text))


def byte_size(text: str) -> int:
    """The bytes of a text in UTF-8. Sizes of parts add up exactly; rounded tokens would not."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def tokens_of_bytes(size: int) -> int:
    """About how many tokens so many bytes are."""
    return -(-size // BYTES_A_TOKEN)
