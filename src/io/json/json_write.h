/* SPDX-License-Identifier: Apache-2.0 */
/* json_write.h - build small JSON documents and write them.
 *
 * Layer: io.
 */
#ifndef IO_JSON_JSON_WRITE_H
#define IO_JSON_JSON_WRITE_H

#include "io/json/json.h"

struct jsout *jsout_object(void);
struct jsout *jsout_array(void);

/* Put a member; text that is not UTF-8 is escaped as by text_line().  NULL text: null. */
void jsout_put_text(struct jsout *obj, const char *key, const char *text);
void jsout_put_u64(struct jsout *obj, const char *key, uint64_t number);
void jsout_put_bool(struct jsout *obj, const char *key, bool value);
/* Put "kind", "reason" if there is one, and "id", both with a dot between. */
void jsout_put_kind(struct jsout *obj, enum err_kind kind, enum err_reason reason);
/* Copy a parsed node with its descendants; the document may be closed then. */
struct jsout *jsout_copy(const struct js *node);
/* Remove a member, if present. */
void jsout_drop(struct jsout *obj, const char *key);
/* These take ownership of the child; an existing key keeps its position. */
void jsout_put(struct jsout *obj, const char *key, struct jsout *child);
void jsout_append(struct jsout *array, struct jsout *child);
void jsout_append_text(struct jsout *array, const char *text);

/*
 * Write it compactly, without a newline, and free it, also on failure.
 * Errors: ERR_LIMIT - the buffer's maximum would be exceeded.
 */
MUST_USE int jsout_write(struct jsout *root, struct buf *out, struct err *err);
/* As jsout_write(), one member a line, for files that people edit. */
MUST_USE int jsout_write_indented(struct jsout *root, struct buf *out, struct err *err);
/* As jsout_write(), in ASCII without any control character, so safe for terminals. */
MUST_USE int jsout_print(struct jsout *root, struct buf *out, struct err *err);
void jsout_free(struct jsout *root); /* when it is not written */

#endif
