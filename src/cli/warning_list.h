/* SPDX-License-Identifier: Apache-2.0 */
/* warning_list.h - the events of a run go to the progress display; warnings get their
 * hints on the way and are kept for the result.
 *
 * Layer: cli.
 */
#ifndef CLI_WARNING_LIST_H
#define CLI_WARNING_LIST_H

#include "cli/commands/commands.h"
#include "cli/progress.h"

#define WARNINGS_MAX 1000 /* kept for the result; all are shown */

struct warning_list {
    struct progress *progress;
    const struct command *command;
    const void *options;  /* what its command line was parsed into */
    pthread_mutex_t lock; /* guards all below */
    struct jsout *items;  /* NULL: none so far */
    size_t count;
};

void warning_list_init(struct warning_list *w, struct progress *progress,
                       const struct command *command, const void *options);

/* For struct events. */
void warning_list_emit(void *list, const struct event *event);

/* Put what was warned of into the result, as "warnings", and release the list. */
void warning_list_finish(struct warning_list *w, struct result *r);

#endif
