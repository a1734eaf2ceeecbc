"""delay.py PORT SECONDS - a far-away server: what goes to a local port and back, later.

Prints the port it listens on.  Every byte arrives half of SECONDS after it was sent, as on
a long line: later bytes do not wait for earlier ones to be answered.
"""
import asyncio
import sys

CHUNK = 1 << 18
AHEAD = 64  # pieces on the line; a sender that is faster waits


async def carry(reader, writer, delay):
    """From reader to writer, each piece when its time has come."""
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
            await line.put((clock() + delay, piece))
            if not piece:
                break
        await sender
    except ConnectionError:
        sender.cancel()
    finally:
        writer.close()


async def main(port, seconds):
    async def accept(reader, writer):
        await asyncio.sleep(seconds)  # the handshake takes one way there and back
        far = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, far[1], seconds / 2),
                             carry(far[0], writer, seconds / 2), return_exceptions=True)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
