"""Mail servers one can call at: IMAP and POP3, as far as a mail program needs them."""

import base64
import re
import socketserver
import threading


class PostOffice:
    """A server on a free port; `mails` are the bytes that lie there by UID, `flags` how they are marked."""

    def __init__(self, handler: type[socketserver.StreamRequestHandler]) -> None:
        self.mails: dict[int, bytes] = {}
        self.flags: dict[int, set[str]] = {}
        self.password = "lamp-keeper"
        self.tokens: set[str] = set()
        """What a provider gave out and still honours; whoever signs in with one is let in."""
        self.commands: list[str] = []
        self.broken: set[int] = set()
        """Mails that the server cannot hand over."""
        self.fails_at = ""
        """A command at which the server hangs up, once."""
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.office = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def put(self, content: bytes) -> int:
        """A mail arrives there."""
        uid = max(self.mails, default=0) + 1
        self.mails[uid], self.flags[uid] = content, set()
        return uid

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(socketserver.StreamRequestHandler):
    @property
    def office(self) -> PostOffice:
        return self.server.office  # type: ignore[attr-defined, no-any-return]

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def heard(self, line: str) -> bool:
        """Note a command; False when the line is to be cut."""
        self.office.commands.append(line)
        if self.office.fails_at and self.office.fails_at in line:
            self.office.fails_at = ""
            return False
        return True

    def lets_in(self, packed: str) -> bool:
        """Whether somebody has a token: "user=…^Aauth=Bearer …^A^A", in base64."""
        said = base64.b64decode(packed).decode()
        found = re.fullmatch(r"user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01", said)
        return found is not None and found[2] in self.office.tokens


WHY_NOT = base64.b64encode(b'{"status":"400","schemes":"Bearer","scope":"https://mail.example/"}').decode()
"""What servers say about a token they do not know, before they wait for an empty line and say no."""


class Imap(_Handler):
    """IMAP4rev1 with one folder."""

    def handle(self) -> None:
        self.say("* OK here")
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            tag, _space, rest = line.partition(" ")
            if not self.heard(rest):
                return
            words = rest.split()
            name = f"{words[0]} {words[1]}".upper() if words[0].upper() == "UID" else words[0].upper()
            getattr(self, f"do_{name.replace(' ', '_').lower()}", self.do_nothing)(tag, rest)
            if name == "LOGOUT":
                return

    def do_nothing(self, tag: str, _rest: str) -> None:
        self.say(f"{tag} OK done")

    def do_capability(self, tag: str, _rest: str) -> None:
        self.say("* CAPABILITY IMAP4REV1 ID AUTH=XOAUTH2")
        self.say(f"{tag} OK done")

    def do_login(self, tag: str, rest: str) -> None:
        good = self.office.password in rest
        self.say(f"{tag} OK in" if good else f"{tag} NO wrong password")

    def do_authenticate(self, tag: str, _rest: str) -> None:
        self.say("+ ")
        if self.lets_in(self.rfile.readline().decode().strip()):
            self.say(f"{tag} OK in")
            return
        self.say(f"+ {WHY_NOT}")
        empty = self.rfile.readline().strip()
        self.say(f"{tag} NO AUTHENTICATE failed." if not empty else f"{tag} BAD what?")

    def do_select(self, tag: str, rest: str) -> None:
        if "INBOX" not in rest and "&" not in rest:
            self.say(f"{tag} NO no such folder")
            return
        self.say(f"* {len(self.office.mails)} EXISTS")
        self.say(f"{tag} OK [READ-WRITE] in")

    def do_uid_search(self, tag: str, rest: str) -> None:
        without = "\\Deleted" if "UNDELETED" in rest else "\\Seen"
        found = [uid for uid in self.office.mails if without not in self.office.flags[uid]]
        self.say("* SEARCH " + " ".join(map(str, found)))
        self.say(f"{tag} OK done")

    def do_uid_fetch(self, tag: str, rest: str) -> None:
        uid = int(rest.split()[2])
        if uid in self.office.broken:
            self.say(f"{tag} NO The message cannot be converted to RFC822.")
            return
        content = self.office.mails[uid]
        self.wfile.write(
            f"* {uid} FETCH (UID {uid} BODY[] {{{len(content)}}}\r\n".encode() + content + b")\r\n"
        )
        self.say(f"{tag} OK done")

    def do_uid_store(self, tag: str, rest: str) -> None:
        uid = int(rest.split()[2])
        self.office.flags[uid] |= set(re.findall(r"\\\w+", rest))
        self.say(f"{tag} OK done")

    def do_expunge(self, tag: str, _rest: str) -> None:
        for uid in [uid for uid, flags in self.office.flags.items() if "\\Deleted" in flags]:
            del self.office.mails[uid], self.office.flags[uid]
        self.say(f"{tag} OK done")

    def do_logout(self, tag: str, _rest: str) -> None:
        self.say("* BYE")
        self.say(f"{tag} OK done")


class Pop(_Handler):
    """POP3; what is deleted goes when the caller says goodbye."""

    def handle(self) -> None:
        self.say("+OK here")
        self.gone: set[int] = set()
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if not self.heard(line):
                return
            name, _space, rest = line.partition(" ")
            getattr(self, f"do_{name.lower()}", self.do_nothing)(rest)
            if name.upper() == "QUIT":
                return

    def do_nothing(self, _rest: str) -> None:
        self.say("+OK")

    def do_pass(self, rest: str) -> None:
        self.say("+OK" if rest == self.office.password else "-ERR wrong password")

    def do_auth(self, rest: str) -> None:
        self.say("+ ")
        if self.lets_in(self.rfile.readline().decode().strip()):
            self.say("+OK in")
            return
        self.say(f"+ {WHY_NOT}")
        self.rfile.readline()
        self.say("-ERR Authentication failure")

    def do_list(self, _rest: str) -> None:
        self.say("+OK")
        for uid, content in self.office.mails.items():
            self.say(f"{uid} {len(content)}")
        self.say(".")

    def do_retr(self, rest: str) -> None:
        if int(rest) in self.office.broken:
            self.say("-ERR The message cannot be converted to RFC822.")
            return
        self.say("+OK")
        for one in self.office.mails[int(rest)].splitlines():
            self.wfile.write((b"." if one.startswith(b".") else b"") + one + b"\r\n")
        self.say(".")

    def do_dele(self, rest: str) -> None:
        self.gone.add(int(rest))
        self.say("+OK")

    def do_quit(self, _rest: str) -> None:
        for uid in self.gone:
            del self.office.mails[uid]
        self.say("+OK")
