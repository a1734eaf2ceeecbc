/* SPDX-License-Identifier: Apache-2.0 */
/* json_write.h - build small JSON documents and write them compactly.
 *
 * Layer: io.
 */
#ifndef IO_JSON_JSON_WRITE_H
#define IO_JSON_JSON_WRITE_H

#include "io/json/json.h"

struct jsout *jsout_object(void);
struct jsout *jsout_array(void);

/* Put a member; a text that is not UTF-8 becomes what text_line() makes of it.  NULL
 * text: null. */
void jsout_put_text(struct jsout *obj, const char *key, const char *text);
void jsout_put_u64(struct jsout *obj, const char *key, uint64_t number);
void jsout_put_bool(struct jsout *obj, const char *key, bool value);
/* A node that was read, with all below it; the document may be closed then. */
struct jsout *jsout_copy(const struct js *node);
/* Take a member out, if it is there. */
void jsout_drop(struct jsout *obj, const char *key);
/* These take over the child; a key that is there already keeps its place. */
void jsout_put(struct jsout *obj, const char *key, struct jsout *child);
void jsout_append(struct jsout *array, struct jsout *child);
void jsout_append_text(struct jsout *array, const char *text);

/*
 * Write it compactly, without a newline, and free it, also on failure.
 * Errors: ERR_LIMIT - longer than the buffer may grow.
 */
MUST_USE int jsout_write(struct jsout *root, struct buf *out, struct err *err);
/* The same in ASCII without any control character, for people's terminals, too. */
MUST_USE int jsout_print(struct jsout *root, struct buf *out, struct err *err);
void jsout_free(struct jsout *root); /* when it is not written */

#endif
