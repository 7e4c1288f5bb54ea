"""Makes the tokenizer of multilingual-e5-small, XLM-R's, from the pieces of its vocabulary."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNKNOWN = 3
"""The token for whatever the vocabulary lacks."""

_BEGIN, _END = "<s>", "</s>"
SPACE = "▁"
"""What stands for a space in the vocabulary."""

_DROPPED = r"[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
_SPACES = r"[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
"""What the model's own table of letters does beyond Unicode's NFKC: all 45 of its entries that differ."""


def unigram_tokenizer(pieces: Sequence[tuple[str, float]]) -> "Tokenizer":
    """The tokenizer: letters by NFKC, spaces put together, the most probable pieces, framed by <s> and </s>.

    ``pieces`` are texts with the logarithms of their probabilities, in the order of the tokens' numbers.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415 - heavy

    number = {piece: place for place, (piece, _) in enumerate(pieces)}
    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_DROPPED), ""),
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always", split=True)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{_BEGIN} $A {_END}", special_tokens=[(_BEGIN, number[_BEGIN]), (_END, number[_END])]
    )
    return tokenizer
