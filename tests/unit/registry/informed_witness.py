"""A witness in a process of its own, whose operator is told every key of the log at once: it looks into the register.

    python informed_witness.py FOLDER HOME

Prints its verifier key and its address. The variables of the command line set its passphrase, its time and the database.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import attrs

from cradlemark.cli.log.witnessing import Keeper, open_keeper, serve
from cradlemark.registry.home import Home, open_home
from cradlemark.trust.notes import WITNESS_KEY, key_of
from cradlemark.trust.witness import Answer


@attrs.frozen(eq=False)
class Informed:
    """Knows the keys that the log has now."""

    keeper: Keeper
    home: Home

    def add_checkpoint(self, request: bytes) -> Answer:
        from django.db import connection

        from cradlemark.registry.keys.log_keys import policy_of
        from cradlemark.registry.keys.models import Key

        try:
            keys = policy_of(self.home, Key.objects.filter(purpose="log")).logs
        finally:
            connection.close()
        return attrs.evolve(self.keeper, logs=keys).add_checkpoint(request)


def main() -> None:
    folder, home = Path(sys.argv[1]), open_home(Path(sys.argv[2]))
    keeper = open_keeper(folder, name="w.example/1", logs=[], passphrase=os.environ["CRADLEMARK_PASSPHRASE"])
    server = serve(Informed(keeper, home), host="127.0.0.1", port=0)  # type: ignore[arg-type]
    key = key_of(keeper.name, keeper.signer, kind=WITNESS_KEY)
    print(key, f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
