"""Fills the demo orgs with sample questions and answers, once."""

from core.errors import InvalidInput
from core.identity.demo import CLOTHING_ORG, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.questions.service import Questions
from core.questions.store import QuestionStore
from core.samples import demo_entries

COMPANIES = {CLOTHING_ORG: "clothing", PHONE_ORG: "phone"}
"""The demo orgs and the names of their samples."""


def fill_demo_orgs(questions: Questions, store: QuestionStore) -> None:
    """Save the samples of each demo org that nothing was ever saved in."""
    for org_id, company in COMPANIES.items():
        if store.newest_revision(org_id) == 0:
            changes = Changes(added=demo_entries(company))
            try:
                questions.save(OWNER, org_id, base_revision=0, changes=changes, note="Sample questions and answers")
            except InvalidInput:
                if store.newest_revision(org_id) == 0:  # else another process made it in between
                    raise
