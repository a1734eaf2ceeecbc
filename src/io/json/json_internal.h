/* SPDX-License-Identifier: Apache-2.0 */
/* json_internal.h - shared by parsing and writing: the library and its nodes.
 *
 * Layer: io.
 */
#ifndef IO_JSON_JSON_INTERNAL_H
#define IO_JSON_JSON_INTERNAL_H

#include "io/json/json.h"

#include <jansson.h>

/* Called before the first node, so that no other thread changes the allocator
 * meanwhile. */
void js_prepare(void);

/* The library stores nodes as json_t; outside of json they are struct js. */
static inline json_t *
js_node(const struct js *j)
{
    union {
        const struct js *in;
        json_t *out;
    } cast = {.in = j};

    return cast.out;
}

#endif
