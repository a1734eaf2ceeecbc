/* SPDX-License-Identifier: Apache-2.0 */
/* findings.h - the results of a look at a machine and a registry, one line each.
 *
 * Layer: ops.
 */
#ifndef OPS_DOCTOR_FINDINGS_H
#define OPS_DOCTOR_FINDINGS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define FINDINGS_MAX 4096 /* more are dropped; the last one says so */

enum finding_state {
    FINDING_OK,
    FINDING_NOTE,    /* worth knowing; nothing to do */
    FINDING_WARNING, /* something may not work */
    FINDING_ERROR,   /* something does not work */
};

struct finding {
    const char *subject; /* a word: "trust", "clock", "uploads" */
    enum finding_state state;
    struct err err; /* message, hint, reason; kind only with FINDING_ERROR */
};

struct findings {
    struct finding *items;
    size_t count, cap;
};

#define FINDINGS_INIT                                                                    \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* Add a finding; *e has its message, and may have a reason and a hint. */
void findings_add(struct findings *f, const char *subject, enum finding_state state,
                  const struct err *e);

/* findings_add() with a text. */
void findings_say(struct findings *f, const char *subject, enum finding_state state,
                  const char *fmt, ...) PRINTF(4, 5);

/* The word that is shown: "ok", "note", "warning", "error". */
const char *finding_word(enum finding_state state);

/* The first of the most serious findings; NULL: there are none. */
const struct finding *findings_worst(const struct findings *f);

/* The error of that finding, with the number of errors, if it is one. */
MUST_USE int findings_judge(const struct findings *f, struct err *err);
void findings_release(struct findings *f);

#endif
