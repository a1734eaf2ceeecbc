/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/patience.h"

/*
 * The whole program with this table in place of src/base/patience.c, for tests of what
 * happens when time runs out.  Servers of a test never come near a limit by being slow:
 * they wait for ever, or sleep so often that it adds up.
 */
const struct patience patience = {
    .connect_ms = 5000,
    .local_ms = 1000,
    .stall_ms = 2000,
    .answer_ms = 3000,
    .store_ms = 2000,
    .store_mib = 16,
    .slowest = 8 << 20,
    .grace_ms = 9000,
    .parting_ms = 600,
    .warnings_ms = 500,
    .helper_s = 5,
};
