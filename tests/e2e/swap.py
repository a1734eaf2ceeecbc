#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A wire to a registry; with the first byte that goes along it, a file changes.

    swap.py PORT FILE OFFSET    prints its own port, then works until it is killed
"""
import socket
import sys
import threading

port, path, offset = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
once = threading.Lock()


def swap():
    if once.acquire(blocking=False):
        with open(path, "r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 1]))


def carry(source, sink, first=lambda: None):
    try:
        while data := source.recv(65536):
            first()
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    while True:
        client, _ = server.accept()
        registry = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=carry, args=(client, registry, swap), daemon=True).start()
        threading.Thread(target=carry, args=(registry, client), daemon=True).start()
