"""E-mails: what was done stands, whether its message can be sent or not, and whoever did it is told."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.core.mail import send_mail

FAULTS = (SMTPException, OSError)
"""What sending raises when the server of e-mails does not answer, or does not want the message."""
logger = logging.getLogger(__name__)


def send(subject: str, text: str, address: str) -> bool:
    """Send a message; whether the server has taken it. Why not stands in the log."""
    try:
        send_mail(subject, text, None, [address])
    except FAULTS:
        logger.exception("an e-mail is not sent")
        return False
    return True
