"""Tokens of programs: made once, shown once, kept as digests, with scopes and an end."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from cradlemark.core.errors import InputError, NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.access.models import Token
from cradlemark.registry.access.secrets import digest, new_secret
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import User
from cradlemark.registry.writing import writing

PREFIX = "cl_"
"""So that a token that has leaked is found by whoever looks for secrets."""
LONGEST, MOST = 366, 20
"""Days that a token holds, and tokens of one person."""
LONGEST_DECIDING = 7
"""The same for one that decides: a page asks for the password each time, a token does not."""
SCOPES = {
    "read": Text("read what you may see", "读取您可查看的内容"),
    "studies": Text("add and change studies, upload bills of materials", "新建和修改研究，上传物料清单"),
    "cases": Text("hand in cases and take their steps", "提交案件并执行步骤"),
    "decisions": Text("assign verifications, give opinions, register labels", "分派核查、出具意见、注册标签"),
}


def make_token(
    name: str, scopes: Sequence[str], days: int, *, by: Actor, time: datetime.datetime
) -> tuple[Token, str]:  # fmt: skip
    """Make a token; returns it and the secret, which is kept nowhere.

    Raises
    ------
    InputError
        ``token-name``, ``token-scope``, ``token-days``
    StateError
        ``token-many``
    """
    _check(name, scopes, days)
    secret = new_secret(PREFIX)
    with writing():
        if Token.objects.filter(user=by.user, revoked=None, expires__gt=time).count() >= MOST:
            raise StateError(
                Text(f"there are {MOST} tokens already", f"已有 {MOST} 个令牌"), code="token-many",
                hint=Text("revoke one first", "先撤销一个"),
            )  # fmt: skip
        made = Token.objects.create(
            user=by.user, name=name.strip(), digest=digest(secret), ending=secret[-4:],
            scopes=[scope for scope in SCOPES if scope in scopes], time=time, expires=time + datetime.timedelta(days=days),
        )  # fmt: skip
        record(
            "access:token:make", str(made.pk), by=by, time=time, detail={"scopes": made.scopes, "days": days}
        )
    return made, secret


def _check(name: str, scopes: Sequence[str], days: int) -> None:
    if not 0 < len(name.strip()) <= 80:
        raise InputError(
            Text("a token needs a name", "令牌需要名称"), code="token-name", where="name",
            hint=Text("say which program it is for, at most 80 characters", "说明用于哪个程序，最多 80 个字符"),
        )  # fmt: skip
    if not scopes or set(scopes) - SCOPES.keys():
        raise InputError(
            Text("no scope, or one that is not known", "未选择权限范围，或范围未知"), code="token-scope", where="scopes",
            hint=Text(f"choose among {', '.join(SCOPES)}", f"从 {'、'.join(SCOPES)} 中选择"),
        )  # fmt: skip
    longest = LONGEST_DECIDING if "decisions" in scopes else LONGEST
    if not 1 <= days <= longest:
        raise InputError(
            Text(f"a token with these scopes cannot hold {days} days", f"具有该权限范围的令牌有效期不能为 {days} 天"), code="token-days", where="days",
            hint=Text(f"1 to {longest}", f"1 至 {longest} 天"),
        )  # fmt: skip


def known_token(secret: str, *, time: datetime.datetime) -> Token | None:
    """The token of a secret, as long as it holds; its last use is noted to the hour."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    found = (
        Token.objects.select_related("user")
        .filter(digest=digest(secret), revoked=None, expires__gt=time, user__is_active=True)
        .first()
    )
    hour = time.replace(minute=0, second=0, microsecond=0)
    if found is not None and found.used != hour:
        Token.objects.filter(pk=found.pk).update(used=hour)
    return found


def tokens_of(user: User) -> list[Token]:
    """Tokens of a person, the newest first."""
    return list(Token.objects.filter(user=user))


def revoke_token(number: int, *, by: Actor, time: datetime.datetime) -> None:
    """Let an own token hold no longer.

    Raises
    ------
    NotFoundError
        ``token-unknown``
    """
    with writing():
        if not Token.objects.filter(pk=number, user=by.user, revoked=None).update(revoked=time):
            raise NotFoundError(
                Text("there is no such token", "没有该令牌"), code="token-unknown",
                hint=Text("it may be revoked already", "可能已被撤销"),
            )  # fmt: skip
        record("access:token:revoke", str(number), by=by, time=time)
