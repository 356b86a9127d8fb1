"""Entry of a WSGI server: ``granian --interface wsgi cradlemark.portal.wsgi:application``."""

from __future__ import annotations

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cradlemark.portal.settings")
application = get_wsgi_application()

from cradlemark.portal.warming import warm_up  # noqa: E402 - wants the settings

Thread(target=warm_up, name="warm-up", daemon=True).start()
