/* SPDX-License-Identifier: Apache-2.0 */
/* toml.h - reading the part of TOML that configuration files of container tools use.
 *
 * Shape:  comments; tables "[name]" and elements "[[name]]", where a name may have dots;
 *         "key = value" with a bare or a quoted key; strings "..." and '...', true and
 *         false, arrays of strings over one or more lines.  Not: dotted keys, inline
 *         tables, numbers, dates, strings of several lines, \u escapes.  Whatever is not
 *         understood is refused; so is a key or a table given twice.
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
    const char *text; /* of a string: no NUL inside, perhaps bytes beyond ASCII */
    bool flag;
    const char *const *items; /* of an array */
    size_t count;
};

/* Told what there is, in the order of the document.  What they get is borrowed and ends
 * with the call; not 0 ends the reading, with *err set. */
struct toml_reader {
    int (*table)(void *ctx, const char *name, bool is_element, unsigned line,
                 struct err *err);
    /* Of the table told last, or of the document itself before the first one. */
    int (*value)(void *ctx, const char *key, const struct toml_value *value,
                 struct err *err);
    void *ctx;
};

/*
 * Read a document; name is that of its file, for messages.
 * Errors: ERR_USAGE; ERR_LIMIT - more than the bounds above; what the reader says.  All
 *         with the name and the line before them.
 */
MUST_USE int toml_read(const char *name, const char *bytes, size_t len,
                       const struct toml_reader *to, struct err *err);

#endif
