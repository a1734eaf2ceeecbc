"""A throw-away authority and a server that it vouches for."""
import os
import ssl
import subprocess

NAMES = ("localhost", "example.com", "*.example.com", "*.r.example.com", "example.org",
         "*.example.org", "docker.io", "*.docker.io", "evil.test", "*.evil.test",
         "r.example.com.evil.test")
ADDRESSES = [f"127.0.0.{n}" for n in range(1, 21)] + ["::1"]


class Authority:
    """Made in a folder; .ca is the file for --ca-file, .server the SSLContext of servers."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.ca = os.path.join(folder, "ca.pem")
        self._openssl("req", "-x509", *self._new("ca"), "-out", "ca.pem", "-subj",
                      "/CN=throw-away test authority", "-days", "2")
        self.server = self.certificate("server", NAMES, ADDRESSES)

    def certificate(self, name, names=(), addresses=()):
        """The SSLContext of a server with such a certificate."""
        subject = [f"DNS:{one}" for one in names] + [f"IP:{one}" for one in addresses]
        with open(os.path.join(self.folder, name + ".ext"), "w", encoding="ascii") as file:
            file.write("subjectAltName=" + ",".join(subject) + "\n")
        self._openssl("req", *self._new(name), "-subj", "/CN=test", "-out", name + ".csr")
        self._openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                      "-CAcreateserial", "-days", "2", "-extfile", name + ".ext",
                      "-out", name + ".pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.folder, name + ".pem"),
                                os.path.join(self.folder, name + ".key"))
        return context

    @staticmethod
    def _new(name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                "-keyout", name + ".key")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, capture_output=True)
