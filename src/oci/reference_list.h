/* SPDX-License-Identifier: Apache-2.0 */
/* reference_list.h - references from the command line and from list files, in order.
 *
 * Layer: oci.
 */
#ifndef OCI_REFERENCE_LIST_H
#define OCI_REFERENCE_LIST_H

#include "oci/reference.h"

#include <stdint.h>

#define REFERENCE_LIST_MAX 10000 /* names in one bundle */

/* Where a reference was given. */
struct reference_place {
    const char *file; /* borrowed; NULL: on the command line */
    size_t line;      /* from 1 */
    bool has_bare; /* a digest is required here, and elsewhere the tag alone is given */
};

struct reference_list {
    struct reference *items;
    struct reference_place *places; /* of items */
    size_t count, cap, place_cap;
    bool takes_repositories; /* a name without tag and digest means all its tags */
    /* Called first with each text, unless NULL: 1 it was taken, and is not a reference;
     * 0 parse it; -1. */
    int (*take)(void *ctx, const char *text, size_t len,
                const struct reference_place *place, struct err *err);
    void *take_ctx;
    uint32_t *slots; /* hash table by name: index + 1, 0 is free */
    size_t slot_count;
};

#define REFERENCE_LIST_INIT                                                              \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/*
 * Append one; a duplicate name is dropped.  When only one of the two has a digest, that
 * digest stays, with its place.  place: NULL for the command line.
 * Errors: ERR_USAGE - not a reference, or the same tag with two different digests;
 *         ERR_LIMIT - more than REFERENCE_LIST_MAX.
 */
MUST_USE int reference_list_add(struct reference_list *list, const char *text, size_t len,
                                const struct reference_place *place, struct err *err);
MUST_USE int reference_list_add_parsed(struct reference_list *list,
                                       const struct reference *ref,
                                       const struct reference_place *place,
                                       struct err *err);

/* Where a name was given, or for a tag the repository that it was expanded from; NULL:
 * it is not in the list. */
const struct reference_place *reference_list_place(const struct reference_list *list,
                                                   const struct reference *ref);

/* Put "FILE:LINE: " before the message.  place NULL, or the command line: nothing. */
int reference_place_wrap(struct err *err, const struct reference_place *place);

void reference_list_release(struct reference_list *list);

#endif
