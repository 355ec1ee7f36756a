"""A reverse proxy as councils put before a service: TLS, and the service under a sub-path.

`behind_tls` runs one with a certificate of its own; only `test_behind_a_proxy` needs it.
"""

from __future__ import annotations

import http.client
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PER_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Forwarding(BaseHTTPRequestHandler):
    """Hands a request under the sub-path to the application, and says where it came from."""

    protocol_version = "HTTP/1.1"
    prefix: str
    upstream: int

    def do_GET(self) -> None:
        """Any method: the application answers."""
        if not self.path.startswith(f"{self.prefix}/"):
            self.send_error(404)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sent = {k: v for k, v in self.headers.items() if k.lower() not in PER_CONNECTION}
        host = self.headers["Host"]
        sent |= {
            "Host": "127.0.0.1",
            "X-Forwarded-For": self.client_address[0],
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": host,
            "X-Forwarded-Port": host.rpartition(":")[2],
            "X-Forwarded-Prefix": self.prefix,
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream)
        connection.request(self.command, self.path.removeprefix(self.prefix), body, sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in PER_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: an address may hold somebody's link."""


@contextmanager
def behind_tls(server: ThreadingHTTPServer, folder: Path) -> Iterator[None]:
    """Speak TLS on this server, with a certificate made for it, until the block ends."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
