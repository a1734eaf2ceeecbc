/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/diff/diff_result.h"

#include <stdlib.h>

void
diff_result_release(struct diff_result *r)
{
    free(r->rows);
    for (size_t i = 0; i < 2; i++)
        diff_side_release(&r->sides[i]);
    *r = (struct diff_result)DIFF_RESULT_INIT;
}
