"""The provider "moto" of DynamoDB; PROVIDER_OVERRIDE_DYNAMODB=moto chooses it.

Three promises of DynamoDB that moto does not keep are kept here: transactions are
serialisable (moto restores whole tables when one is cancelled, and with them
undoes what others have written meanwhile); a transaction that is repeated with
its ClientRequestToken is done once; and 400 KB of an item are counted in octets,
not in base64.
"""

import threading

from localstack.services.plugins import Service, aws_provider


def one_at_a_time(table):
    """Wraps each operation of a dispatch table with one lock."""
    lock, done = threading.Lock(), {}

    def wrap(handler):
        def handle(context, request):
            token = request.get("ClientRequestToken")
            with lock:
                if token and token in done:
                    return done[token]
                answer = handler(context, request)
                if token:
                    done[token] = answer
                return answer

        return handle

    return {operation: wrap(handler) for operation, handler in table.items()}


def octets_of(size):
    """Wraps moto's size of a value."""
    return lambda value: len(value.value) * 3 // 4 if value.is_binary() else size(value)


@aws_provider(api="dynamodb", name="moto")
def provider():
    # Imported late: LocalStack loads the entry points of services that nobody asks for, too.
    from localstack.aws.api.dynamodb import DynamodbApi
    from localstack.services.moto import MotoFallbackDispatcher
    from moto.dynamodb.models.dynamo_type import DynamoType

    DynamoType.size = octets_of(DynamoType.size)

    class MotoDynamodb(DynamodbApi):
        """Implements nothing, so that each operation falls back to moto."""

    return Service.for_provider(
        MotoDynamodb(), dispatch_table_factory=lambda p: one_at_a_time(MotoFallbackDispatcher(p))
    )
