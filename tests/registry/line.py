# SPDX-License-Identifier: Apache-2.0
"""line.py PORT SECONDS [PERCENT SEED] - a far-away server: a local port, later.

Prints the port it listens on.  Every byte arrives half of SECONDS after it was sent, as on
a long line: later bytes do not wait for earlier ones to be answered.  Of the pieces that
come, PERCENT of a hundred end their connection with a reset; each prints a line.
"""
import asyncio
import random
import socket
import struct
import sys

CHUNK = 1 << 18
AHEAD = 64  # pieces on the line; a sender that is faster waits


def reset(*writers):
    """End connections as a machine does that has forgotten them."""
    for writer in writers:
        end = writer.get_extra_info("socket")
        if end is not None and end.fileno() >= 0:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


async def carry(reader, writer, delay, is_lost):
    """From reader to writer, each piece when its time has come; true when it was cut."""
    line = asyncio.Queue(AHEAD)
    clock = asyncio.get_running_loop().time

    async def send():
        while True:
            due, piece = await line.get()
            await asyncio.sleep(max(0, due - clock()))
            if not piece:
                return
            writer.write(piece)
            await writer.drain()

    sender = asyncio.create_task(send())
    try:
        while not sender.done():
            piece = await reader.read(CHUNK)
            if piece and is_lost():
                sender.cancel()
                return True
            await line.put((clock() + delay, piece))
            if not piece:
                break
        await sender
    except ConnectionError:
        sender.cancel()
    writer.close()
    return False


async def main(port, seconds, percent, dice):
    def is_lost():
        return dice.random() * 100 < percent

    async def accept(reader, writer):
        await asyncio.sleep(seconds)  # the handshake takes one way there and back
        far = await asyncio.open_connection("127.0.0.1", port)

        async def one_way(source, sink):
            if await carry(source, sink, seconds / 2, is_lost):
                reset(writer, far[1])
                print("reset", flush=True)

        await asyncio.gather(one_way(reader, far[1]), one_way(far[0], writer),
                             return_exceptions=True)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


given = sys.argv[3:] or ["0", "0"]
asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), float(given[0]), random.Random(given[1])))
