/* SPDX-License-Identifier: Apache-2.0 */
/* reference_list.h - references from the command line and from list files, in order.
 *
 * Layer: oci.
 */
#ifndef OCI_REFERENCE_LIST_H
#define OCI_REFERENCE_LIST_H

#include "oci/reference.h"

#include <stdint.h>

#define REFERENCE_LIST_MAX       10000       /* names in one bundle */
#define REFERENCE_LIST_BYTES_MAX (16U << 20) /* bytes of one list file */

struct reference_list {
    struct reference *items;
    size_t count, cap;
    bool takes_repositories; /* a name without tag and digest stands for all its tags */
    uint32_t *slots;         /* hash table by name: index + 1, 0 is free */
    size_t slot_count;
};

#define REFERENCE_LIST_INIT                                                              \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/*
 * Append one; a name that is there already is dropped.  When only one of the two has a
 * digest, that digest stays: it is what the user insists on.
 * Errors: ERR_USAGE - not a reference, or the same tag with two different digests;
 *         ERR_LIMIT - more than REFERENCE_LIST_MAX.
 */
MUST_USE int reference_list_add(struct reference_list *list, const char *text, size_t len,
                                struct err *err);
MUST_USE int reference_list_add_parsed(struct reference_list *list,
                                       const struct reference *ref, struct err *err);

/*
 * Append all of a list: one reference a line, blanks around it and empty lines ignored,
 * '#' at the start of a line or after a blank begins a comment; CRLF is fine.
 * name is the file's, for messages: "images.txt:7: ...".
 * Errors: as reference_list_add(); ERR_USAGE - NUL byte in it.
 */
MUST_USE int reference_list_add_lines(struct reference_list *list, const char *text,
                                      size_t len, const char *name, struct err *err);

void reference_list_release(struct reference_list *list);

#endif
