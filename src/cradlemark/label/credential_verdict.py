"""What came out of checking a credential, as values: each check holds, fails, or could not be made with what was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from cradlemark.core.errors import TrustError
from cradlemark.core.language import Text, visible

Outcome = Literal["holds", "fails", "not_checked"]
LONGEST = 300
"""Longest part of a foreign text that is shown [character]."""
TITLES = {
    "type": Text("It is a credential, and says so", "类型为凭证"),
    "claims": Text("It has no second content", "无重复内容声明"),
    "issuer": Text("The programme that you trust issued it", "由受信任的计划签发"),
    "key": Text("Its key belongs to the programme and was not lost", "密钥属于该计划且未泄露"),
    "signature": Text("The signature fits", "签名有效"),
    "key_time": Text("The key was in use when it signed", "签名时密钥处于使用期"),
    "shape": Text("It has what a conformity credential needs", "具备合格评定凭证所需内容"),
    "period": Text("Today lies within its validity", "在有效期内"),
    "suspension": Text("It is not suspended", "未暂停"),
    "revocation": Text("It is not revoked", "未撤销"),
    "claim": Text("It says what the claim says", "与声明一致"),
}
WORDS = {
    "type": Text("it is of type {kind} with content {content}, not {wanted}",
                 "类型为 {kind}，内容为 {content}，而非 {wanted}"),
    "stray": Text("it carries a claim {name} of an older kind of credential", "带有旧式凭证的声明项 {name}"),
    "contradicts": Text("its claim {name} contradicts its content", "声明项 {name} 与内容矛盾"),
    "issuer": Text("{issuer} issued it, not {wanted}", "签发者为 {issuer}，而非 {wanted}"),
    "nobody": Text("nobody", "无"),
    "key": Text("the key {key} is not one of the programme", "密钥 {key} 不属于该计划"),
    "lost": Text("somebody else may have had the key {key}; it vouches for nothing",
                 "密钥 {key} 可能已泄露，不再作为凭据"),
    "key_unknown": Text("the key is not known", "密钥未知"),
    "times_unknown": Text("it is not known when the key was in use; a trust file says it",
                          "不知密钥的使用期；信任文件中有说明"),
    "time_missing": Text("the signature does not say when it was made", "签名未说明时间"),
    "key_time": Text("signed on {time}, when key {key} was not in use", "签名于 {time}，当时密钥 {key} 未在使用"),
    "more": Text("{first} (and {count} more)", "{first}（另有 {count} 处）"),
    "claim_times": Text("its claims nbf and exp are no numbers", "声明项 nbf 与 exp 不是数字"),
    "no_times": Text("it does not say from when and until when it is valid", "未说明有效期"),
    "early": Text("it is not valid yet: {period}", "尚未生效：{period}"),
    "expired": Text("it has expired: {period}", "已过期：{period}"),
    "no_entry": Text("the credential names no such list", "凭证未指明该列表"),
    "no_list": Text("the list {address} was not given", "未提供列表 {address}"),
    "bad_list": Text("the list {address} cannot be used: {why}", "列表 {address} 不能使用：{why}"),
    "suspended": Text("it must not be used now, says the list of {time}", "{time} 的列表表明目前不得使用"),
    "revoked": Text("it is not valid any more, says the list of {time}", "{time} 的列表表明已失效"),
    "no_claim": Text("no claim was given", "未提供声明"),
    "claim": Text("it is not made from the claim {digest}", "并非由声明 {digest} 生成"),
    "before": Text("what comes before fails", "前项未通过"),
}  # fmt: skip


def _shown(detail: Text | str) -> Text:
    """Foreign text is made visible, so that it cannot steer a terminal."""
    text = detail if isinstance(detail, Text) else Text(detail, detail)
    return Text(visible(text.en), visible(text.zh))


@attrs.frozen
class Check:
    """One check.

    Parameters
    ----------
    id : str
        Key of `TITLES`.
    outcome : {"holds", "fails", "not_checked"}
    detail : Text
        What it holds for, or why it fails or was not checked.
    code : str
        Code of the error when it fails.
    """

    id: str
    outcome: Outcome
    detail: Text = attrs.field(converter=_shown)
    code: str = ""

    @property
    def title(self) -> Text:
        """What was checked, for people."""
        return TITLES[self.id]


@attrs.frozen
class Verdict:
    """What came out.

    Parameters
    ----------
    document : mapping
        The credential; empty when its signature does not hold.
    checks : tuple of Check
    """

    document: Mapping[str, Any]
    checks: tuple[Check, ...]

    @property
    def believed(self) -> bool:
        """Whether nothing failed and the signature is one of those that hold."""
        outcomes = {check.id: check.outcome for check in self.checks}
        return "fails" not in outcomes.values() and outcomes.get("signature") == "holds"

    def outcome(self, check: str) -> Outcome:
        """Outcome of one check."""
        return next((one.outcome for one in self.checks if one.id == check), "not_checked")

    def refuse(self) -> None:
        """Raise the first check that failed.

        Raises
        ------
        TrustError
            With the code of that check.
        """
        for check in self.checks:
            if check.outcome == "fails":
                raise TrustError(
                    check.detail,
                    code=check.code,
                    hint=Text("do not rely on it; ask the programme", "不要依赖它；询问计划"),
                )


def holds(check: str, detail: str) -> Check:
    """A check that holds; names, times and digests are the same in every language."""
    return Check(check, "holds", detail[:LONGEST])


def fails(check: str, code: str, words: Text) -> Check:
    """A check that fails."""
    return Check(check, "fails", words, code)


def unchecked(check: str, words: Text) -> Check:
    """A check that could not be made."""
    return Check(check, "not_checked", words)
