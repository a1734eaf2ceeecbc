/* SPDX-License-Identifier: Apache-2.0 */
/* settings_file.h - the lines of a settings file.
 *
 *     # comment
 *     jobs = 8
 *     [import]
 *     target = registry.corp:5000/mirror
 *
 * Blanks around names and values do not count.  A value extends to the end of its line:
 * there are no quotes, escapes, or comments behind values.
 *
 * Layer: cli.
 */
#ifndef CLI_SETTINGS_FILE_H
#define CLI_SETTINGS_FILE_H

#include "base/err.h"

#include <stddef.h>

#define SETTINGS_FILE_MAX (64U << 10) /* bytes of a file */
#define SETTINGS_LINE_MAX 4096        /* bytes of a line */

/* A line with a value; borrowed. */
struct settings_line {
    size_t number;       /* from 1 */
    const char *section; /* "" before the first one */
    const char *name, *value;
};

typedef int settings_line_fn(void *ctx, const struct settings_line *line,
                             struct err *err);
/* Called for the heading of a section. */
typedef int settings_section_fn(void *ctx, const char *section, struct err *err);

/*
 * Call fn for each line with a value, until one fails.  Errors are prefixed with
 * "PATH:LINE".
 * Errors: ERR_USAGE - a line is malformed; ERR_LIMIT; those of the functions.
 */
MUST_USE int settings_file_read(const char *path, const char *text, size_t len,
                                settings_section_fn *section, settings_line_fn *fn,
                                void *ctx, struct err *err);

#endif
