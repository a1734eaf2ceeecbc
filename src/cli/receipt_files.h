/* SPDX-License-Identifier: Apache-2.0 */
/* receipt_files.h - a receipt next to the report, where third parties can verify it.
 *
 * Layer: cli.
 */
#ifndef CLI_RECEIPT_FILES_H
#define CLI_RECEIPT_FILES_H

#include "cli/files.h"
#include "ops/receipt/receipt.h"

/* Record the files that receipt_files_save() writes; report NULL: none. */
void receipt_files_add(struct files *f, const char *report);

/* REPORT.receipt.json and its signature.  Nothing without a receipt or a report. */
MUST_USE int receipt_files_save(const struct receipt *receipt, const char *report,
                                struct err *err);

#endif
