/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/sign/sign.h"

#include "bundle/reader/add_signature.h"
#include "bundle/reader/head.h"
#include "io/crypto/pki_cms_form.h"
#include "io/crypto/pki_cms_sign.h"
#include "io/crypto/pki_sign.h"
#include "io/file/output.h"
#include "ops/sign/sign_internal.h"
#include "trust/signature.h"

#include <string.h>

/* ---- the bundle ---- */

static int
open_bundle(struct signable *s, const char *const *paths, size_t count, bool to_change,
            struct err *err)
{
    int rc = to_change ? volume_set_open_to_change(&s->files, paths, count, err)
                       : volume_set_open(&s->files, paths, count, err);

    if (rc < 0 && to_change && err->kind == ERR_LOCAL)
        err->reason = REASON_IN_PLACE;
    return rc;
}

static void
take_payload(struct signable *s)
{
    size_t len;
    const void *raw = bundle_raw_index(s->head, &len);

    s->payload = pki_payload(raw, len);
}

int
signable_open(struct signable *out, const char *const *paths, size_t count,
              bool to_change, struct err *err)
{
    const struct digest *index;

    if (open_bundle(out, paths, count, to_change, err) < 0)
        return -1;
    out->head = bundle_head_to_sign(out->files.volumes, err);
    if (!out->head)
        return err_wrap(err, "%s", paths[0]);
    take_payload(out);
    index = pki_payload_digest(&out->payload, DIGEST_SHA256);
    if (!index)
        return err_set(err, ERR_INTERNAL, "cannot hash index.json");
    out->index = *index;
    out->preview = bundle_preview(out->head, err);
    return out->preview ? 0 : err_wrap(err, "%s", paths[0]);
}

void
signable_release(struct signable *s)
{
    bundle_preview_release(&s->preview);
    bundle_untrusted_release(&s->head);
    volume_set_release(&s->files);
}

/* ---- adding ---- */

static bool
is_signature_present(const struct bundle_untrusted *head, const struct signature_file *f)
{
    size_t count;
    const struct signature_file *files = bundle_signatures(head, &count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(files[i].name, f->name) == 0 && files[i].len == f->len &&
            memcmp(files[i].bytes, f->bytes, f->len) == 0)
            return true;
    }
    return false;
}

int
signable_add(struct signable *s, const struct signature_file *f, struct err *err)
{
    struct bundle_untrusted *now;

    if (bundle_add_signature(s->head, f, err) < 0)
        return -1;
    now = bundle_head(s->files.volumes, err);
    if (!now)
        return err_wrap(err, "read back");
    bundle_untrusted_release(&s->head);
    s->head = now;
    take_payload(s);
    if (!is_signature_present(now, f))
        return err_set(err, ERR_INTERNAL, "the new signature is missing");
    return 0;
}

/* Whether it is a valid signature by a certificate whose key has that file name. */
static bool
is_good_cms(const struct signature_file *f, struct pki_payload *payload)
{
    CLEANUP(pki_cms_release)
    struct pki_cms *cms = pki_cms_open(f->bytes, f->len, payload, err_ignored());
    char name[SIGNATURE_NAME_MAX];

    if (!cms)
        return false;
    signature_name(name, pki_cms_key_id(cms), true);
    return strcmp(name, f->name) == 0 && pki_cms_is_canonical(cms, f->bytes, f->len);
}

bool
signable_has(struct signable *s, const char *name, const struct pki_key *key)
{
    size_t count;
    const struct signature_file *files = bundle_signatures(s->head, &count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(files[i].name, name) == 0)
            return key ? signature_is_by(key, name, files[i].bytes, files[i].len,
                                         &s->payload)
                       : is_good_cms(&files[i], &s->payload);
    }
    return false;
}

/* ---- creating a signature ---- */

static int
make_signature(const struct pki_key *key, const struct pki_certs *certs,
               const void *bytes, size_t len, struct buf *file, char *name,
               struct err *err)
{
    if (!certs)
        return signature_make(key, bytes, len, file, name, err);
    signature_name(name, pki_id(key), true);
    return pki_cms_sign(key, certs, bytes, len, file, err);
}

int
sign_bytes(const struct pki_key *key, const struct pki_certs *certs, const void *bytes,
           size_t len, struct signature_file *out, struct err *err)
{
    CLEANUP(buf_release) struct buf file = BUF_INIT(BUNDLE_SIGNATURE_MAX);

    if (make_signature(key, certs, bytes, len, &file, out->name, err) < 0)
        return err_wrap(err, "cannot sign");
    out->len = file.len;
    out->bytes = buf_steal(&file);
    return 0;
}

int
sign_run(struct sign_result *out, const struct sign_options *o, struct err *err)
{
    const struct pki_payload *payload = &out->bundle.payload;

    if (signable_open(&out->bundle, o->paths, o->path_count, !o->out, err) < 0)
        return -1;
    if (sign_bytes(o->key, o->certs, payload->bytes, payload->len, &out->file, err) < 0)
        return -1;
    if (o->out)
        return file_put(o->out, out->file.bytes, out->file.len, 0666, true, err);
    if (signable_has(&out->bundle, out->file.name, o->certs ? NULL : o->key)) {
        out->was_there = true;
        return 0;
    }
    if (signable_add(&out->bundle, &out->file, err) < 0)
        return err_wrap(err, "%s", o->paths[0]);
    return 0;
}

void
sign_result_release(struct sign_result *r)
{
    signature_file_release(&r->file);
    signable_release(&r->bundle);
}
