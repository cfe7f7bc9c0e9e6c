"""What a mail server found out about a sender is believed, and nothing that the sender wrote into it."""

import pytest

from channels.email import authenticity
from channels.email.parsing import read
from channels.email.states import Proof

BELIEVED = ["mx.localhost"]
CAROL = "carol@example.com"


def proof(said: str, sender: str = CAROL) -> Proof:
    return authenticity.proof([f"mx.localhost; {said}"], sender, BELIEVED)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("dmarc=pass header.from=example.com", Proof.PASS),
        ("dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com", Proof.PASS),
        ("spf=pass smtp.mailfrom=carol@example.com; dkim=none", Proof.PASS),
        ("spf=pass smtp.mailfrom=example.com", Proof.PASS),
        ('spf=pass smtp.mailfrom="carol"@example.com', Proof.PASS),
        ("dkim=pass header.i=@example.com header.s=one header.b=aaaa", Proof.PASS),
        ("dkim=pass (2048-bit key; unprotected) header.d=example.com", Proof.PASS),
        ("dkim=pass header.d=other.example; dkim=pass header.d=example.com", Proof.PASS),
        ("spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a@b.example;dmarc=fail action=none", Proof.FAIL),
        ("spf=fail smtp.mailfrom=example.com", Proof.FAIL),
        ("spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example", Proof.NONE),
        ("none", Proof.NONE),
        ("", Proof.NONE),
        ("DMARC=Pass header.from=EXAMPLE.com", Proof.PASS),
        ("dmarc/1=pass header.from=example.com", Proof.PASS),
    ],
)
def test_what_servers_write_is_read(said: str, found: Proof) -> None:
    assert proof(said) == found


@pytest.mark.parametrize(
    "said",
    [
        "spf=pass smtp.mailfrom=dmarc=pass@evil.example; dmarc=fail header.from=example.com",
        "spf=pass smtp.mailfrom=x.dmarc=pass@evil.example; dmarc=fail header.from=example.com",
        'spf=pass smtp.mailfrom="x; dmarc=pass"@evil.example; dmarc=fail header.from=example.com',
        'spf=pass smtp.mailfrom="example.com"@evil.example',
        'spf=pass smtp.mailfrom="a header.d=example.com"@evil.example',
        "spf=pass smtp.mailfrom=header.d=example.com@evil.example",
        (
            "spf=pass (mx.localhost: domain of dmarc=pass@evil.example designates 192.0.2.1)"
            " smtp.mailfrom=x@evil.example; dmarc=fail header.from=example.com"
        ),
        "spf=pass (domain of dkim=pass.header.d=example.com@evil.example is good) smtp.mailfrom=evil.example",
        "spf=pass (a (b; dmarc=pass) c) smtp.mailfrom=evil.example",
        "spf=pass (never closed; dmarc=pass header.from=example.com",
        'spf=pass reason="dmarc=pass; dmarc=pass header.from=example.com" smtp.mailfrom=evil.example',
    ],
)
def test_an_address_of_the_envelope_proves_nothing_by_its_words(said: str) -> None:
    """Whoever sends a mail chooses the left half of its envelope's address, which servers repeat."""
    assert proof(said) != Proof.PASS


@pytest.mark.parametrize("said", ["dmarc=pass header.from=evil.example", "dmarc=pass header.from=ample.com"])
def test_proof_of_another_sender_is_none(said: str) -> None:
    """A mail may name two senders, or one that programs read in two ways."""
    assert proof(said) == Proof.NONE


def test_only_the_topmost_of_a_server_we_believe_counts() -> None:
    ours, forged = "mx.localhost; dmarc=fail header.from=example.com", "mx.localhost; dmarc=pass"
    assert authenticity.proof([ours, forged], CAROL, BELIEVED) == Proof.FAIL
    assert authenticity.proof([forged.replace("mx", "mx.evil"), ours], CAROL, BELIEVED) == Proof.FAIL
    assert (
        authenticity.proof(["mx.localhost 1; dmarc=pass header.from=example.com"], CAROL, BELIEVED) == "pass"
    )


def test_what_is_packed_into_a_header_is_not_unpacked() -> None:
    said = "mx.localhost; spf=pass smtp.mailfrom==?utf-8?q?x=3B_dmarc=3Dpass?=@evil.example; dmarc=fail"
    mail = read(f"Authentication-Results: {said}\r\nFrom: {CAROL}\r\n\r\nHello".encode())
    assert "dmarc=pass" in mail.header("authentication-results")
    assert authenticity.proof(mail.as_written("authentication-results"), CAROL, BELIEVED) == Proof.FAIL


def test_a_domain_in_chinese_is_the_same_in_its_own_letters() -> None:
    assert proof("dmarc=pass header.from=xn--fsqu00a.example", "carol@\u4f8b\u5b50.example") == Proof.PASS
