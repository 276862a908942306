"""The command line on a replica in this very process: adding and mending sources without the internet.

    .venv/bin/python -m tests.practice new felpersham-forum https://www.felpershamforum.example/updates/

`PRACTICE_STEP` is the step of the replica's timeline. No command of the product can be turned to the replica like
this; without BULLETINS_HOME the data folder is one that is gone at the end.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRST_STEP = 9


def main() -> None:
    """Run one command; exits with its code."""
    sys.path.insert(0, str(ROOT))
    import cli
    import wiring
    from replica.app import Replica
    from replica.server import serve
    from replica.transport import replica_transport

    replica = Replica()
    replica.go_to(int(os.environ.get("PRACTICE_STEP", FIRST_STEP)))
    with ExitStack() as stack:
        if "BULLETINS_HOME" not in os.environ:
            os.environ["BULLETINS_HOME"] = stack.enter_context(tempfile.TemporaryDirectory())
        port = stack.enter_context(serve(replica))
        wiring.tools_for = partial(wiring.tools_for, transport_for=lambda host: replica_transport(port))
        cli.main()


if __name__ == "__main__":
    main()
