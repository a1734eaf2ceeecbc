/* SPDX-License-Identifier: Apache-2.0 */
/* finder.h - what the readers of documents share: where they are, and what to do with a
 * text that is, or may be, the name of an image.
 *
 * Layer: lists.
 */
#ifndef LISTS_FINDER_H
#define LISTS_FINDER_H

#include "base/err_list.h"
#include "io/yaml/yml.h"
#include "lists/found_list.h"

#include <regex.h>

/* Names that are left out, by extended regular expressions. */
struct name_filter {
    regex_t *items;
    size_t count, cap;
};

/* Errors: ERR_USAGE - not an expression. */
MUST_USE int name_filter_add(struct name_filter *filter, const char *pattern,
                             struct err *err);
bool name_filter_matches(const struct name_filter *filter, const char *text);
void name_filter_release(struct name_filter *filter);

/* A key, or with key NULL an index. */
struct finder_step {
    const struct yml *key;
    size_t index;
};

struct finder {
    struct found_list *found;
    const struct name_filter *ignore;
    const struct events *events;
    struct err_list *bad; /* names that cannot be used */

    /* Where it is now. */
    const char *file;
    size_t document, line_before; /* of a document inside of a value: lines above it */
    const char *kind, *object;
    struct finder_step steps[2 * YML_DEPTH_MAX];
    size_t depth;
    bool is_inside;         /* of a value */
    bool defines_resources; /* a CustomResourceDefinition was seen */
};

/* Go to a member of a map, or an item of a list, and back. */
void finder_enter_key(struct finder *f, const struct yml *key);
void finder_enter_item(struct finder *f, size_t index);
void finder_leave(struct finder *f);

/* "spec.containers[0].image"; cut where it is too long. */
void finder_path(const struct finder *f, char out[FOUND_PATH_MAX]);

/* Into a document that is the text of a value, and back. */
struct finder_place {
    size_t depth, line_before;
    const char *kind, *object;
};
void finder_go_inside(struct finder *f, const struct yml *at,
                      struct finder_place *outside);
void finder_come_back(struct finder *f, const struct finder_place *outside);

/*
 * Text at a place that is defined to hold an image.  What is not a reference goes to
 * f->bad; empty text and null are ignored.
 * Errors: ERR_LIMIT.
 */
MUST_USE int finder_sure(struct finder *f, const struct yml *at, const char *text,
                         struct err *err);
/*
 * All complete references in a text: with a host, a path, and a tag or digest.
 * Returns: how many there are; or -1.
 * Errors: ERR_LIMIT.
 */
MUST_USE int finder_likely(struct finder *f, const struct yml *at, const char *text,
                           struct err *err);
/* Text that may be a name; when it is not a reference, nothing.  Errors: ERR_LIMIT. */
MUST_USE int finder_maybe(struct finder *f, const struct yml *at, const char *text,
                          struct err *err);

/* Something in the document cannot be read: to f->bad, with its place. */
void finder_refuse(struct finder *f, const struct yml *at, struct err *why);
/* A note about a place. */
void finder_note(const struct finder *f, const struct yml *at, const char *fmt, ...)
    PRINTF(3, 4);

/* Whether text is a complete reference: with a host, a path, and a tag or digest. */
bool finder_is_complete(struct reference *out, const char *text, size_t len);

/* Whether a text is part of a template that has not been rendered. */
bool finder_is_template(const char *text);

#endif
