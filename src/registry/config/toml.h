/* SPDX-License-Identifier: Apache-2.0 */
/* toml.h - reading the part of TOML that configuration files of container tools use.
 *
 * Shape:  comments; tables "[name]" and elements "[[name]]", where a name may have dots;
 *         "key = value" with a bare or a quoted key; strings "..." and '...', true and
 *         false, arrays of strings over one or more lines.  Not: dotted keys, inline
 *         tables, numbers, dates, multi-line strings, \u escapes.  Anything
 *         else is rejected; so is a duplicate key or table.
 * Layer:  registry.
 * Source: TOML v1.0.
 */
#ifndef REGISTRY_CONFIG_TOML_H
#define REGISTRY_CONFIG_TOML_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define TOML_BYTES_MAX (1U << 20) /* of a document */
#define TOML_TEXT_MAX  4096       /* bytes of a key, a table's name or a string */
#define TOML_KEYS_MAX  4096       /* of one table, tables of a document, array elements */

enum toml_kind { TOML_STRING, TOML_BOOL, TOML_ARRAY };

struct toml_value {
    enum toml_kind kind;
    const char *text; /* of a string: without NUL, may contain bytes beyond ASCII */
    bool flag;
    const char *const *items; /* of an array */
    size_t count;
};

/* Called for each element, in document order.  Arguments are borrowed until the call
 * returns; a result other than 0 ends parsing, with *err set. */
struct toml_reader {
    int (*table)(void *ctx, const char *name, bool is_element, unsigned line,
                 struct err *err);
    /* A key of the current table, or of the document before the first table. */
    int (*value)(void *ctx, const char *key, const struct toml_value *value,
                 struct err *err);
    void *ctx;
};

/*
 * Parse a document; name is that of its file, for messages.
 * Errors: ERR_USAGE; ERR_LIMIT - more than the bounds above; those of the reader.  All
 *         are prefixed with the name and the line.
 */
MUST_USE int toml_read(const char *name, const char *bytes, size_t len,
                       const struct toml_reader *to, struct err *err);

#endif
