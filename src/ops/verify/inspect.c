/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/inspect.h"

#include "bundle/reader/head.h"
#include "bundle/reader/member_read.h"
#include "io/crypto/pki_sign.h"
#include "ops/verify/signature_files.h"

static int
read_config(void *ctx, uint32_t object, struct buf *out, struct err *err)
{
    const struct bundle_content *c = ctx;

    return bundle_read_member(c, c->member_of_object[object], out, err);
}

int
inspect_run(struct inspection *out, const char *const *paths, size_t path_count,
            struct err *err)
{
    const struct bundle_content *content;
    struct config_reader configs = {.read = read_config};
    const struct trust_store no_keys = TRUST_STORE_INIT;
    CLEANUP(signature_files_release) struct signature_files e = SIGNATURE_FILES_INIT;
    struct pki_payload payload;
    const void *raw;
    size_t len;

    if (volume_set_open(&out->files, paths, path_count, err) < 0)
        return -1;
    out->head = bundle_head(out->files.volumes, err);
    if (!out->head)
        return err_wrap(err, "%s", paths[0]);
    raw = bundle_raw_index(out->head, &len);
    payload = pki_payload(raw, len);
    if (signature_files_gather(&e, out->head, NULL, 0, err) < 0 ||
        signature_check(&out->signers, &payload, e.items, e.count, &no_keys, err) < 0)
        return -1;
    out->preview = bundle_preview(out->head, err);
    if (!out->preview)
        return err_wrap(err, "%s", paths[0]);

    content = bundle_preview_content(out->preview);
    configs.ctx = (void *)(uintptr_t)content;
    out->image_count = content->set.count;
    out->images = image_details_new(&content->set, &configs);
    for (size_t i = 0; i < content->member_count; i++)
        out->bytes += content->members[i].size;
    return 0;
}

void
inspection_release(struct inspection *i)
{
    image_details_free(i->images, i->image_count);
    bundle_preview_release(&i->preview);
    signature_check_release(&i->signers);
    bundle_untrusted_release(&i->head);
    volume_set_release(&i->files);
}
