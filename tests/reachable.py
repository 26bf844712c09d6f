"""Tell whether a database and a Redis answer: `python -m tests.reachable URL URL`."""

import sys

import redis
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError


def main(database_url: str, redis_url: str) -> bool:
    """Return True when both answer."""
    try:
        create_engine(database_url, connect_args={"connect_timeout": 3}).connect().close()
        redis.Redis.from_url(redis_url, socket_connect_timeout=3).ping()
    except (SQLAlchemyError, redis.RedisError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], sys.argv[2]) else 1)
