"""An HTTPS server on loopback that tests hand webhooks to."""
import http.server
import ssl
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    """What a test's handler builds on: the body of a request, and nothing on the screen."""

    def body(self):
        return self.rfile.read(int(self.headers["Content-Length"]))

    def log_message(self, *_):
        pass


class HttpsServer:
    """Serves `handler` until stop(); `url` is where."""

    def __init__(self, handler, certificate, key):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_address[1]}/in"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
