/* SPDX-License-Identifier: Apache-2.0 */
/* name_pages.h - lists of names that come in pages: the tags of a repository, the
 * repositories of a registry.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Listing Tags".
 */
#ifndef REGISTRY_NAME_PAGES_H
#define REGISTRY_NAME_PAGES_H

#include "images/image_source.h"
#include "oci/reference.h"
#include "registry/connection/client.h"

/* What is listed. */
struct list_kind {
    const char *rest;              /* of the path: "tags/list" */
    const char *member;            /* "tags": an array of strings */
    const char *title;             /* for messages: "the list of tags" */
    bool (*is_name)(const char *); /* other strings are ignored */
};

extern const struct list_kind tag_list, catalog_list;

/* Summary of one page. */
struct name_page {
    size_t count;                      /* entries */
    size_t odd;                        /* invalid names among them, which are ignored */
    char last[REFERENCE_PATH_MAX + 1]; /* the last name, "" for an empty page */
};

/*
 * Parse the body of one answer.  The array may be null or absent when there are none.
 * Errors: ERR_PROTOCOL; those of take().
 */
MUST_USE int name_page_read(struct name_page *out, const struct list_kind *list,
                            const void *body, size_t len, const struct name_sink *sink,
                            struct err *err);

/*
 * All pages of a list at one place; *refused is the status of a first page that is
 * refused, else 0.  *odd counts invalid names.  take() must not parse JSON.
 * Errors: as pull.h; ERR_LIMIT - too many pages; those of take().
 */
MUST_USE int name_pages_read(struct session *s, const struct repository *at,
                             const struct list_kind *list, const struct name_sink *sink,
                             size_t *odd, long *refused, struct err *err);

/* Report the number of invalid names.  of: "reg.corp/app". */
void name_pages_warn(const struct session *s, const struct list_kind *list,
                     const char *of, size_t odd);

#endif
