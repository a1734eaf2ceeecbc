/* SPDX-License-Identifier: Apache-2.0 */
/* notice_list.h - the events of a run go to the progress display; warnings and errors get
 * their hints on the way and are kept for the result.
 *
 * Layer: cli.
 */
#ifndef CLI_NOTICE_LIST_H
#define CLI_NOTICE_LIST_H

#include "cli/hints.h"
#include "cli/progress.h"

#define NOTICES_MAX 1000 /* of each kind, kept for the result; all are shown */

struct notices {
    struct jsout *items; /* NULL: none so far */
    size_t count;
};

struct notice_list {
    struct progress *progress;
    const struct command *command;
    const void *options;  /* the parsed options of the command */
    pthread_mutex_t lock; /* guards all below */
    struct notices warnings, errors;
    char last_hint[HINT_MAX]; /* the same one is not shown twice in a row */
};

void notice_list_init(struct notice_list *w, struct progress *progress,
                      const struct command *command, const void *options);

/* For struct events. */
void notice_list_emit(void *list, const struct event *event);

/* Put them into the result, as "warnings" and "errors", and release the list. */
void notice_list_finish(struct notice_list *w, struct result *r);

#endif
