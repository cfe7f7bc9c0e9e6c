"""What was written is told from what mail programs put beneath it, in Chinese and in English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.client_names import MARK
from channels.email.trimming import is_forward, trim
from core import mail

ANSWER = "Yes, please exchange it.\n\nThank you!"
ZH = "可以的，请帮我换货。\n\n谢谢！"

QUOTED = {
    "gmail de": """
Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Lamps Service <
service@lamps.example>:

> Hallo
""",
    "gmail es": """
El lun, 23 nov 2026 a las 10:00, Lamps Service (<service@lamps.example>)
escribió:

> Hola
""",
    "outlook de": """
Von: Lamps Service <service@lamps.example>
Gesendet: Montag, 23. November 2026 10:00
An: carol@example.com
Betreff: [T-10001] Lamp

Hallo
""",
    "outlook fr": """
De : Lamps Service <service@lamps.example>
Envoyé : lundi 23 novembre 2026 10:00
À : carol@example.com
Objet : [T-10001] Lamp

Bonjour
""",
    "zoho": """
---- On Mon, 23 Nov 2026 10:00:00 +0100 Lamps Service <service@lamps.example> wrote ----

Hello
""",
    "proton": """
Sent with Proton Mail secure email.

On Monday, November 23rd, 2026 at 10:00 AM, Lamps Service <service@lamps.example> wrote:

> Hello
""",
    "qq with entities": """
------------------&nbsp;原始邮件&nbsp;------------------
发件人: "Lamps" <service@lamps.example>;
发送时间:&nbsp;2026年11月23日(星期一) 上午10:00

您好
""",
    "foxmail with an address": """
carol@example.com

发件人： Lamps
发送时间： 2026-11-23 10:00
收件人： carol
主题： 台灯
您好
""",
    "netease with a card": """
| |
王芳
|
|
wang@163.com
|

---- 回复的原邮件 ----
| 发件人 | Lamps<service@lamps.example> |
| 发送日期 | 2026年11月23日 10:00 |
您好
""",
    "139": """
----邮件原文----
发件人：Lamps <service@lamps.example>
发送时间：2026-11-23 10:00:00

您好
""",
    "gmail": """
On Mon, Nov 23, 2026 at 10:00 AM Lamps Service <
aftersales+T10001.abcdefghijklmnop@lamps.example> wrote:

> ----- Reply above this line -----
>
> Hello Carol,
""",
    "gmail zh": """
Lamps 客服 <service@lamps.example> 于2026年11月23日周一 10:00写道：

> 您好
""",
    "gmail zh-tw": """
Lamps 客服 <service@lamps.example> 於 2026年11月23日 週一 上午10:00寫道：

> 您好
""",
    "apple": """
> On 23 Nov 2026, at 10:00, Lamps Service <service@lamps.example> wrote:
>
> Hello
""",
    "apple zh": """
> 在 2026年11月23日，上午10:00，Lamps 客服 <service@lamps.example> 写道：
>
> 您好
""",
    "outlook desktop": """
From: Lamps Service <service@lamps.example>
Sent: Monday, November 23, 2026 10:00 AM
To: carol@example.com
Subject: [T-10001] Lamp

Hello
""",
    "outlook desktop zh": """
发件人: Lamps 客服 <service@lamps.example>
发送时间: 2026年11月23日 10:00
收件人: carol@example.com
主题: [T-10001] 台灯

您好
""",
    "outlook web": """
________________________________
From: Lamps Service <service@lamps.example>
Sent: Monday, November 23, 2026 10:00
To: carol@example.com <carol@example.com>
Subject: Re: Lamp

Hello
""",
    "outlook web zh": """
________________________________
发件人: Lamps 客服 <service@lamps.example>
发送时间: 2026年11月23日 10:00
收件人: carol@example.com <carol@example.com>
主题: 回复: 台灯

您好
""",
    "outlook old": """
-----Original Message-----
From: Lamps Service [mailto:service@lamps.example]
Sent: Monday, November 23, 2026 10:00 AM
To: carol@example.com

Hello
""",
    "outlook old zh": """
-----邮件原件-----
发件人: Lamps 客服 [mailto:service@lamps.example]
发送时间: 2026年11月23日 10:00

您好
""",
    "bold heads": """
*From:* Lamps Service <service@lamps.example>
*Sent:* Monday, November 23, 2026 10:00 AM
*To:* carol@example.com

Hello
""",
    "qq": """


------------------ 原始邮件 ------------------
发件人: "Lamps 客服" <service@lamps.example>;
发送时间: 2026年11月23日(星期一) 上午10:00
收件人: "carol"<carol@example.com>;
主题: [T-10001] 台灯

您好
""",
    "qq english": """

------------------ Original ------------------
From: "Lamps Service"<service@lamps.example>;
Date: Mon, Nov 23, 2026 10:00 AM
To: "carol"<carol@example.com>;
Subject: [T-10001] Lamp

Hello
""",
    "qq html": """
------------------\xa0原始邮件\xa0------------------
发件人:\xa0"Lamps 客服" <service@lamps.example>;

您好
""",
    "163": """

在 2026-11-23 10:00:00，"Lamps 客服" <service@lamps.example> 写道：

