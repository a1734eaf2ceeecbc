/* SPDX-License-Identifier: Apache-2.0 */
/* compose_text.h - variables in compose files, and the files that set them.
 *
 * Layer: lists.
 * Source: docs.docker.com, "Interpolation" and ".env file syntax".
 */
#ifndef LISTS_COMPOSE_TEXT_H
#define LISTS_COMPOSE_TEXT_H

#include "base/buf.h"

#include <stdbool.h>

#define COMPOSE_TEXT_MAX      (64U << 10) /* bytes of a text with all variables replaced */
#define COMPOSE_LEVELS_MAX    16          /* of variables within variables */
#define COMPOSE_USES_MAX      1000        /* of variables in a text, and within them */
#define COMPOSE_VARIABLES_MAX 10000       /* in files */

struct compose_variable {
    char *name, *value;
    bool is_literal; /* in single quotes: '$' is a character */
};

/* Variables of files; those of the environment come first. */
struct compose_variables {
    struct compose_variable *items;
    size_t count, cap;
    const char *(*environment)(const char *name); /* NULL: none */
};

/*
 * Add the variables of a file: NAME=VALUE, also after "export", with quotes and comments.
 * A later one replaces an earlier one.
 * Errors: ERR_USAGE - a line that is none of these, a missing quote; ERR_LIMIT.
 */
MUST_USE int compose_variables_add(struct compose_variables *v, const char *text,
                                   size_t len, struct err *err);
void compose_variables_release(struct compose_variables *v);

/*
 * Replace $NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?error},
 * ${NAME?error},
 * ${NAME:+other}, ${NAME+other} and $$.
 * Errors: ERR_USAGE - a variable without a default is not set ("variable"), where compose
 *         would use no text; a '$' that is none of these; ERR_LIMIT.
 */
MUST_USE int compose_text_replace(const struct compose_variables *v, const char *text,
                                  size_t len, struct buf *out, struct err *err);

#endif
