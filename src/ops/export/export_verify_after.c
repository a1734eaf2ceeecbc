/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/export/export_verify_after.h"

#include "bundle/reader/head.h"
#include "ops/verify/check.h"

#include <string.h>

/* Compare the head with what was written: its digests are used to check everything
 * else. */
static int
compare_head(const struct writing *w, const struct bundle_untrusted *head,
             const struct signature_file *signature, struct err *err)
{
    const struct buf *index = &w->result->layout.index;
    size_t len, count;
    const void *raw = bundle_raw_index(head, &len);
    const struct signature_file *found = bundle_signatures(head, &count);
    bool is_inside = signature->bytes && !w->options->sig_out;

    if (len == index->len && memcmp(raw, index->data, len) == 0 &&
        count == (is_inside ? 1 : 0) &&
        (!is_inside || (found->len == signature->len &&
                        memcmp(found->bytes, signature->bytes, found->len) == 0)))
        return 0;
    return err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                       "index.json or its signature differs from what was written");
}

static int
check_preview(const struct writing *w, const struct bundle_untrusted *head,
              struct err *err)
{
    const struct plan_options *o = &w->options->plan;
    const struct check_options check = {.run = o->run};
    struct bundle_preview *preview = bundle_preview(head, err);
    struct damage_list damage = {.items = NULL};
    int rc = -1;

    if (preview)
        rc = check_members(bundle_preview_content(preview), &check, &damage, err);
    damage_list_release(&damage);
    bundle_preview_release(&preview);
    return rc;
}

int
export_read_back(const struct writing *w, const struct signature_file *signature,
                 struct err *err)
{
    struct bundle_untrusted *head;
    int rc = -1;

    volumes_forget(&w->file);
    head = bundle_head(w->file, err);
    if (head && compare_head(w, head, signature, err) == 0)
        rc = check_preview(w, head, err);
    bundle_untrusted_release(&head);
    if (rc == 0 || err->kind == ERR_SIGNAL)
        return rc;
    err->hint[0] = '\0';
    err_hint(err, "the medium does not store data reliably: use a different one");
    return err_wrap(err, "'%s', read back from disk", w->options->output);
}
