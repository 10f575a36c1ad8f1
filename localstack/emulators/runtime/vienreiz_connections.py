"""Keeps connections open that nobody uses at the moment.

The server ends them after 5 s. A client that writes at that very moment sees no answer
and asks again, and what it asked for may be done twice.
"""

from hypercorn import Config
from localstack.runtime.hooks import on_infra_start


@on_infra_start()
def keep_connections():
    Config.keep_alive_timeout = 600  # seconds
