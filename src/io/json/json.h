/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - strict JSON parsing, compact JSON output.
 *
 * Strict: UTF-8 without NUL, no duplicate keys, no trailing bytes, at most 32 levels
 * deep, at most 64 MiB of memory for all open documents of the process.  js_parse() waits
 * until the memory the document may need is free, so a thread has one document open at a
 * time and closes it soon: extract what you need, close, continue.
 *
 * Names: js_ reads, jsout_ writes; json_ belongs to the library.
 *
 * Layer:  io.  The only user of jansson.
 * Source: RFC 8259.
 */
#ifndef IO_JSON_JSON_H
#define IO_JSON_JSON_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct js; /* a node: object, array, string, number, ... */

/*
 * Parse one document: its root must be an object.
 * Returns: the root, closed by js_close(), or NULL.
 * Errors:  kind, with reason "json" - the caller knows where the bytes came from.
 */
struct js *js_parse(const void *bytes, size_t len, enum err_kind kind, struct err *err);

/*
 * As js_parse(), for documents of others that are never rewritten.  Valid values that
 * nodes cannot hold are replaced: "\u0000" and lone surrogates by U+FFFD, numbers out of
 * range by a number that is not an integer.
 */
struct js *js_parse_foreign(const void *bytes, size_t len, enum err_kind kind,
                            struct err *err);
/* As js_parse_foreign(), for documents whose root is an array. */
struct js *js_parse_foreign_array(const void *bytes, size_t len, enum err_kind kind,
                                  struct err *err);
void js_close(struct js *root);    /* NULL is allowed */
void js_release(struct js **root); /* for CLEANUP */

/*
 * Members of an object by key.  1: present with that type, *out set (borrowed from the
 * root).  0: absent.  -1: present with another type; also -1 when obj is not an object. A
 * u64 is an integer 0 .. 2^63-1; 1.0 and 1e3 are not integers.
 */
int js_string(const struct js *obj, const char *key, const char **out);
int js_u64(const struct js *obj, const char *key, uint64_t *out);
int js_bool(const struct js *obj, const char *key, bool *out);
int js_object(const struct js *obj, const char *key, const struct js **out);
int js_array(const struct js *obj, const char *key, const struct js **out);
bool js_has(const struct js *obj, const char *key);
bool js_is_null(const struct js *obj, const char *key); /* present, and null */

/* Number of elements of an array. */
size_t js_length(const struct js *array);
const struct js *js_at(const struct js *array, size_t index);
bool js_is_object(const struct js *node);
/* The text of a string node, NULL for any other. */
const char *js_text(const struct js *node);

/* Visit the members of an object in order; stops at and returns the first non-zero result
 * of fn. */
int js_each(const struct js *obj,
            int (*fn)(const char *key, const struct js *value, void *ctx), void *ctx);

/*
 * Go's encoding/json accepts "Layers" for "layers" (also with U+017F or U+212A), so a
 * document with such a key is ambiguous.  known ends with NULL.
 * Returns: the offending key of obj, or NULL.
 */
const char *js_ambiguous_key(const struct js *obj, const char *const *known);

/* The first key of obj that is not in known (which ends with NULL), or NULL. */
const char *js_unknown_key(const struct js *obj, const char *const *known);

/* ---- output: build a tree, write it on one line, keys in order of insertion ---- */

struct jsout; /* an object or array under construction */

/* The version of jansson that runs, such as "2.14". */
const char *js_library_version(void);

#endif
