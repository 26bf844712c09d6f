"""The WSGI entry point: `app` of the environment's configuration."""

import gc
import os
import sys

from api.app import create_app
from api.commands import keys
from api.config import Config, ConfigError
from identity.crypto.keyring import KeyRingError

try:
    config = Config.from_env(os.environ)
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    # `flask --app wsgi keys …` makes and mends what the app needs to start.
    app = keys.app_of(config) if keys.is_asked_for(sys.argv) else create_app(config)
    # What is there now stays as long as the process: the collector need not walk it again and again.
    gc.freeze()
except (ConfigError, KeyRingError, OSError) as error:
    sys.exit(f"liangzheng can't start: {error}")
