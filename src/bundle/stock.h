/* stock.h - the blobs that an older or unfinished bundle holds, or may hold.
 *
 * Names and places are taken from its headers, and nothing of it is trusted: whoever
 * takes a blob from there hashes it.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_STOCK_H
#define BUNDLE_STOCK_H

#include "bundle/layout.h"
#include "io/volumes.h"

struct stock {
    struct volumes file;           /* borrowed */
    struct bundle_member *members; /* sorted by digest */
    size_t count;
};

#define STOCK_INIT                                                                       \
    {                                                                                    \
        .members = NULL                                                                  \
    }

/*
 * Look through the headers, as far as they are good.
 * Errors: those of bundle_head(): what comes before the blobs is none of a bundle.
 */
MUST_USE int stock_open(struct stock *out, struct volumes file, struct err *err);
void stock_release(struct stock *s);

/* Where the body of a blob of that size begins, or would; false: not in there. */
bool stock_find(const struct stock *s, const struct digest *digest, uint64_t size,
                uint64_t *offset);

/*
 * Was this file begun for that layout?  Then every blob has its place there already.
 * SHA256SUMS tells.
 */
bool stock_is_of(const struct volumes *file, const struct layout *l);

#endif
