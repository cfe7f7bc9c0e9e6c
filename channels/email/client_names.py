"""What mail programs write by themselves, in Chinese and English: the lines that every rule looks for."""

import re

# --- the line our own mails begin with ---------------------------------------------------------------

MARK = re.compile(r"Reply above this line|请在此线以上回复", re.IGNORECASE)

# --- where a quotation begins ------------------------------------------------------------------------

_DATE = r"\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}"

ATTRIBUTIONS = [
    # Gmail, Apple Mail, Thunderbird, NetEase on the web in English
    re.compile(
        r"(?:On|At|Am|Le|El|Il|Em)\b.{5,300}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu)\s?:"
    ),
    # German programs name the writer last
    re.compile(r"Am\b.{5,200}\bschrieb\b.{1,200}:"),
    # Apple Mail, NetEase on the web, Thunderbird in Chinese
    re.compile(r"在.{3,300}(?:写道|寫道|写到)\s?[:：]"),
    # Gmail and Outlook for Mac in Chinese: the name comes first
    re.compile(rf".{{0,200}}\s?于?於?\s?{_DATE}.{{0,150}}(?:写道|寫道)\s?[:：]"),
    re.compile(rf"{_DATE}.{{0,150}}(?:wrote|写道|寫道)\s?[:：]"),
]

ATTRIBUTION_BEGINS = re.compile(rf"^(?:On|At|Am|Le|El|Il|Em|在)\b|^在|<[^<>\s]+@|<$|{_DATE}")
"""How the first line looks where such a sentence goes on in the next."""

RULES = [
    # Outlook, QQ Mail, NetEase Mail Master, Thunderbird
    re.compile(
        r"[-_—\s]{2,}\s?(?:Original Message|Original|Original Email|Reply Message)\s?[-_—\s]{2,}",
        re.IGNORECASE,
    ),
    re.compile(
        r"[-_—\s]{2,}\s?(?:原始邮件|邮件原文|原始信息|原始郵件|邮件原件|回复的原邮件|回复原邮件|回覆的原郵件)\s?[-_—\s]{2,}"
    ),
]

SAID_BETWEEN = re.compile(r"-{2,}\s?(?:On\b.{5,300}\bwrote|在.{3,300}(?:写道|编写))\s?-{2,}")
"""Zoho Mail writes the whole sentence between lines."""

UNDERLINE = re.compile(r"_{20,}|-{20,}")
"""Outlook and Foxmail draw a line above the head of the quoted mail."""

FROM = re.compile(r"[*|\s]*(?:From|Von|De|Da|发件人|寄件者|寄件人|发信人)[*\s]*[:：|]", re.IGNORECASE)
SENT = re.compile(
    r"[*|\s]*(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el)?|Fecha|Inviato|Data"
    r"|发送时间|发送日期|发件时间|日期|时间|寄件日期|傳送日期)[*\s]*[:：|]",
    re.IGNORECASE,
)

# --- what phones sign with ---------------------------------------------------------------------------

SIGNATURES = [
    re.compile(
        r"Sent (?:from|via) (?:my|Mail for|Outlook|Yahoo|Proton|Mailbox|Samsung|the all).{0,60}",
        re.IGNORECASE,
    ),
    re.compile(r"Get Outlook for (?:iOS|Android|Mac).{0,80}", re.IGNORECASE),
    re.compile(
        r"(?:获取|下载)\s?(?:适用于\s?)?Outlook.{0,80}|获取适用于.{0,20}的\s?Outlook.{0,80}", re.IGNORECASE
    ),
    re.compile(
        r"(?:发|發|发送|傳送|來|来)自\s?(?:我的|我的手机|手机|Outlook|网易|Yahoo|QQ).{0,40}", re.IGNORECASE
    ),
    re.compile(r"(?:从|從)\s?(?:我的|Windows|Outlook).{0,40}(?:发送|傳送|寄出|发出)", re.IGNORECASE),
    re.compile(r"(?:从|從)?\s?Windows\s?版.{0,10}发送"),
    re.compile(r"网易邮箱(?:大师|手机).{0,20}"),
    re.compile(r"Sent with Proton Mail.{0,40}", re.IGNORECASE),
]

ADDRESS_ALONE = re.compile(r"[^\s<>@|]{1,64}@[^\s<>@|]{1,253}")
"""Foxmail signs with nothing but the writer's address."""

TABLE = re.compile(r"\|\s?\|")
"""NetEase Mail Master signs with a table of name and address."""

# --- subjects ----------------------------------------------------------------------------------------

FORWARD = re.compile(
    r"\s*(?:(?:re|回复|答复|回覆)\s?[:：]\s*)*(?:fw|fwd|转发|轉寄|轉發|wg|tr)\s?[:：]", re.IGNORECASE
)
REPLY = re.compile(
    r"\s*(?:(?:re|aw|sv|fw|fwd|回复|答复|回覆|转发|轉寄|轉發)\s?(?:\[\d+\])?\s?[:：]\s*)+", re.IGNORECASE
)

AWAY = re.compile(
    r"out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?repl|autorepl|auto[- ]?response|vacation"
    r"|away from (?:my|the)|on (?:annual )?leave|abwesenheit|自动回复|自動回覆|自动答复|自动应答"
    r"|休假|外出|不在办公室",
    re.IGNORECASE,
)
RETURNED = re.compile(
    r"undeliver|delivery (?:status|failure|has failed)|returned mail|mail delivery|failure notice"
    r"|could not be delivered|系统退信|退信通知|退信|邮件发送失败|投递失败|无法投递|未送达",
    re.IGNORECASE,
)
RETURNING = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon|bounces?)(?:[+.=-].*)?", re.IGNORECASE)

# --- orders as people name them ----------------------------------------------------------------------

ORDER = re.compile(
    r"(?:order\s?(?:number|no\.?|nr\.?|id|#)?|订单编号|订单号?|訂單(?:編號|號)?|单号)"
    r"\s{0,9}(?:is|是|为|：|:|#|＃){0,4}\s{0,9}"
    r"[#＃]?(?P<number>[A-Za-z]{0,6}[-_]?\d[\w-]{3,38})",
    re.IGNORECASE,
)

# --- letters that texts are full of: by them an encoding is told from another -------------------------

COMMON = frozenset(
    "的一是不了在人有我他这这個个们们中来来上大为为和国國地到以说说時时要就出会會可也你对對生能而子那得于着下"
    "自之年过過发發后後作里用道行所然家种事成方多经麼么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前"
    "开但因只从想实請请谢谢谢您好货貨订訂单單退换換收到问問题題件包裹寄坏壞新客服电电子邮郵"
)
