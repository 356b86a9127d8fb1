"""What a witness has answered: a cosignature that holds, another size that it has seen, or a refusal and what it means."""

from __future__ import annotations

from cradlemark.core.errors import CradlemarkError, Problem, TrustError
from cradlemark.core.language import Text, visible
from cradlemark.registry.log.publish import Question
from cradlemark.trust.notes import Note, Signature, VerifierKey, read_note, read_signatures, verify_note

MOST_CLOCK_ERROR = 3600
"""How far the clock of a witness may be off [s]; its time is read as evidence."""
_LONGEST_SIZE = 19
_LONGEST_WORDS = 200


def seen_before(key: VerifierKey, question: Question) -> int:
    """Size that a witness has seen for certain: it signed what was published last; otherwise 0."""
    if question.before is None:
        return 0
    lines = read_note(question.before.note).signatures
    return question.before.edge.size if any(_is_by(line, key) for line in lines) else 0


def _is_by(line: Signature, key: VerifierKey) -> bool:
    return (line.name, line.key_id) == (key.name, key.id)


def cosignature(said: bytes, key: VerifierKey, question: Question, *, now: int) -> Signature:
    """The signature of a witness out of its answer; those of other keys are passed over.

    Raises
    ------
    TrustError
        ``witness-wrong`` when there is none or it does not hold, ``witness-clock``.
    """
    try:
        lines = [line for line in read_signatures(said) if _is_by(line, key)]
        (verified,) = verify_note(Note(question.note.text, tuple(lines)), [key])
    except TrustError as error:
        raise TrustError(
            Text(
                f"it says that it has signed, but has not: {error.message}",
                f"它声称已签名，但并未签名：{error.message['zh']}",
            ),
            code="witness-wrong",
            hint=Text(
                "check its verifier key; if that is right, do not rely on this witness",
                "请检查其验证密钥；若密钥无误，则不要信任此见证方",
            ),
        ) from error
    if verified.time is None or abs(verified.time - now) > MOST_CLOCK_ERROR:
        raise TrustError(
            Text(
                f"it has signed with a time that is off by {abs((verified.time or 0) - now)} s",
                f"其签名时间相差 {abs((verified.time or 0) - now)} 秒",
            ),
            code="witness-clock",
            hint=Text("check the clock here and there", "请检查双方的时钟"),
        )
    return lines[0]


def other_size(status: int, said: bytes, old: int, question: Question) -> int:
    """Size that a witness has seen, when that is what it answers.

    Raises
    ------
    TrustError
        ``witness-ahead``, ``witness-fork``, ``witness-unaware``, ``witness-refused``
    """
    told = said.strip()
    if status != 409 or not told.isdigit() or len(told) > _LONGEST_SIZE:
        raise _refusal(status, said)
    seen, size = int(told), question.checkpoint.size
    if seen > size:
        raise TrustError(
            Text(
                f"it has seen {seen} entries of this log, but only {size} are stored",
                f"它见过此日志的 {seen} 个条目，但只存储了 {size} 个",
            ),
            code="witness-ahead",
            hint=Text(
                "if that is true, an old database was restored: restore the newest one",
                "若属实，则恢复的是旧数据库：请恢复最新的数据库",
            ),
        )
    if seen == old:
        raise _fork(Text(f"it has seen another log of {seen} entries", f"它见过另一个含 {seen} 个条目的日志"))
    return seen


def _refusal(status: int, said: bytes) -> TrustError:
    words = visible(said.decode("utf-8", "replace").strip()[:_LONGEST_WORDS])
    if status == 422:
        return _fork(
            Text(
                f"what it has seen is not the beginning of this log ({words})",
                f"它见过的内容不是此日志的开头（{words}）",
            )
        )
    if status == 409:
        return _fork(
            Text(f"it has seen another log of this size ({words})", f"它见过另一个同样大小的日志（{words}）")
        )
    if status in {403, 404}:
        what = (
            Text("watch this log", "监视此日志")
            if status == 404
            else Text("know the key that has signed", "认识签名所用的密钥")
        )
        return TrustError(
            Text("it does not {what} ({status}: {words})", "它不{what}（{status}：{words}）").format(
                what=what, status=status, words=words
            ),
            code="witness-unaware",
            hint=Text(
                "give its operator the keys that 'cradlemark log witnesses list' shows",
                "请把 'cradlemark log witnesses list' 显示的密钥交给其运营方",
            ),
        )
    return refused(Text(f"it refused ({status}: {words})", f"它拒绝了（{status}：{words}）"))


def _fork(message: Text) -> TrustError:
    return TrustError(
        message,
        code="witness-fork",
        hint=Text(
            "stop and find out which log is the right one: compare database, published files and backups",
            "请停止操作并查明哪个日志正确：比较数据库、已发布文件和备份",
        ),
    )


def refused(message: Text) -> TrustError:
    """Return the error for a witness that does not sign and nobody knows why."""
    return TrustError(message, code="witness-refused", hint=Text("ask its operator", "请询问其运营方"))


def unreachable(message: Text) -> TrustError:
    """Return the error for a witness that gives no answer."""
    return TrustError(
        message,
        code="witness-unreachable",
        hint=Text("publish again later; nothing is lost", "请稍后再发布；没有任何丢失"),
    )


def problem(name: str, error: CradlemarkError) -> Problem:
    """What is wrong with a witness, as a value."""
    return Problem(f"witness {name}", error.code, error.message, error.hint)
