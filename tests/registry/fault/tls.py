# SPDX-License-Identifier: Apache-2.0
"""A throw-away authority and a server that it vouches for."""
import os
import secrets
import ssl
import subprocess

NAMES = ("localhost", "example.com", "*.example.com", "*.r.example.com", "example.org",
         "*.example.org", "docker.io", "*.docker.io", "evil.test", "*.evil.test",
         "r.example.com.evil.test")
PUBLIC = "203.0.113.7"  # reserved for documentation (RFC 5737); a proxy can lead anywhere
PRIVATE = ("10.0.0.7", "169.254.169.254", "100.64.0.7", "192.168.0.7")
ADDRESSES = [f"127.0.0.{n}" for n in range(1, 21)] + ["::1", PUBLIC, "203.0.113.8", *PRIVATE]


class Authority:
    """Made in a folder; .ca is the file for --ca-file, .server the SSLContext of servers."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.ca = os.path.join(folder, "ca.pem")
        self._openssl("req", "-x509", *self._new("ca"), "-out", "ca.pem", "-subj",
                      "/CN=throw-away test authority", "-days", "2")
        self.server = self.certificate("server", NAMES, ADDRESSES)

    def stranger(self):
        """The file of another authority, which has signed nothing here."""
        self._openssl("req", "-x509", *self._new("stranger"), "-out", "stranger.pem", "-subj",
                      "/CN=another authority", "-days", "2")
        return os.path.join(self.folder, "stranger.pem")

    def certificate(self, name, names=(), addresses=(), dates=None):
        """The SSLContext of a server with such a certificate; dates: from and until."""
        subject = [f"DNS:{one}" for one in names] + [f"IP:{one}" for one in addresses]
        with open(os.path.join(self.folder, name + ".ext"), "w", encoding="ascii") as file:
            file.write("subjectAltName=" + ",".join(subject) + "\n")
        self._openssl("req", *self._new(name), "-subj", "/CN=test", "-out", name + ".csr")
        if dates:
            self._sign_for(name, *dates)
        else:
            self._openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey",
                          "ca.key", "-set_serial", str(secrets.randbits(63)), "-days", "2",
                          "-extfile", name + ".ext", "-out", name + ".pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.folder, name + ".pem"),
                                os.path.join(self.folder, name + ".key"))
        context.verify_mode = ssl.CERT_OPTIONAL  # to see who shows a certificate of its own
        context.load_verify_locations(self.ca)
        return context

    def client(self):
        """The file of a client's certificate and its key."""
        self.certificate("client", ["client.test"])
        path = os.path.join(self.folder, "client-both.pem")
        with open(path, "wb") as both:
            for end in (".pem", ".key"):
                with open(os.path.join(self.folder, "client" + end), "rb") as part:
                    both.write(part.read())
        os.chmod(path, 0o600)
        return path

    def _sign_for(self, name, start, end):
        """Only "openssl ca" can sign for another time than from now on."""
        config = os.path.join(self.folder, name + ".cnf")
        with open(config, "w", encoding="ascii") as file:
            file.write(f"[ca]\ndefault_ca = here\n[here]\ndatabase = {name}.db\n"
                       f"new_certs_dir = .\nrand_serial = yes\ndefault_md = sha256\n"
                       f"policy = any\n[any]\ncommonName = supplied\n")
        with open(os.path.join(self.folder, name + ".db"), "w", encoding="ascii"):
            pass
        self._openssl("ca", "-batch", "-config", name + ".cnf", "-in", name + ".csr", "-cert",
                      "ca.pem", "-keyfile", "ca.key", "-startdate", start, "-enddate", end,
                      "-extfile", name + ".ext", "-out", name + ".pem", "-notext")

    @staticmethod
    def _new(name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                "-keyout", name + ".key")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, capture_output=True)
