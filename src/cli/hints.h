/* SPDX-License-Identifier: Apache-2.0 */
/* hints.h - what to type after an error: by its reason, and by the command.
 *
 * Below cli a hint names no option and no command.  Such a hint (a fact, or what to do
 * with a file) comes first, followed by the one of this table.
 *
 * Layer: cli.
 */
#ifndef CLI_HINTS_H
#define CLI_HINTS_H

#include "cli/commands/commands.h"

/* Bytes of a whole hint. */
#define HINT_MAX sizeof(((struct err *)0)->hint)

/*
 * Complete a hint.  options: the parsed options of that command; subject: as in struct
 * err, quoted in some hints.
 */
void hint_add(char hint[HINT_MAX], const struct command *command, const void *options,
              enum err_reason reason, const char *subject);

/* hint_add() for an error. */
void hint_add_to(struct err *err, const struct command *command, const void *options);

#endif
