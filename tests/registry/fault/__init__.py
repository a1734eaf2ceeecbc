# SPDX-License-Identifier: Apache-2.0
"""A registry that keeps to the distribution protocol until it is told not to.

    lab.py       a whole network on loopback: registry, storage, token server, proxy
    wire.py      HTTP/1.1 by hand: requests in, replies out, with every byte in our power
    store.py     what a registry keeps: blobs, manifests, tags, uploads
    protocol.py  the distribution protocol on a store
    access.py    who may do what: Basic, Bearer, the token server
    faults.py    rules, and everything that can go wrong
    log.py       every request there was, and questions about them
    tls.py       a throw-away authority

Needs nothing but python3 and, for TLS, the openssl command.  In a test everything runs in
threads of the test itself, so a fault may be any function.  As a program:

    python3 -m fault SCRIPT      (in this folder's parent; see __main__.py)
"""
