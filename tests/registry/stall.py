#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A wire that goes quiet: relay to a registry and stop passing answers on after N bytes.

    stall.py PORT BYTES [SECONDS]

PORT is the registry's on loopback; BYTES is how much of its answers all connections
together let through before nothing more comes, or nothing for so many seconds.  SIGUSR1
ends that.  Prints the port it listens on, then runs until it is killed.
"""
import signal
import socket
import sys
import threading


class Wire:
    """Shared by all connections: the number of bytes that may still pass."""

    def __init__(self, size, seconds):
        self._left = size
        self._seconds = seconds
        self._lock = threading.Lock()
        self._over = threading.Event()
        signal.signal(signal.SIGUSR1, lambda *_: self._over.set())

    def carry(self, data):
        """Comes back when the data may be sent on."""
        with self._lock:  # held while it is quiet: then nothing passes
            self._left -= len(data)
            if self._left < 0:
                self._over.wait(self._seconds)
                self._left = 1 << 60


def pump(source, sink, wire=None):
    try:
        while data := source.recv(4096):
            if wire:
                wire.carry(data)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def main():
    port, size, seconds = map(int, [*sys.argv[1:], 10**6][:3])
    wire = Wire(size, seconds)
    door = socket.create_server(("127.0.0.1", 0))
    print(door.getsockname()[1], flush=True)
    while True:
        near, _ = door.accept()
        far = socket.create_connection(("127.0.0.1", port))
        for ends in ((near, far), (far, near, wire)):
            threading.Thread(target=pump, args=ends, daemon=True).start()


if __name__ == "__main__":
    main()
