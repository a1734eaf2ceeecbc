/* SPDX-License-Identifier: Apache-2.0 */
/* result.h - the result of a command: text for the terminal, one JSON object for
 * programs.
 *
 * A command fills both; main() prints the requested one, once, at the end.
 *
 * Layer: render.
 */
#ifndef RENDER_RESULT_H
#define RENDER_RESULT_H

#include "base/buf.h"
#include "base/digest.h"
#include "bundle/format/layout.h"
#include "bundle/reader/bundle_content.h"
#include "io/json/json.h"

#define RESULT_TEXT_MAX (64U << 20) /* bytes */

struct result {
    struct buf text;
    size_t columns;     /* maximum width of tables; 0: unlimited */
    bool colour;        /* of words that are a state: text is for a terminal */
    struct jsout *json; /* the object; owned */
};

#define RESULT_INIT                                                                      \
    {                                                                                    \
        .text = BUF_INIT(RESULT_TEXT_MAX)                                                \
    }

void result_init(struct result *r, const char *command);
void result_release(struct result *r);

/*
 * Append a line to the text, or part of one, escaped as by text_line().  Only a line end
 * at the end of fmt is kept: any other comes from a name.
 */
void result_say(struct result *r, const char *fmt, ...) PRINTF(2, 3);

enum result_state { RESULT_GOOD, RESULT_DOUBTFUL, RESULT_BAD };

/* Append a word that is a state, such as "failed": coloured on a terminal. */
void result_say_state(struct result *r, enum result_state state, const char *word);

/* Append text that is known to be safe, or meant for another program, unchanged. */
void result_add(struct result *r, const char *fmt, ...) PRINTF(2, 3);

/* A digest as a JSON member. */
void result_put_digest(struct jsout *obj, const char *key, const struct digest *d);

/* {"name","kind","mediaType","artifactType","digest","size"} of an entry, and
 * "digestMadeHere" where that is so. */
struct jsout *result_entry(const struct image_set *set, const struct image_entry *e);

/*
 * For an entry whose index was rebuilt: the old digest, as a line and as the member
 * "rebuiltFrom" of its object; nothing for others.
 */
void result_rebuilt(struct result *r, struct jsout *image, const struct image_entry *e);

/* A line for the entries whose manifest was made here, if any. */
void result_made_here(struct result *r, const struct image_set *set);

/*
 * What a bundle holds: a line "contents", and the members objects, objectBytes,
 * bundleBytes and omitted.  note: what else the line says, or "".
 */
void result_contents(struct result *r, const struct bundle_content *c, const char *note);

/* stream, serial, created, expires, tool as members of obj. */
void result_put_meta(struct jsout *obj, const struct bundle_meta *meta);

/* Append the same fields to the text. */
void result_say_meta(struct result *r, const struct bundle_meta *meta);

#endif
