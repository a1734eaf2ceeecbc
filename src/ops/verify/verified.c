/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/verified.h"

#include "bundle/reader/head.h"
#include "io/file/file.h"

void
verified_release(struct verified *v)
{
    damage_list_release(&v->damage);
    bundle_release(&v->bundle);
    signature_check_release(&v->signers);
    signature_files_release(&v->evidence);
    missing_list_release(&v->missing);
    bundle_untrusted_release(&v->head);
    volume_set_release(&v->files);
    file_close(&v->lock);
}
