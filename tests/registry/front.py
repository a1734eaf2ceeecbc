# SPDX-License-Identifier: Apache-2.0
"""nginx on ports that the kernel picks: front.py FOLDER COUNT <TEMPLATE

The template of its "http" block says @1@, @2@ ... for the ports and @FOLDER@; the ports go to
stdout, one line.  The sockets are handed over, so no other process can take the ports.
"""
import os
import pathlib
import socket
import sys

folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
ports = [one.getsockname()[1] for one in sockets]
text = sys.stdin.read().replace("@FOLDER@", str(folder))
for number, port in enumerate(ports, 1):
    text = text.replace(f"@{number}@", f"127.0.0.1:{port}")
temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};"
                      for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
(folder / "nginx.conf").write_text(f"""
daemon off;
{"user root;" if os.getuid() == 0 else ""}
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
access_log {folder}/access.log;
{temporary}
{text}
}}
""")
for one in sockets:
    one.set_inheritable(True)
os.environ["NGINX"] = "".join(f"{one.fileno()};" for one in sockets)
print(*ports, flush=True)
os.dup2(os.open(folder / "out", os.O_WRONLY | os.O_CREAT, 0o600), 1)
os.execvp("nginx", ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")])
