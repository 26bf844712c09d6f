"""Start the worker: `python -m api.worker`. It stops on SIGTERM, and finishes what is on its way first.

`--beside PID` stops it when that process, its parent, is gone.
"""

import argparse
import os
import signal
import sys

from api import observability
from api.config import Config, ConfigError
from api.services import build
from api.worker.running import Worker
from identity.crypto.keyring import KeyRingError


def main() -> None:
    """Work until told to stop; a wrong value stops the start with a sentence that names it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--beside", type=int, help="the process to end with")
    parent = arguments.parse_args().beside
    try:
        config = Config.from_env(os.environ)
        config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        observability.configure_logging(config.log_level)
        parts = build(config)
    except (ConfigError, KeyRingError, OSError) as error:
        sys.exit(f"liangzheng can't start: {error}")
    worker = Worker(parts, parent)
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: worker.stop.set())
    try:
        worker.run()
    finally:
        parts.close()


if __name__ == "__main__":
    main()
