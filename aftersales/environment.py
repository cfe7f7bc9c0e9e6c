"""The process environment, with `.env` beside manage.py as its default source."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
ENV_FILE = Path(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))
if ENV_FILE.is_file():
    env.read_env(str(ENV_FILE))

VAR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))


def uses_embedded_servers() -> bool:
    """True when neither Postgres nor Redis is configured, so the ones from Python wheels are used."""
    return not env.str("DATABASE_URL", default="") and not env.str("REDIS_URL", default="")
