/* SPDX-License-Identifier: Apache-2.0 */
/* terminal.h - questions to the person at the terminal.
 *
 * Layer: cli.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/err.h"
#include "base/secret.h"

#define TERMINAL_LINE_MAX 1024 /* bytes of a line that is typed */

enum { TERMINAL_COLUMNS_USUAL = 80 }; /* of one that does not tell */

/* How many characters a line has where fd is a terminal; 0: it is none. */
size_t terminal_columns(int fd);

/* Open the terminal of this process; -1: it has none. */
int terminal_open(void);

/*
 * Ask for a line that is not shown while it is typed.  Whatever ends or stops the program
 * meanwhile, the terminal is left as it was found; when it goes on, it asks again.
 * what: shown behind prompt, and made safe.
 * Errors: ERR_SIGNAL; ERR_AUTH - none was typed, or too long; ERR_LOCAL.
 */
MUST_USE int terminal_ask(int tty, const char *prompt, const char *what,
                          struct secret *out, struct err *err);

/* A question on standard error, its answer from standard input.  1: yes; 0; -1 with
 * ERR_SIGNAL. */
MUST_USE int terminal_confirm(const char *question, struct err *err);

#endif
