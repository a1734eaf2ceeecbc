/* SPDX-License-Identifier: Apache-2.0 */
/* print_result.h - write a result to standard output and to the file of --report.
 *
 * Layer: cli.
 */
#ifndef CLI_PRINT_RESULT_H
#define CLI_PRINT_RESULT_H

#include "render/result.h"

/* Put "ok", "exit" and, if the run failed, "error".  failure: NULL on success. */
void result_put_outcome(struct jsout *json, const struct err *failure);

/*
 * Write to stdout (the JSON with --json, else the text unless quiet) and to the report
 * file.  failure: the error the run ended with, or NULL.
 * Errors: ERR_LOCAL.
 */
MUST_USE int result_finish(struct result *r, const struct err *failure, bool json,
                           bool quiet, const char *report, struct err *err);

/*
 * Write the text so far to stdout and remove it, for a result that is printed while it
 * arrives.
 * Errors: ERR_LOCAL.
 */
MUST_USE int result_print_text(struct result *r, struct err *err);

#endif
