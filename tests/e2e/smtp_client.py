"""A raw SMTP client for what ready-made clients do not do: BDAT, pipelined groups, connections cut at a chosen byte."""
import re
import socket
import ssl


def canonical_lines(message):
    """Bytes with CRLF line ends only and one at the end: what a sending server would transmit."""
    message = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    return message if message.endswith(b"\r\n") else message + b"\r\n"


def stuffed(message):
    return re.sub(rb"(?m)^\.", b"..", message)


class Session:
    def __init__(self, port, tls=None, timeout=30):
        """tls: None, 'starttls' or 'implicit'."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.buffer = b""
        if tls == "implicit":
            self._wrap()
        self.greeting = self.reply()
        self.extensions = self.command("EHLO client.sender.example")
        if tls == "starttls":
            assert self.command("STARTTLS")[0] == 220
            self._wrap()
            self.extensions = self.command("EHLO client.sender.example")

    def _wrap(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")

    def send(self, data):
        self.socket.sendall(data)

    def reply(self):
        lines = []
        while True:
            while b"\r\n" not in self.buffer:
                got = self.socket.recv(65536)
                if not got:
                    raise ConnectionError("closed by the server")
                self.buffer += got
            line, self.buffer = self.buffer.split(b"\r\n", 1)
            lines.append(line.decode("utf-8", "replace"))
            if len(line) < 4 or line[3:4] == b" ":
                return int(line[:3]), "\n".join(lines)

    def command(self, line):
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def mail(self, sender, rcpts, extra=""):
        code, text = self.command(f"MAIL FROM:<{sender}>{extra}")
        if code != 250:
            return code, text
        for rcpt in rcpts:
            code, text = self.command(f"RCPT TO:<{rcpt}>")
            if code != 250:
                return code, text
        return code, text

    def data(self, sender, rcpts, message, extra=""):
        code, text = self.mail(sender, rcpts, extra)
        if code != 250:
            return code, text
        code, text = self.command("DATA")
        if code != 354:
            return code, text
        self.send(stuffed(message) + b".\r\n")
        return self.reply()

    def pipelined(self, sender, rcpts, message, extra=""):
        """MAIL, RCPT and DATA in one write (RFC 2920), then the message."""
        group = f"MAIL FROM:<{sender}>{extra}\r\n" + "".join(f"RCPT TO:<{r}>\r\n" for r in rcpts) + "DATA\r\n"
        self.send(group.encode())
        replies = [self.reply() for _ in range(2 + len(rcpts))]
        if replies[-1][0] != 354:
            return replies[-1]
        self.send(stuffed(message) + b".\r\n")
        return self.reply()

    def bdat(self, sender, rcpts, message, chunk=1000, extra=""):
        code, text = self.mail(sender, rcpts, extra)
        if code != 250:
            return code, text
        for at in range(0, max(1, len(message)), chunk):
            part = message[at:at + chunk]
            last = " LAST" if at + chunk >= len(message) else ""
            self.send(f"BDAT {len(part)}{last}\r\n".encode() + part)
            code, text = self.reply()
            if code != 250:
                return code, text
        return code, text

    def quit(self):
        try:
            self.command("QUIT")
        except (ConnectionError, OSError):
            pass
        self.socket.close()
