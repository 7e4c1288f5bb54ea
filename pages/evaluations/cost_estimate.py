"""What a run will take, before it begins; nothing where the built-in engine decides."""

import streamlit as st

from core.bootstrap import frontline
from core.datasets.preview import Preview
from core.errors import FrontlineError
from core.identity.principal import Principal
from core.spending import words
from core.spending.service import Estimate
from pages.evaluations.progress import duration
from pages.shell import notices, session

PAGE = "evaluations"


def render(principal: Principal, org_id: str, preview: Preview) -> bool:
    """The estimate, and whether kept replies are to be passed over: the person's choice."""
    try:
        estimate = frontline().runs.estimate(principal, org_id, preview=preview)
        month = frontline().spending.month(principal, org_id)
    except FrontlineError as error:
        notices.show(error)
        return False
    if estimate.free:
        return False
    st.info(
        f"{notices.plain(in_words(estimate))} {notices.plain(f'This month so far: {words.spent(month.booked)}.')}",
        icon=":material/payments:",
    )
    return st.toggle(
        "Ask every question anew",
        key=session.key(PAGE, org_id, "anew"),
        help="Off: a question that was asked before on the same table, with the same settings, takes the earlier reply "
        "and costs nothing. On: shows whether the model says the same again.",
    )


def in_words(estimate: Estimate) -> str:
    """An estimate as a sentence, e.g. "An estimate: about 12,000 tokens, $0.42, 30 seconds"."""
    money = words.price(estimate.nano_usd)
    time = f", {duration(estimate.seconds)}" if estimate.seconds is not None else ""
    return f"An estimate: about {words.tokens(estimate.tokens)}, {money}{time}. Kept replies make it less."
