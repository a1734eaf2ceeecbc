/* SPDX-License-Identifier: Apache-2.0 */
/* yml.h - YAML and JSON documents as trees, within bounds.
 *
 * JSON texts may follow each other without "---"; escapes of surrogates in them, which
 * YAML does not have, become U+FFFD.  All scalars are text: "1.10", "on" and "0123" stay
 * as written, so the versions of YAML do not differ.  Repeated keys are kept.  An alias
 * is the node of its anchor itself; before a document is returned it is certain that it
 * has no cycle, and that walking all of it, through every alias, visits at most
 * YML_NODES_MAX nodes, YML_TEXT_MAX bytes of text and YML_DEPTH_MAX levels.
 *
 * Names: yml_ is ours; yaml_ belongs to the library.
 *
 * Layer:  io.  The only user of libyaml.
 * Source: YAML 1.1 and 1.2; RFC 8259.
 */
#ifndef IO_YAML_YML_H
#define IO_YAML_YML_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YML_BYTES_MAX     (32U << 20) /* of a file */
#define YML_DOCUMENTS_MAX 100000      /* in a file */
#define YML_DEPTH_MAX     128         /* levels */
#define YML_NODES_MAX     1000000     /* of a document, those of aliases each time */
#define YML_TEXT_MAX      (64U << 20) /* bytes of a document's text, counted likewise */
#define YML_SCALAR_MAX    (1U << 20)  /* bytes */
#define YML_ALIASES_MAX   10000       /* aliases, and anchors, of a document */
#define YML_MERGED_MAX    1000 /* keys of a mapping with "<<", and of what it merges */
#define YML_TAGS_MAX      100  /* %TAG directives of a file */

enum yml_kind { YML_TEXT, YML_LIST, YML_MAP };

struct yml_pair {
    const struct yml *key, *value;
};

struct yml {
    enum yml_kind kind;
    bool is_plain;         /* text without quotes */
    bool is_block;         /* text of several lines, after '|' or '>': it begins below */
    uint32_t line, column; /* from 1 */
    size_t count;          /* bytes of text, items of a list, pairs of a map */
    union {
        const char *text; /* NUL-terminated; may contain further NUL bytes */
        const struct yml *const *items;
        const struct yml_pair *pairs; /* "<<" is one of them */
    } of;
};

struct yml_stream;

/* Read documents from a text, which stays the caller's.  Never fails. */
struct yml_stream *yml_open(const char *text, size_t len);
void yml_close(struct yml_stream *s);    /* NULL is allowed */
void yml_release(struct yml_stream **s); /* for CLEANUP */

/*
 * The next document; it is valid until the next call.
 * Returns: 1; 0 at the end; -1.
 * Errors:  ERR_USAGE - not YAML ("yaml"); ERR_LIMIT.  yml_error_line() says where.
 */
MUST_USE int yml_next(struct yml_stream *s, const struct yml **root, struct err *err);
size_t yml_error_line(const struct yml_stream *s);

/* The value of a key of a map, also of one that "<<" merges; NULL: absent, or not a map.
 * The last of several. */
const struct yml *yml_get(const struct yml *map, const char *key);
/* The text of such a value; NULL: absent, or not text. */
const char *yml_get_text(const struct yml *map, const char *key);
/* Whether a node is this text. */
bool yml_is(const struct yml *node, const char *text);
/* Whether a node is null: unquoted "null" or "~", or nothing. */
bool yml_is_null(const struct yml *node);
/* Whether text is an unquoted "<<". */
bool yml_is_merge(const struct yml *key);

/*
 * Visit the pairs of a map, and those that "<<" merges unless the map has the key itself.
 * Stops at and returns the first non-zero result of fn.
 */
int yml_each(const struct yml *map,
             int (*fn)(void *ctx, const struct yml *key, const struct yml *value),
             void *ctx);

/* The version of libyaml that runs, such as "0.2.5". */
const char *yml_library_version(void);

#endif
