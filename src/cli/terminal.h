/* SPDX-License-Identifier: Apache-2.0 */
/* terminal.h - prompts on the terminal.
 *
 * Layer: cli.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/err.h"
#include "base/secret.h"

#include <stdbool.h>

#define TERMINAL_LINE_MAX 1024 /* bytes of a line that is typed */

enum { TERMINAL_COLUMNS_USUAL = 80 }; /* of one that does not tell */

/* How many characters a line has where fd is a terminal; 0: it is none. */
size_t terminal_columns(int fd);

/* Whether fd is a terminal whose user did not refuse colour, by NO_COLOR or TERM. */
bool terminal_has_colour(int fd);

/* Open the terminal of this process; -1 without one. */
int terminal_open(void);

/*
 * Prompt for a line without echo.  However the program ends or stops meanwhile, the mode
 * of the terminal is restored; after it is resumed, it prompts again.  what: shown after
 * prompt, escaped.
 * Errors: ERR_SIGNAL; ERR_AUTH - no input, or too long; ERR_LOCAL.
 */
MUST_USE int terminal_ask(int tty, const char *prompt, const char *what,
                          struct secret *out, struct err *err);

/* As terminal_ask(), with echo. */
MUST_USE int terminal_ask_shown(int tty, const char *prompt, const char *what,
                                struct secret *out, struct err *err);

/* Ask on standard error, read the answer from standard input.  1: yes; 0; -1 with
 * ERR_SIGNAL. */
MUST_USE int terminal_confirm(const char *question, struct err *err);

#endif
