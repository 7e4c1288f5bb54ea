"""The 2022 tutorial's long prompt: other companies' tables show the model what to do before it sees the org's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.prompts.blocks import company_block
from core.prompts.completion import asking
from core.prompts.prompt import CompletionPrompt
from core.prompts.single_line import escaped_line
from core.questions.entry import Entry, Published

_INSTRUCTIONS = """\
The following are conversations with the support bots of several companies.
Each bot gives fixed responses to common questions.
Each response is one of the company's own table, copied character for character, on one line.
If a question does not mean the same as one in the company's own table, the bot responds with "{fallback}".

"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleCompany:
    """A company whose table may be shown to a model before any org's: shipped, or shared by its owner on purpose.

    ``negatives`` are questions that its table does not answer, added to the standard ones.
    """

    name: str
    entries: tuple[Entry, ...]
    negatives: tuple[str, ...] = ()


def companies_prompts(
    published: Published,
    *,
    company: str,
    examples: Sequence[ExampleCompany],
    negatives: Sequence[str] = (),
    description: str = "",
) -> Callable[[str], CompletionPrompt]:
    """As ``completion_prompts``, with a block for each of ``examples`` before the org's own.

    The caller answers for the examples: they must never come from another tenant's data. The model may write only the
    org's answers and its fallback, which the examples use as well.
    """
    fallback = published.policy.fallback
    others = [
        company_block(
            company=other.name, description="", entries=other.entries, negatives=other.negatives, fallback=fallback
        )
        for other in examples
    ]
    own = company_block(
        company=company,
        description=description,
        entries=published.entries,
        negatives=negatives,
        fallback=fallback,
    )
    front = _INSTRUCTIONS.format(fallback=escaped_line(fallback))
    return asking(front + "\n".join([*others, own]), published)


SHIPPED = (
    ExampleCompany(
        name="Marrow Lane Bakery",
        entries=(
            Entry(
                id=1,
                question="Do you bake gluten-free bread?",
                answer="Yes, every Tuesday and Friday. Order by noon the day before.",
                alternates=("is there anything for coeliacs", "I can't eat wheat, what have you got?"),
            ),
            Entry(
                id=2,
                question="Can I order a birthday cake?",
                answer="Yes. Give us three days and call in at the shop to choose one.",
                alternates=("do you make cakes for parties",),
            ),
            Entry(
                id=3,
                question="Do you deliver?",
                answer="We deliver within five miles on weekdays, for orders over £15.",
                alternates=("can you bring it to my house??",),
            ),
        ),
        negatives=("how do I get my sourdough to rise", "my cake was squashed when I opened the box"),
    ),
    ExampleCompany(
        name="Tidewater Swimming Pool",
        entries=(
            Entry(
                id=1,
                question="How much is a swim?",
                answer="Adults pay £6, under-16s £3. Under-5s swim free.",
                alternates=("what does it cost to get in", "ticket prices"),
            ),
            Entry(
                id=2,
                question="Do I need to book?",
                answer="Only for lessons and at weekends. Book at the desk or on our website.",
                alternates=("can we just turn up on a wednesday",),
            ),
        ),
        negatives=("I think I left my goggles in the changing room", "who won the race last night?"),
    ),
    ExampleCompany(
        name="Parcel & Post Office Supplies",
        entries=(
            Entry(
                id=1,
                question="How do I return an item?",
                answer="Send it back within 30 days with the slip from the box. Returns are free.",
                alternates=("I ordered the wrong size of envelopes and want my money back",),
            ),
            Entry(
                id=2,
                question="Do you give discounts to schools?",
                answer="Schools and charities get 10% off every order.",
                alternates=("I'm a teacher, is it cheaper for us",),
            ),
        ),
        negatives=("where is my order", "are your pens better than the ones next door"),
    ),
)
"""Made-up companies that ship with Frontline."""
