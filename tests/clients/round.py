"""One full round with the client that openapi-python-client generates: round.py BASE_URL KEY"""

import random
import string
import sys
import time

from klarstelle_client import AuthenticatedClient, Client
from klarstelle_client.api.attachments import attach_fact_check, withdraw_attachment
from klarstelle_client.api.claims import create_claim
from klarstelle_client.api.fact_checks import create_fact_check
from klarstelle_client.api.lookups import look_up
from klarstelle_client.models import (
    Answer,
    Attachment,
    Claim,
    ErrorCode,
    ExternalFactCheck,
    NewAttachment,
    NewClaim,
    NewExternalFactCheck,
    NewPublisher,
    NewRating,
    Problem,
    TextQuestion,
    Withdrawal,
)

BASE_URL, KEY = sys.argv[1:]
STRANGER = Client(base_url=BASE_URL)
REVIEWER = AuthenticatedClient(base_url=BASE_URL, token=KEY)

# Letters only: each round has a claim of its own, and digits would be compared as numbers.
NONCE = "".join(random.choices(string.ascii_lowercase, k=12))
TEXT = f"In {NONCE} wurde Zitronenwasser als Heilmittel zugelassen."


def look_up_until(wanted) -> Answer:
    """Asks until the index has followed; the answer has to satisfy a condition within ten seconds."""
    for _ in range(100):
        answer = look_up.sync(client=STRANGER, body=TextQuestion(text=TEXT, language="de"))
        assert isinstance(answer, Answer), answer
        if wanted(answer):
            return answer
        time.sleep(0.1)
    raise AssertionError("the lookup did not follow")


def main() -> None:
    claim = create_claim.sync(client=REVIEWER, body=NewClaim(text=TEXT, language="de"))
    assert isinstance(claim, Claim), claim

    new = NewExternalFactCheck(
        origin="external",
        publisher=NewPublisher(name="Faktenwerft", site="faktenwerft.example"),
        url=f"https://faktenwerft.example/pruefung/{NONCE}",
        title="Nein, Zitronenwasser heilt nicht",
        claim_reviewed=TEXT,
        rating=NewRating(text="Falsch", value=1.0, worst=1.0, best=5.0),
        language="de",
    )
    check = create_fact_check.sync(client=REVIEWER, body=new)
    assert isinstance(check, ExternalFactCheck), check
    assert check.publisher.name == "Faktenwerft"

    body = NewAttachment(fact_check_id=check.id)
    attachment = attach_fact_check.sync(claim.id, client=REVIEWER, body=body)
    assert isinstance(attachment, Attachment), attachment

    found = look_up_until(lambda answer: answer.checked)
    assert found.outcome == "match"
    assert found.candidates[0].claim.id == claim.id
    assert found.candidates[0].fact_checks[0].id == check.id

    withdrawn = withdraw_attachment.sync(attachment.id, client=REVIEWER, body=Withdrawal(reason="Nur eine Probe."))
    assert isinstance(withdrawn, Attachment) and withdrawn.state == "withdrawn", withdrawn
    assert look_up_until(lambda answer: not answer.checked).outcome == "match"

    nobody = AuthenticatedClient(base_url=BASE_URL, token="garbage")
    refused = create_claim.sync(client=nobody, body=NewClaim(text=TEXT))
    assert isinstance(refused, Problem) and refused.code == ErrorCode.KEY_INVALID, refused

    print("Python: one full round")


main()