您好
""",
    "163 english": """

At 2026-11-23 10:00:00, "Lamps Service" <service@lamps.example> wrote:

Hello
""",
    "163 app": """
| |
王芳
|
|
fang@163.com
|

---- 回复的原邮件 ----
| 发件人 | Lamps 客服<service@lamps.example> |
| 发送日期 | 2026年11月23日 10:00 |
| 收件人 | fang@163.com |
| 主题 | [T-10001] 台灯 |

您好
""",
    "foxmail": """



发件人： Lamps 客服
发送时间： 2026-11-23 10:00
收件人： carol
主题： [T-10001] 台灯
您好
""",
    "foxmail lined": """

---------------------------------
From: Lamps Service
Date: 2026-11-23 10:00
To: carol
Subject: [T-10001] Lamp

Hello
""",
    "thunderbird": """
On 11/23/26 10:00, Lamps Service wrote:
> Hello
""",
    "our line alone": """
----- 请在此线以上回复 -----

您好
""",
    "bare quotation": """
> Hello Carol,
>
> please send a photo.
""",
}

SIGNATURES = [
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from Mail for Windows",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Get Outlook for Android",
    "发自我的iPhone",
    "发自我的 iPad",
    "发自我的小米手机",
    "发自我的华为手机",
    "来自我的iPhone",
    "發自我的 iPhone",
    "从我的iPhone发送",
    "从 Windows 版邮件发送",
    "获取适用于 iOS 的 Outlook",
    "下载 Outlook for iOS",
    "发自网易邮箱大师",
    "-- \nCarol Chen\nLarch Road 7",
    "--\n王芳\n杭州",
]


@pytest.mark.parametrize("quoted", QUOTED.values(), ids=QUOTED)
@pytest.mark.parametrize("answer", [ANSWER, ZH], ids=["en", "zh"])
def test_the_quotation_is_cut_off(answer: str, quoted: str) -> None:
    trimmed = trim(answer + "\n" + quoted)
    kept = trimmed.kept.split("\n| |")[0].strip()
    assert kept.startswith(answer)
    assert "Hello" not in kept + trimmed.kept
    assert "您好" not in trimmed.kept
    assert "service@lamps" not in trimmed.kept


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("quoted", ["", QUOTED["gmail"], QUOTED["qq"]], ids=["alone", "gmail", "qq"])
def test_what_phones_sign_with_is_cut_off(signature: str, quoted: str) -> None:
    trimmed = trim(f"{ZH}\n\n{signature}\n{quoted}")
    assert trimmed.kept == ZH
    assert signature.rsplit("\n", maxsplit=1)[-1] in trimmed.quoted


@pytest.mark.parametrize("quoted", QUOTED.values(), ids=QUOTED)
def test_a_cut_that_would_leave_nothing_is_not_made(quoted: str) -> None:
    assert trim(quoted).kept.strip("|\n ") != ""


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote: please call me.\nNobody did.",
        "From: the shop I only got one lamp.\nThe other is missing.",
        "在你们网站写道：七天退货。现在又说不行？请解释。",
        "发件人我不认识，请确认。",
        "The label said ---- Original ---- and it was fake",
        "Steps:\n-- plug in\n-- switch on\nIt stays dark.",
        "I paid 20 -- too much.",
    ],
)
def test_words_that_only_look_like_it_stay(text: str) -> None:
    assert trim(text).kept == text


def test_answers_between_the_quoted_lines_stay() -> None:
    text = "> Which colour?\nBlue.\n> Which size?\nLarge."
    assert trim(text).kept == text


def test_in_a_mail_passed_on_the_quotation_is_the_matter() -> None:
    text = f"See below.\n{QUOTED['outlook desktop']}"
    assert is_forward("FW: Lamp")
    assert is_forward("转发：台灯")
    assert is_forward("Re: Fwd: Lamp")
    assert not is_forward("Re: Lamp forward")
    assert "Hello" in trim(text, is_forward=True).kept


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_our_own_line_is_known(language: str) -> None:
    assert MARK.search(mail.answer_above(language))


@given(st.text(max_size=400), st.booleans())
def test_nothing_is_lost(text: str, forward: bool) -> None:
    trimmed = trim(text, is_forward=forward)
    assert bool(trimmed.kept) == bool(text.strip())
    for word in text.replace("\xa0", " ").replace("\u200b", "").split():
        assert word in trimmed.kept + trimmed.quoted or word in text


@given(
    st.lists(
        st.sampled_from(["> a", "On x", "wrote:", "", "-- ", "From: a", "Sent: b", "a", "|"]), max_size=40
    )
)
def test_kept_and_quoted_make_the_whole(lines: list[str]) -> None:
    text = "\n".join(lines)
    trimmed = trim(text)
    if trimmed.quoted:
        assert f"{trimmed.kept} {trimmed.quoted}".split() == text.split()
    else:
        assert trimmed.kept == text.strip()


@pytest.mark.parametrize("answer", ["?", ":)", "👍", "carol@example.com", "Am satisfied", "在京东买的"])
def test_the_shortest_answers_are_answers(answer: str) -> None:
    assert trim(f"{answer}\n{QUOTED['gmail']}").kept == answer
    assert trim(answer).kept == answer
