/* SPDX-License-Identifier: Apache-2.0 */
/* hints.h - what to type about an error: by its reason, and by the command that met it.
 *
 * Below cli a hint names no option and no command.  What it says there (a fact, or what
 * to do with a file) comes first, then what this table has.
 *
 * Layer: cli.
 */
#ifndef CLI_HINTS_H
#define CLI_HINTS_H

#include "cli/commands/commands.h"

/* Bytes of a whole hint. */
#define HINT_MAX sizeof(((struct err *)0)->hint)

/*
 * Complete a hint.  options: what the command line of that command was parsed into;
 * subject: as in struct err, which some hints quote.
 */
void hint_add(char hint[HINT_MAX], const struct command *command, const void *options,
              enum err_reason reason, const char *subject);

/* The same for an error. */
void hint_add_to(struct err *err, const struct command *command, const void *options);

#endif
