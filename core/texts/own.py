"""The frame of every mail."""

from django.utils.translation import gettext_lazy as _

from core.texts.declaring import Text, Wording

ABOUT = _("Every mail")

HEAD = Text(
    key="core.mail_head",
    about=ABOUT,
    name=_("Head of mails"),
    when=_("Above the text of every mail: who writes, such as the name of the shop."),
    values=(),
    is_mail=False,
    en=Wording("", "Aftersales"),
    zh=Wording("", "售后服务台"),
)

FOOT = Text(
    key="core.mail_foot",
    about=ABOUT,
    name=_("Foot of mails"),
    when=_("Below the text of every mail, in small letters."),
    values=(),
    is_mail=False,
    en=Wording("", "You get this mail because of a request to our customer service."),
    zh=Wording("", "您收到这封邮件，是因为您曾联系我们的客户服务。"),
)

TEXTS = (HEAD, FOOT)
