"""Mails that nobody sends in good faith, and those that good people's programs send all the same."""

import base64
import gzip
import random
from collections.abc import Iterator

from tests.channels.mails import raw

HEAD = b"From: carol@example.com\r\nTo: aftersales@localhost\r\nSubject: Lamp\r\n"


def encoded(text: str, charset: str, label: str | None = None, *, packed: bool = False) -> bytes:
    """A mail in an encoding, labelled as that or as something else; `packed` in base64."""
    body = text.encode(charset)
    said = charset if label is None else label
    word = f"=?utf-8?B?{base64.b64encode('退货'.encode()).decode()}?="
    head = f"From: {word} <carol@example.com>\r\nSubject: {word}\r\n"
    kind = f"Content-Type: text/plain; charset={said}\r\n" if said else "Content-Type: text/plain\r\n"
    way = "Content-Transfer-Encoding: base64\r\n\r\n" if packed else "Content-Transfer-Encoding: 8bit\r\n\r\n"
    return (head + kind + way).encode() + (base64.encodebytes(body) if packed else body)


def nested(depth: int) -> bytes:
    """Parts in parts in parts."""
    lines = [HEAD.decode().rstrip("\r\n")]
    for level in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{level}"', "", f"--b{level}"]
    lines += ["Content-Type: text/plain", "", "deep"]
    lines += [f"--b{level}--" for level in reversed(range(depth))]
    return "\r\n".join(lines).encode()


def forwarded(depth: int) -> bytes:
    """A mail in a mail in a mail."""
    inner = raw("The innermost")
    for level in range(depth):
        inner = (
            HEAD
            + f'Content-Type: multipart/mixed; boundary="f{level}"\r\n\r\n--f{level}\r\n'.encode()
            + b"Content-Type: text/plain\r\n\r\nSee below\r\n"
            + f"--f{level}\r\nContent-Type: message/rfc822\r\n\r\n".encode()
            + inner
            + f"\r\n--f{level}--\r\n".encode()
        )
    return inner


