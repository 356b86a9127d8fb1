"""Ask witnesses over HTTP for their signatures (C2SP tlog-witness 1.0), all at once and none for ever.

Whatever a witness does, nothing is lost: entries stay stored, and the next publication asks again. Only cosignatures that hold are
kept; one that does not would make readers refuse the whole checkpoint.
"""

from __future__ import annotations

import datetime
import http.client
import queue
import threading
import time as clock
import urllib.error
import urllib.request
from collections.abc import Callable

import attrs

from cradlemark.core.errors import CradlemarkError, Problem, TrustError
from cradlemark.core.language import Text, joined
from cradlemark.registry.log.publish import Answers, Question
from cradlemark.registry.witnesses.answers import (
    cosignature,
    other_size,
    problem,
    refused,
    seen_before,
    unreachable,
)
from cradlemark.registry.witnesses.configure import Witness, Witnesses
from cradlemark.trust.notes import Signature
from cradlemark.trust.witness import ADD_CHECKPOINT, request_body

TIMEOUT = 10.0
"""For one answer [s]"""
DEADLINE = 25.0
"""For all of them [s]"""
PAUSE = 1.0
"""Before a witness that could not be reached is asked once more [s]"""
ROUNDS = 3
"""Requests to a witness that has seen another size than we think; one more than it takes."""
LARGEST_ANSWER = 100_000
Post = Callable[[str, bytes], tuple[int, bytes]]
"""Sends a request; returns status and body; raises OSError when nobody answers."""


@attrs.frozen(eq=False)
class Asking:
    """How witnesses are asked.

    Parameters
    ----------
    witnesses : Witnesses
    time : datetime
        Now.
    post : callable
        Sends a request.
    pause, deadline : float
        [s]
    """

    witnesses: Witnesses
    time: datetime.datetime
    post: Post
    pause: float = PAUSE
    deadline: float = DEADLINE

    def __call__(self, question: Question) -> Answers:
        """Ask all of them.

        Raises
        ------
        TrustError
            ``quorum-missed``; the message says what each one answered.
        """
        signatures, problems = [], []
        for found in self._collected(question):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                signatures.append(found)
        if len(signatures) < self.witnesses.quorum:
            raise self._too_few(len(signatures), problems)
        return Answers(tuple(signatures), tuple(problems))

    def _collected(self, question: Question) -> list[Signature | Problem]:
        """One answer of each, in the order of their names in the policy; whoever is too slow is left behind."""
        answers: queue.SimpleQueue[tuple[str, Signature | Problem]] = queue.SimpleQueue()
        for witness in self.witnesses.members:
            threading.Thread(target=self._put, args=(answers, witness, question), daemon=True).start()
        end = clock.monotonic() + self.deadline
        found: dict[str, Signature | Problem] = {}
        while len(found) < len(self.witnesses.members) and (left := end - clock.monotonic()) > 0:
            try:
                name, given = answers.get(timeout=left)
            except queue.Empty:
                break
            found[name] = given
        return [found.get(one.name) or self._slow(one) for one in self.witnesses.members]

    def _slow(self, witness: Witness) -> Problem:
        return problem(
            witness.name,
            unreachable(
                Text(
                    f"it has not answered within {self.deadline:g} s", f"它在 {self.deadline:g} 秒内没有答复"
                )
            ),
        )

    def _put(
        self,
        answers: queue.SimpleQueue[tuple[str, Signature | Problem]],
        witness: Witness,
        question: Question,
    ) -> None:
        given: Signature | Problem
        try:
            given = self._asked(witness, question)
        except CradlemarkError as error:
            given = problem(witness.name, error)
        answers.put((witness.name, given))

    def _asked(self, witness: Witness, question: Question) -> Signature:
        """Ask one; whoever has seen another size than we think says which."""
        old = seen_before(witness.key, question)
        for _ in range(ROUNDS):
            body = request_body(old=old, proof=question.proof(old), checkpoint=bytes(question.note))
            status, said = self._sent(f"{witness.address}/{ADD_CHECKPOINT}", body)
            if status == 200:
                return cosignature(said, witness.key, question, now=int(self.time.timestamp()))
            old = other_size(status, said, old, question)
        raise refused(Text("it names another size each time", "它每次给出不同的大小"))

    def _sent(self, address: str, body: bytes) -> tuple[int, bytes]:
        """Send; once more after a pause when nobody answers or the server is in trouble."""
        try:
            return self._sent_once(address, body)
        except TrustError:
            clock.sleep(self.pause)
            return self._sent_once(address, body)

    def _sent_once(self, address: str, body: bytes) -> tuple[int, bytes]:
        try:
            status, said = self.post(address, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise unreachable(Text(f"it cannot be reached: {error}", f"无法连接：{error}")) from error
        if status >= 500:
            raise unreachable(
                Text(f"its server is in trouble and answers {status}", f"其服务器出错，答复 {status}")
            )
        return status, said

    def _too_few(self, count: int, problems: list[Problem]) -> TrustError:
        told = joined(
            Text(f"{one.where}: {one.message['en']}", f"{one.where}：{one.message['zh']}") for one in problems
        )
        return TrustError(
            Text(
                "{count} of {members} witnesses have signed, {quorum} are needed: no checkpoint is published ({told})",
                "{members} 个见证方中有 {count} 个已签名，需要 {quorum} 个：不发布检查点（{told}）",
            ).format(
                count=count, members=len(self.witnesses.members), quorum=self.witnesses.quorum, told=told
            ),
            code="quorum-missed",
            hint=Text(
                "everything stored stays; publish again with: cradlemark log publish",
                "已存储的内容不变；请再次发布：cradlemark log publish",
            ),
        )


def post(address: str, body: bytes) -> tuple[int, bytes]:
    """Send a request over HTTP."""
    request = urllib.request.Request(address, data=body, method="POST")  # noqa: S310 - http and https only: checked
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            return int(answer.status), answer.read(LARGEST_ANSWER)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(LARGEST_ANSWER)
