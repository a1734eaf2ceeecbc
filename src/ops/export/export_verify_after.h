/* SPDX-License-Identifier: Apache-2.0 */
/* export_verify_after.h - read a new bundle back and check it.
 *
 * Layer: ops.
 */
#ifndef OPS_EXPORT_EXPORT_VERIFY_AFTER_H
#define OPS_EXPORT_EXPORT_VERIFY_AFTER_H

#include "ops/export/export_writing.h"

/*
 * Read the flushed file back from disk, and check it like a reader.
 * Errors: ERR_INTEGRITY, ERR_LOCAL.
 */
MUST_USE int export_read_back(const struct writing *w,
                              const struct signature_file *signature, struct err *err);

#endif
