/* SPDX-License-Identifier: Apache-2.0 */
/* found_list.h - the images that files name, how certain each is, and where it is named.
 *
 * Layer: lists.
 */
#ifndef LISTS_FOUND_LIST_H
#define LISTS_FOUND_LIST_H

#include "base/events.h"
#include "oci/reference.h"

#include <stdint.h>

#define FOUND_MAX 50000 /* different names */
#define FOUND_PLACES_MAX                                                                 \
    100000 /* kept in all, but the first of each name; the rest is only counted */
#define FOUND_PLACES_OF_NAME 100 /* kept of one name */
#define FOUND_PATH_MAX       512 /* bytes of a path, the NUL included */
#define FOUND_NAME_MAX       (REFERENCE_TEXT_MAX + sizeof("oci://"))

enum confidence {
    CONFIDENCE_MAYBE,  /* could be a name: not used unless asked for */
    CONFIDENCE_LIKELY, /* text that is a complete reference */
    CONFIDENCE_SURE,   /* at a place that is defined to hold an image */
};

/* Where a name is; texts are borrowed by found_list_add(), which copies them. */
struct found_place {
    const char *file;              /* lives as long as the list */
    size_t line, column, document; /* from 1; column, document 0: a list of lines */
    enum confidence confidence;
    const char *kind, *object,
        *path; /* of the Kubernetes object, or ""; in the document */
};

struct found_image {
    struct reference ref;
    char *name;                 /* canonical: see found_name() */
    enum confidence confidence; /* the highest of its places */
    struct found_place *places;
    size_t place_count, place_cap;
    size_t total; /* places, also those that are not kept */
};

struct found_list {
    struct found_image **items;
    size_t count, cap;
    size_t places;
    void *by_name; /* a tree of tsearch(3) */
    char **files;  /* names of files, owned */
    size_t file_count, file_cap;
};

#define FOUND_LIST_INIT                                                                  \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* The canonical name with tag and digest, where it has both; reference_parse() reads it:
 * "oci://" is put before a host that would not be taken for one. */
void found_name(const struct reference *ref, char out[FOUND_NAME_MAX]);

/* Keep a copy of a file's name, for places. */
const char *found_list_file(struct found_list *list, const char *name);

/* Add a name, or another place of it.  Errors: ERR_LIMIT - more than FOUND_MAX. */
MUST_USE int found_list_add(struct found_list *list, const struct reference *ref,
                            const struct found_place *place, struct err *err);

/* Sort by name.  Add nothing afterwards that relies on indexes. */
void found_list_sort(struct found_list *list);
/* The image with this name, or NULL. */
const struct found_image *found_list_find(const struct found_list *list,
                                          const struct reference *ref);
void found_list_release(struct found_list *list);

/* Note the names that are less certain than that, those that have got a tag, and those of
 * a cluster, which needs an image that they do not tell. */
void found_list_note(const struct found_list *list, enum confidence at_least,
                     const struct events *events);

const char *confidence_word(enum confidence c);

#endif
