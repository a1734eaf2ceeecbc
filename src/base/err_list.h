/* SPDX-License-Identifier: Apache-2.0 */
/* err_list.h - several failures of one step, collected to be reported in one run.
 *
 * Layer: base.
 */
#ifndef BASE_ERR_LIST_H
#define BASE_ERR_LIST_H

#include "base/events.h"

#include <stddef.h>

#define ERR_LIST_MAX 1000 /* kept; the rest is only counted */

struct err_list {
    struct err *items;
    size_t count, cap;
    size_t total;
};

#define ERR_LIST_INIT                                                                    \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* Add a copy of *err. */
void err_list_add(struct err_list *list, const struct err *err);

/*
 * Turn the list into one result.  Empty: 0.  One failure: that failure.  More: each goes
 * to events_error() in order, and *err is "TOTAL what", with the kind of the first; it
 * has reason, subject and hint only where all failures share them.
 */
MUST_USE int err_list_end(const struct err_list *list, const struct events *to,
                          const char *what, struct err *err);

void err_list_release(struct err_list *list);

#endif
