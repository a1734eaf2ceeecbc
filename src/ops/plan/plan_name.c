/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/plan_name.h"

int
plan_name_wrap(struct err *err, const struct reference *ref)
{
    char name[REFERENCE_TEXT_MAX];

    reference_name(ref, name);
    return err_wrap(err, "%s", name);
}
