"""The notices after a breach, as texts to copy and fill in (P16). Brackets are filled in by hand.

They are no advice on law: who answers for the fair has them checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exhibitions.core.errors import N_


@dataclass(frozen=True)
class Notice:
    """A notice: to whom and by when (an English message id), and its text by language."""

    title: str
    texts: Mapping[str, str]


NOTICES: tuple[Notice, ...] = (
    Notice(
        N_("To the authority: at once in China, within 72 hours in the EU"),
        {
            "zh": (
                "致：【履行个人信息保护职责的部门】\n"
                "我单位【名称】于【日期时间】发现个人信息安全事件，现报告如下：\n"
                "一、事件：【发生了什么，何时开始，何时发现，原因】\n"
                "二、涉及的个人信息种类：【姓名、手机号、邮箱、单位……】\n"
                "三、涉及人数：【人数】，名单已留存\n"
                "四、可能造成的危害：【】\n"
                "五、已采取和将采取的补救措施：【停用账号、更换密钥、通知本人……】\n"
                "六、个人可采取的减轻危害的措施：【】\n"
                "七、联系人：【姓名、电话、邮箱】"
            ),
            "en": (
                "To: [supervisory authority]\n"
                "[Name of the organisation] reports a personal data breach found on [date, time].\n"
                "1. What happened: [nature, beginning, discovery, cause]\n"
                "2. Kinds of data: [name, mobile number, e-mail, company ...]\n"
                "3. People concerned: [number]; records concerned: [number]\n"
                "4. Likely consequences: [ ]\n"
                "5. Measures taken and planned: [account closed, keys changed, people told ...]\n"
                "6. Contact: [name, telephone, e-mail]\n"
                "If this report comes later than 72 hours after the discovery, the reason: [ ]"
            ),
        },
    ),
    Notice(
        N_("To the people concerned: at once"),
        {
            "zh": (
                "您好：\n"
                "我们于【日期】发现，您在【展会名称】登记的个人信息（【姓名、手机号……】）可能已被他人获取。\n"
                "我们已【采取的措施】。\n"
                "请您留意【陌生来电、短信和邮件】，不要向任何人提供验证码。\n"
                "如需查询或删除您的个人信息，请打开您的参观证链接，或联系：【电话、邮箱】。\n"
                "给您带来不便，我们深表歉意。\n"
                "【单位名称】【日期】"
            ),
            "en": (
                "Dear visitor,\n"
                "On [date] we found that personal data which you gave for [fair] ([name, mobile number ...]) "
                "may have been seen by others.\n"
                "We have [measures].\n"
                "Please be wary of [unknown calls, messages and mails] and give nobody a code.\n"
                "To see or erase your data, open the link to your badge, or contact us: [telephone, e-mail].\n"
                "We are sorry.\n"
                "[Organisation], [date]"
            ),
        },
    ),
)
