/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/sign/attach.h"

#include "base/mem.h"
#include "io/crypto/pki_cms_form.h"
#include "io/file/file.h"
#include "ops/sign/sign_internal.h"
#include "trust/signature.h"

#include <stdlib.h>
#include <string.h>

/* ---- the signer ---- */

/* The first key that made one of these signatures; *which: that signature, *alg: its
 * digest. */
static const struct pki_key *
find_signing_key(const struct attach_options *o, struct signable *bundle,
                 const struct signature_bare *bare, const struct buf **which,
                 enum digest_alg *alg)
{
    for (size_t i = 0; i < o->keys->count * bare->count; i++) {
        const struct pki_key *key = o->keys->items[i / bare->count];
        const struct buf *raw = &bare->items[i % bare->count];

        if (signature_find(key, &bundle->payload, raw, alg)) {
            *which = raw;
            return key;
        }
    }
    return NULL;
}

static int
refuse_signature(const struct attach_options *o, const char *path, struct err *err)
{
    if (o->keys->count == 0)
        return err_because(err, ERR_USAGE, REASON_NO_KEY,
                           "'%s' was made with a key, but no public key was given", path);
    return err_because(err, ERR_TRUST, REASON_OTHER_BYTES,
                       "'%s' is not a signature of this index.json by the given key",
                       path);
}

/* Convert a bare signature by a given key into a signature file. */
static int
convert_bare_signature(const struct attach_options *o, struct signable *bundle,
                       const char *path, const struct buf *file,
                       struct signature_file *out, struct attached *a, struct err *err)
{
    CLEANUP(signature_bare_release) struct signature_bare bare = SIGNATURE_BARE_INIT;
    CLEANUP(buf_release) struct buf made = BUF_INIT(BUNDLE_SIGNATURE_MAX);
    const struct pki_key *key;
    enum digest_alg alg;
    const struct buf *raw;

    if (signature_bare(&bare, file->data, file->len, err) < 0)
        return err_wrap(err, "'%s'", path);
    key = find_signing_key(o, bundle, &bare, &raw, &alg);
    if (!key)
        return refuse_signature(o, path, err);
    if (signature_wrap(key, &bundle->payload, raw, alg, &made, out->name, err) < 0)
        return -1;
    a->key_id = *pki_id(key);
    a->was_there = signable_has(bundle, out->name, key);
    out->len = made.len;
    out->bytes = buf_steal(&made);
    return 0;
}

/* Convert to the canonical form and check again: others may not be valid in it. */
static int
render_signature(const struct pki_cms *cms, struct signable *bundle, struct buf *out,
                 struct err *err)
{
    CLEANUP(pki_cms_release) struct pki_cms *again = NULL;
    struct err why = ERR_INIT;

    if (pki_cms_render(cms, out, err) < 0)
        return -1;
    again = pki_cms_open(out->data, out->len, &bundle->payload, &why);
    return again ? 0
                 : err_because(err, ERR_TRUST, REASON_BAD_SIGNATURE,
                               "uses an algorithm that is not allowed inside a bundle");
}

/* Convert a signature with a certificate to the canonical form.  0 when it is not one, 1,
 * or -1. */
static int
take_cms(struct signable *bundle, const char *path, const struct buf *file,
         struct signature_file *out, struct attached *a, struct err *err)
{
    CLEANUP(pki_cms_release) struct pki_cms *cms = NULL;
    CLEANUP(buf_release) struct buf made = BUF_INIT(BUNDLE_SIGNATURE_MAX);

    if (!pki_cms_is_one(file->data, file->len))
        return 0;
    cms = pki_cms_open(file->data, file->len, &bundle->payload, err);
    if (!cms || render_signature(cms, bundle, &made, err) < 0)
        return err_wrap(err, "'%s'", path);
    a->key_id = *pki_cms_key_id(cms);
    signature_name(out->name, &a->key_id, true);
    a->was_there = signable_has(bundle, out->name, NULL);
    out->len = made.len;
    out->bytes = buf_steal(&made);
    return 1;
}

static int
read_one(const struct attach_options *o, struct signable *bundle, const char *path,
         struct signature_file *out, struct attached *a, struct err *err)
{
    CLEANUP(buf_release) struct buf file = BUF_INIT(BUNDLE_SIGNATURE_MAX);
    int rc;

    if (file_slurp(path, &file, err) < 0)
        return -1;
    rc = take_cms(bundle, path, &file, out, a, err);
    if (rc == 0)
        rc = convert_bare_signature(o, bundle, path, &file, out, a, err);
    if (rc < 0)
        return -1;
    memcpy(a->name, out->name, sizeof(a->name));
    return 0;
}

/* ---- all files ---- */

static int
read_signatures(struct attach_result *r, const struct attach_options *o,
                struct signature_file *files, struct err *err)
{
    for (size_t i = 0; i < o->count; i++) {
        struct attached *a = &r->items[i];

        if (read_one(o, &r->bundle, o->signatures[i], &files[i], a, err) < 0)
            return -1;
        for (size_t j = 0; j < i; j++)
            a->was_there = a->was_there || strcmp(r->items[j].name, a->name) == 0;
    }
    return 0;
}

static int
attach(struct attach_result *r, const struct attach_options *o,
       struct signature_file *files, struct err *err)
{
    if (read_signatures(r, o, files, err) < 0)
        return -1;
    for (size_t i = 0; i < o->count; i++) {
        if (!r->items[i].was_there && signable_add(&r->bundle, &files[i], err) < 0)
            return err_wrap(err, "%s", o->path);
    }
    return 0;
}

int
attach_run(struct attach_result *out, const struct attach_options *o, struct err *err)
{
    struct signature_file *files;
    int rc;

    if (signable_open(&out->bundle, &o->path, 1, true, err) < 0)
        return -1;
    out->items = xcalloc(o->count, sizeof(*out->items));
    out->count = o->count;
    files = xcalloc(o->count, sizeof(*files));
    rc = attach(out, o, files, err);
    for (size_t i = 0; i < o->count; i++)
        signature_file_release(&files[i]);
    free(files);
    return rc;
}

void
attach_result_release(struct attach_result *r)
{
    free(r->items);
    signable_release(&r->bundle);
}