def by_hand() -> dict[str, bytes]:
    """Each breaks something of its own."""
    text = b"Content-Type: text/plain\r\n\r\n"
    html = b"Content-Type: text/html\r\n\r\n"
    mixed = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    links = "".join(f"<a href='https://evil.example/{n}'>click {n}</a> " for n in range(5000))
    return {
        "nothing": b"",
        "a line": b"hello",
        "only a head": HEAD,
        "no body": HEAD + b"\r\n",
        "null bytes": HEAD + text + b"a\x00b\x00\x00c",
        "null bytes in the head": b"From: carol@exa\x00mple.com\r\nSubject: a\x00b\r\n\r\nhello",
        "no message id": HEAD + text + b"hello",
        "message id of spaces": HEAD + b"Message-ID:    \r\n" + text + b"hello",
        "endless message id": HEAD + b"Message-ID: <" + b"a" * 5000 + b"@b>\r\n" + text + b"hello",
        "date of the future": HEAD + b"Date: Mon, 23 Nov 2999 10:00:00 +0000\r\n" + text + b"hello",
        "date of nowhere": HEAD + b"Date: Fri, 99 Foo 20000 99:99:99 +9999\r\n" + text + b"hello",
        "date without end": HEAD + b"Date: " + b"9" * 3000 + b"\r\n" + text + b"hello",
        "five thousand links": HEAD + html + links.encode(),
        "deep boxes": HEAD + html + b"<div>" * 20_000 + b"hello" + b"</div>" * 20_000,
        "open boxes": HEAD + html + b"<table><tr><td>" * 5000 + b"hello",
        "script": HEAD + html + b"<script>alert(1)</script><img src=x onerror=alert(2)>hello",
        "unclosed": HEAD + html + b"<p hello <b <i " * 3000,
        "no boundary": HEAD + b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nhello\r\n--x--",
        "boundary that never comes": HEAD + mixed + b"hello",
        "boundary that never ends": HEAD + mixed + b"--x\r\n" + text + b"hello\r\n--x",
        "boundary in a boundary": HEAD
        + mixed
        + b"--x\r\n"
        + mixed
        + b"--x\r\n"
        + text
        + b"hello\r\n--x--\r\n--x--",
        "empty boundary": HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nhello\r\n----',
        "thousands of parts": HEAD + mixed + b"--x\r\n\r\na\r\n" * 3000 + b"--x--",
        "deep parts": nested(60),
        "very deep parts": nested(3000),
        "forwards": forwarded(5),
        "many forwards": forwarded(60),
        "broken base64": HEAD
        + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!aGVsbG8",
        "broken quoted": HEAD
        + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E4=B=XX=",
        "uuencoded": HEAD
        + b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 a\r\n#86)C\r\n \r\nend\r\n",
        "unknown packing": HEAD + b"Content-Transfer-Encoding: x-nothing\r\n" + text + b"hello",
        "utf-7": encoded("+AGgAaQ- <b>", "utf-8", "utf-7"),
        "made-up charset": encoded("hello", "ascii", "x-klingon"),
        "charset that is none": encoded("hello", "ascii", "zip"),
        "charset with nulls": HEAD + b"Content-Type: text/plain; charset=\x00\xff\r\n\r\nhello",
        "charset of a codec": encoded("hello", "ascii", "unicode_escape"),
        "charset in pieces": HEAD + b"Content-Type: text/plain; charset*0=ut; charset*1=f-8\r\n\r\nhello",
        "gbk unlabelled": encoded("灯坏了，请帮我换货，谢谢。", "gbk", ""),
        "gbk as latin": encoded("灯坏了，请帮我换货，谢谢。", "gbk", "iso-8859-1"),
        "gbk as utf-8": encoded("灯坏了，请帮我换货，谢谢。", "gbk", "utf-8"),
        "utf-8 as gbk": encoded("灯坏了，请帮我换货", "utf-8", "gbk"),
        "raw bytes in the head": "From: 王芳 <carol@example.com>\r\nSubject: 退货\r\n\r\nhello".encode("gbk"),
        "encoded words broken": HEAD.replace(b"Lamp", b"=?utf-8?B?4pyT=?= =?utf-8?Q?=E4=?= =?x?B?")
        + text
        + b"hello",
        "address of comments": b"From: " + b"(" * 3000 + b"carol@example.com\r\n\r\nhello",
        "address of quotes": b'From: "' + b"\\" * 3001 + b'" <carol@example.com>\r\n\r\nhello',
        "many senders": b"From: " + b"a@example.com, " * 3000 + b"\r\n\r\nhello",
        "group": b"From: undisclosed-recipients:;\r\n\r\nhello",
        "many recipients": HEAD + b"Cc: " + b"b@example.com, " * 20_000 + b"\r\n\r\nhello",
        "many references": HEAD + b"References: " + b"<a@b> " * 20_000 + b"\r\n\r\nhello",
        "many headers": b"".join(b"X-%d: y\r\n" % n for n in range(5000)) + HEAD + b"\r\nhello",
        "long header": HEAD + b"X-Long: " + b"y" * 1_000_000 + b"\r\n\r\nhello",
        "long line": HEAD + text + b"y" * 1_000_000,
        "folded to nothing": HEAD + b"X-Fold: a\r\n" + b" \r\n" * 5000 + b"\r\nhello",
        "smuggled header": HEAD.replace(b"Lamp", b"=?utf-8?Q?Lamp=0D=0ABcc:_eve@example.com?=")
        + text
        + b"hello",
        "header without name": b": nothing\r\n" + HEAD + b"\r\nhello",
        "mbox": b"From carol@example.com Mon Nov 23 10:00:00 2026\r\n" + HEAD + b"\r\nhello",
        "byte order mark": b"\xef\xbb\xbf" + HEAD + b"\r\nhello",
        "lone returns": HEAD.replace(b"\r\n", b"\r") + b"\rhello",
        "utf-16": (HEAD + text).decode().encode("utf-16"),
        "zipped": gzip.compress(HEAD + b"\r\nhello", mtime=0),
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        "no name for a file": HEAD
        + mixed
        + b"--x\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4 hello\r\n--x--",
        "path for a name": HEAD
        + mixed
        + b"--x\r\nContent-Type: text/plain\r\n"
        + b'Content-Disposition: attachment; filename="../../etc/passwd.txt"\r\n\r\nhi\r\n--x--',
        "name of all kinds": HEAD
        + mixed
        + b'--x\r\nContent-Type: text/plain; name="=?gb2312?B?xcTV1S50eHQ=?="\r\n'
        + b"Content-Disposition: attachment;\r\n filename*0*=gbk''%C5%C4;"
        + b" filename*1*=%D5%D5.txt\r\n\r\nhi\r\n--x--",
        "a picture that is none": HEAD
        + mixed
        + b"--x\r\nContent-Type: image/png; name=a.png\r\n"
        + b"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--x--",
        "half of a letter": HEAD
        + b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>&#xD800; &#56320; \xf0\x9f\x98 hello",
        "report without parts": HEAD
        + b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n",
        "report of strings": HEAD
        + b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        + b"--x\r\nContent-Type: message/delivery-status\r\n\r\nnonsense\r\n--x--",
        "mail that is text": HEAD + b"Content-Type: message/rfc822\r\n\r\nnot a mail at all",
        "calendar": HEAD + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR",
        "tokens of everything": HEAD.replace(b"Lamp", b"[T-1] [T-99999999999999999999] [T-]") + b"\r\nhello",
        "address like ours": HEAD.replace(b"aftersales@", b"aftersales+T1.aaaaaaaaaaaaaaaa@") + b"\r\nhello",
    }


def mutants(seed: int, number: int) -> Iterator[bytes]:
    """Ordinary mails with bytes changed, cut, doubled and mixed, always the same for one seed."""
    dice = random.Random(seed)
    whole = [*by_hand().values(), raw("Hello", html="<p>Hello</p>", files=(("a.txt", "text/plain", b"a"),))]
    whole = [content for content in whole if len(content) < 20_000]
    for _turn in range(number):
        yield _mutated(dice.choice(whole), dice.choice(whole), dice)


ODD = (b"\r\n", b"\n\n", b"--x\r\n", b"\x00", b"=?utf-8?B?", b"\x1b$B", b"\xff\xfe")


def _mutated(one: bytes, other: bytes, dice: random.Random) -> bytes:
    content = bytearray(one)
    for _turn in range(dice.randint(1, 12)):
        if not content:
            return other
        place = dice.randrange(len(content))
        length = dice.randint(1, 60)
        start = dice.randrange(max(1, len(other)))
        noise = bytes(dice.randrange(256) for _byte in range(length % 20 + 1))
        put = (
            noise[:1],
            b"",
            noise,
            content[place : place + length],
            other[start : start + 60],
            dice.choice(ODD),
        )
        replaced = (1, length, 0, 0, length // 2, 0)
        way = dice.randrange(len(put))
        content[place : place + replaced[way]] = put[way]
    return bytes(content if dice.random() < 0.8 else content[: dice.randrange(len(content) + 1)])
