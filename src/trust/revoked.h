/* SPDX-License-Identifier: Apache-2.0 */
/* revoked.h - the list of revoked keys, bundles and certificates.
 *
 * Layer: trust.
 */
#ifndef TRUST_REVOKED_H
#define TRUST_REVOKED_H

#include "base/buf.h"
#include "base/digest.h"

#define REVOKED_MAX         (1U << 20) /* bytes of the file */
#define REVOKED_ENTRIES_MAX 10000
#define REVOKED_SERIAL_MAX  40 /* hex digits of a certificate's serial number */

enum revoked_kind { REVOKED_KEY = 1, REVOKED_INDEX, REVOKED_CERTIFICATE };

struct revoked_entry {
    enum revoked_kind kind;
    struct digest id; /* key id; digest of index.json; key id of the issuer */
    char serial[REVOKED_SERIAL_MAX + 1]; /* of a certificate: hex, no leading zero */
};

/* A set: sorted, without duplicates. */
struct revoked {
    struct revoked_entry *items;
    size_t count, cap;
};

#define REVOKED_INIT                                                                     \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/*
 * One line: "key:HEX", "index:sha256:HEX" or "cert:HEX:SERIAL", HEX of 64 lowercase
 * digits. Returns: 0 and fills *out, or -1.
 */
MUST_USE int revoked_entry_parse(struct revoked_entry *out, const char *text, size_t len);

/*
 * A whole file: one entry per line, '#' begins a comment, empty lines are ignored.
 * Errors: ERR_USAGE naming the line, ERR_LIMIT.  *out is then empty.
 */
MUST_USE int revoked_parse(struct revoked *out, const char *text, size_t len,
                           struct err *err);
void revoked_release(struct revoked *r);

/* Add all entries of another set.  Errors: ERR_LIMIT; *r is then untouched. */
MUST_USE int revoked_join(struct revoked *r, const struct revoked *other,
                          struct err *err);

/*
 * Append the entries of `more` that `present` lacks as lines to the text of a file that
 * contains `present`.  text:    with a limit of REVOKED_MAX.
 * Returns: their number; -1.  The result can be parsed again.
 * Errors:  ERR_LIMIT.
 */
int revoked_append(struct buf *text, const struct revoked *present,
                   const struct revoked *more, struct err *err);

bool revoked_has(const struct revoked *r, const struct revoked_entry *entry);
bool revoked_has_key(const struct revoked *r, const struct digest *key_id);
bool revoked_has_index(const struct revoked *r, const struct digest *index);

#endif
