"""Runs zips for provided.* as processes; LAMBDA_RUNTIME_EXECUTOR=bootstrap chooses it.

For each execution environment there is one process, its bootstrap, and one
server on loopback with the Runtime API, which nobody else knows. Memory limits,
layers, extensions and file systems of their own are not emulated.
"""

import json
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import (
    LambdaRuntimeException,
    RuntimeExecutor,
)

PREFIX = "/2018-06-01/runtime/"
INIT_TIME = 10  # seconds until a bootstrap must ask for its first event
MAX_ANSWER = 6 << 20


def fault(kind, text):
    return json.dumps({"errorType": kind, "errorMessage": text}).encode()


class Turn:
    """One event on its way through a process."""

    def __init__(self, id, event, headers):
        self.id, self.event, self.headers = id, event, headers
        self.answer, self.failed = None, False


class Environment:
    """A bootstrap and its Runtime API."""

    def __init__(self, code, variables):
        self.change = threading.Condition()
        self.asking = self.over = False
        self.waiting = self.running = None  # turns
        self.refusal = None  # what it said of its initialisation
        self.log, self.told = tempfile.TemporaryFile(), 0
        self.api = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.api.daemon_threads = True
        address = f"127.0.0.1:{self.api.server_address[1]}"
        try:
            self.process = subprocess.Popen(
                [str(code / "bootstrap")],
                cwd=code,
                env={**variables, "AWS_LAMBDA_RUNTIME_API": address, "LAMBDA_TASK_ROOT": str(code)},
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
            )
        except OSError:
            self.api.server_close()
            self.log.close()
            raise
        for work in (self.api.serve_forever, self.watch):
            threading.Thread(target=work, daemon=True).start()

    def watch(self):
        self.process.wait()
        with self.change:
            self.over = True
            self.change.notify_all()

    def handler(environment):
        class Api(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, status, octets=b"{}", headers=()):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            def do_GET(self):
                turn = environment.next() if self.path == PREFIX + "invocation/next" else None
                if turn is None:
                    self.close_connection = True
                    return self.reply(410)
                self.reply(200, turn.event, turn.headers)

            def do_POST(self):
                what = self.path.removeprefix(PREFIX).split("/")
                octets = self.body()
                if what == ["init", "error"]:
                    environment.refuse(octets)
                elif len(what) != 3 or not environment.answered(what[1], octets, what[2] == "error"):
                    return self.reply(400)
                self.reply(202)

            def body(self):
                if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass  # trailers
                return b"".join(parts)

        return Api

    # What the process does.

    def next(self):
        with self.change:
            self.asking = True
            self.change.notify_all()
            self.change.wait_for(lambda: self.waiting or self.over)
            self.running, self.waiting = self.waiting, None
            return self.running

    def answered(self, id, octets, failed):
        with self.change:
            if self.running is None or self.running.id != id:
                return False
            self.running.answer, self.running.failed = octets, failed
            self.running = None
            self.change.notify_all()
            return True

    def refuse(self, octets):
        with self.change:
            self.refusal = octets
            self.change.notify_all()

    # What LocalStack does.

    def ready(self):
        with self.change:
            self.change.wait_for(lambda: self.asking or self.over or self.refusal, INIT_TIME)
            if self.asking:
                return
        octets = self.refusal or fault("Runtime.ExitError", "the bootstrap asked for no event")
        said = self.output()
        self.end()
        raise StatusErrorException(f"the function does not start: {said}", octets)

    def turn(self, turn, seconds):
        """Gives an event; True when it was answered in time."""
        with self.change:
            self.waiting = turn
            self.change.notify_all()
            self.change.wait_for(lambda: turn.answer is not None or self.over, seconds)
            return turn.answer is not None

    def output(self):
        self.log.seek(self.told)
        octets = self.log.read()
        self.told += len(octets)
        return octets.decode(errors="replace")

    def end(self):
        self.process.kill()
        self.process.wait()
        self.api.shutdown()
        self.api.server_close()


class BootstrapExecutor(RuntimeExecutor):
    environment = None

    def start(self, env_vars):
        self.code = Path(self.function_version.config.code.get_unzipped_code_location())
        self.variables = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            **{name: str(value) for name, value in env_vars.items()},
        }
        self.renew()

    def renew(self):
        try:
            self.environment = Environment(self.code, self.variables)
        except OSError as e:
            raise StatusErrorException(
                "no bootstrap", fault("Runtime.InvalidEntrypoint", str(e))
            ) from e
        self.environment.ready()

    def stop(self):
        if self.environment:
            self.environment.end()

    def invoke(self, payload):
        if self.environment.over:  # it was killed, or ended by itself
            self.environment.end()
            self.renew()
        environment, id = self.environment, payload["invoke-id"]
        seconds, began = self.function_version.config.timeout, time.time()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": id,
            "Lambda-Runtime-Deadline-Ms": str(int((began + seconds) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": payload["invoked-function-arn"],
            "Lambda-Runtime-Trace-Id": payload["trace-id"],
        }
        turn = Turn(id, payload["payload"].encode(), headers.items())
        if not environment.turn(turn, seconds):
            turn.failed = True
            turn.answer = self.broken(environment, id, seconds)
        elif len(turn.answer) > MAX_ANSWER:
            turn.failed = True
            turn.answer = fault("Function.ResponseSizeTooLarge", f"more than {MAX_ANSWER} octets")
        ms = (time.time() - began) * 1000
        logs = f"START RequestId: {id}\n{environment.output()}\nEND RequestId: {id}\nREPORT RequestId: {id}\tDuration: {ms:.2f} ms"
        return InvocationResult(id, turn.answer, is_error=turn.failed, logs=logs)

    def broken(self, environment, id, seconds):
        """Why there is no answer; the process is gone afterwards."""
        if environment.over:
            return fault("Runtime.ExitError", f"RequestId: {id} Error: the bootstrap ended")
        environment.process.kill()
        environment.process.wait()
        return fault(
            "Sandbox.Timedout", f"RequestId: {id} Error: Task timed out after {seconds:.2f} seconds"
        )

    def get_logs(self):
        return self.environment.output() if self.environment else ""

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        return ""  # of the program that runs in LocalStack's containers

    @classmethod
    def prepare_version(cls, function_version):
        if not (function_version.config.runtime or "").startswith("provided"):
            raise LambdaRuntimeException("only zips for provided.* run as processes")
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        pass


class BootstrapPlugin(RuntimeExecutorPlugin):
    name = "bootstrap"

    def load(self, *args, **kwargs):
        return BootstrapExecutor
