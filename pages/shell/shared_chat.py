"""The chat for who came with a share link, without an account: this one page, and nothing else of Frontline."""

from urllib.parse import urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.api.connection_slots import HEADER, places
from core.bootstrap import frontline
from core.errors import StorageUnavailable
from core.share_links.share_link import SHARE_LINK, LinkOver, SharedOrg, TooManyQuestions
from pages.chat import body
from pages.chat.visit import Visit
from pages.shell import page_links, polling, session

_PATH = "/chat"
NOT_NOW = "No questions can be answered here at the moment. Please try again later."


def token() -> str | None:
    """The token in the address of the chat; None at every other address, where a link opens nothing."""
    at_chat = urlsplit(st.context.url or "").path.rstrip("/").endswith(_PATH)
    return st.query_params.get(SHARE_LINK) if at_chat else None


def is_in_address() -> bool:
    """Whether there is a token in the address, of whichever page."""
    return SHARE_LINK in st.query_params


def elsewhere() -> None:
    """Lead who came to another address with a link back to the chat; whether it is a good link is not looked for."""
    with _alone():
        st.info("This link opens the chat only.", icon=":material/forum:")
        page_links.link(
            _PATH[1:], "Open the chat", icon=":material/arrow_forward:", query={SHARE_LINK: st.query_params[SHARE_LINK]}
        )


def render(token: str) -> None:
    """The chat of the org that the link is of, or why it does not open. Asks for no sign-in and uses none."""
    place_id = st.context.headers.get(HEADER)
    address = places().address(place_id)
    try:
        org = frontline().share_links.open(token, address)
    except LinkOver as error:
        places().welcome(place_id, None)
        with _alone():
            st.info(str(error), icon=":material/link_off:")
    except TooManyQuestions as error:
        with _alone():
            st.warning(str(error), icon=":material/hourglass_top:")
    except StorageUnavailable as error:
        _not_now(error)
    else:
        places().welcome(place_id, org.link_id)
        try:
            _chat(org, token, address)
        except StorageUnavailable as error:
            _not_now(error)


def _not_now(error: StorageUnavailable) -> None:
    """What is wrong with the database is no visitor's business."""
    with _alone():
        st.info(NOT_NOW, icon=":material/hourglass_top:")
        if error.passes:
            polling.try_again()


def _alone() -> DeltaGenerator:
    """Where a sentence stands that is all there is to see."""
    return st.container(key="alone", width=560)


def _chat(org: SharedOrg, token: str, address: str) -> None:
    whose = f"link {org.link_id}"
    session.belongs_to(whose)
    body.render(
        Visit(
            org_id=org.org_id,
            org_name=org.org_name,
            whose=whose,
            ask=lambda question: frontline().share_links.ask(token, address, question),
            count=lambda: frontline().share_links.count(token, address),
        )
    )
