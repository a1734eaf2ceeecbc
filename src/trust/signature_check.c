/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/signature_check.h"

#include "base/mem.h"
#include "base/text_safe.h"
#include "io/crypto/pki_cms_form.h"
#include "io/crypto/pki_sign.h"
#include "trust/cert_signer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one signature file ---- */

/* The signed bytes and the trusted keys. */
struct matter {
    struct pki_payload *payload;
    const struct trust_store *store;
};

static void PRINTF(3, 4)
    dismiss(struct trust_finding *f, enum err_reason reason, const char *fmt, ...)
{
    va_list ap;

    f->reason = reason;
    va_start(ap, fmt);
    vsnprintf(f->why, sizeof(f->why), fmt, ap);
    va_end(ap);
}

/* Whether each signature by such a key requires hashing all signed bytes again. */
static bool
is_costly(const struct matter *m, const struct pki_key *key)
{
    return pki_type(key) == PKI_ED25519 &&
           m->payload->hashed + m->payload->len > SIGNERS_HASHED_MAX;
}

/*
 * Index of the key that made the signature, or keys->count.  A signature in a file that
 * names a key counts only for that key.
 */
static size_t
find_signer(const struct matter *m, const struct signature *s, size_t named)
{
    const struct trust_keys *keys = &m->store->keys;

    if (s->has_hint)
        return named < keys->count && signature_verify(s, keys->items[named], m->payload)
                   ? named
                   : keys->count;
    for (size_t i = 0; i < keys->count; i++) {
        if (!is_costly(m, keys->items[i]) &&
            signature_verify(s, keys->items[i], m->payload))
            return i;
    }
    return keys->count;
}

static bool
left_some_out(const struct matter *m)
{
    for (size_t i = 0; i < m->store->keys.count; i++) {
        if (is_costly(m, m->store->keys.items[i]))
            return true;
    }
    return false;
}

/* Record why no trusted key verified the signature.  A file that names a trusted key
 * should have been made with it. */
static void
dismiss_unverified(struct trust_finding *f, const struct matter *m)
{
    if (f->has_key_id && revoked_has_key(&m->store->revoked, &f->key_id))
        dismiss(f, REASON_REVOKED, "names a revoked key");
    else if (f->key_name)
        dismiss(f, REASON_BAD_SIGNATURE,
                "names a trusted key, which did not sign these bytes");
    else if (f->has_key_id)
        dismiss(f, REASON_UNKNOWN_SIGNER, "made with a key that is not trusted");
    else if (left_some_out(m))
        dismiss(f, REASON_UNKNOWN_SIGNER,
                "names no key, and trying all trusted keys would take too long");
    else
        dismiss(f, REASON_UNKNOWN_SIGNER,
                "names no key, and was not made with a trusted key");
}

/* Index of the trusted key whose signatures have that file name, or keys->count. */
static size_t
find_by_file(const struct trust_keys *keys, const char *file)
{
    char name[SIGNATURE_NAME_MAX];
    size_t i = 0;

    for (; i < keys->count; i++) {
        signature_name(name, pki_id(keys->items[i]), false);
        if (strcmp(name, file) == 0)
            break;
    }
    return i;
}

/*
 * A file of a bundle names the key twice, in its name and in its hint; where the two
 * disagree, or only one of them is a trusted key, one was changed.
 */
static bool
check_names(struct trust_finding *f, const struct trust_evidence *file,
            const struct signature *s, const struct matter *m)
{
    const struct trust_keys *keys = &m->store->keys;
    size_t i = find_by_file(keys, file->name);
    char name[SIGNATURE_NAME_MAX] = "";

    if (s->has_hint)
        signature_name(name, &s->hint, false);
    if (strcmp(name, file->name) == 0 &&
        (i == keys->count || digest_equal(pki_id(keys->items[i]), &s->hint)))
        return true;
    if (i < keys->count)
        f->key_name = keys->names[i];
    dismiss(f, REASON_BAD_SIGNATURE, "names a different key than its file name");
    return false;
}

static const char OTHER_FORM[] = "is not in the canonical form that a bundle requires";

static void
judge_signature(struct trust_finding *f, const struct trust_evidence *file,
                const struct signature *s, const struct matter *m)
{
    const struct trust_keys *keys = &m->store->keys;
    size_t named = s->has_hint ? trust_keys_find(keys, &s->hint) : keys->count, by;

    f->has_key_id = s->has_hint;
    f->key_id = s->hint;
    f->key_name = named < keys->count ? keys->names[named] : NULL;
    if (!file->is_detached && !check_names(f, file, s, m))
        return;
    by = find_signer(m, s, named);
    if (by == keys->count) {
        dismiss_unverified(f, m);
    } else if (!signature_fits(s, m->payload)) {
        dismiss(f, REASON_BAD_SIGNATURE, "its messageDigest is not that of this index");
    } else if (!s->has_digest && pki_type(keys->items[by]) != PKI_ED25519) {
        dismiss(f, REASON_BAD_SIGNATURE, "has no messageDigest");
    } else if (!file->is_detached &&
               !signature_is_canonical(s, keys->items[by], m->payload, file->name,
                                       file->bytes, file->len)) {
        dismiss(f, REASON_BAD_SIGNATURE, "%s", OTHER_FORM);
    } else {
        f->has_key_id = true;
        f->key_id = *pki_id(keys->items[by]);
        f->key_name = keys->names[by];
        f->signer = trust_store_signer(m->store, &f->key_id);
        f->counts = !revoked_has_key(&m->store->revoked, &f->key_id);
        if (!f->counts)
            dismiss(f, REASON_REVOKED, "made with the revoked key '%s'", f->key_name);
    }
}

static bool
is_canonical_cms(const struct trust_evidence *file, const struct pki_cms *cms)
{
    char name[SIGNATURE_NAME_MAX];

    signature_name(name, pki_cms_key_id(cms), true);
    return strcmp(name, file->name) == 0 &&
           pki_cms_is_canonical(cms, file->bytes, file->len);
}

/* Judge a CMS signature: first its validity, then its signer. */
static void
judge_cms(struct trust_finding *f, const struct trust_evidence *file,
          const struct matter *m)
{
    CLEANUP(pki_cms_release) struct pki_cms *cms = NULL;
    struct cert_signer holder;
    struct err why = ERR_INIT;

    cms = pki_cms_open(file->bytes, file->len, m->payload, &why);
    if (!cms) {
        dismiss(f, why.reason, "%s", why.msg);
        return;
    }
    f->has_key_id = true;
    f->key_id = *pki_cms_key_id(cms);
    text_safe(f->subject, pki_cms_subject(cms), strlen(pki_cms_subject(cms)));
    if (!file->is_detached && !is_canonical_cms(file, cms)) {
        dismiss(f, REASON_BAD_SIGNATURE, "%s", OTHER_FORM);
        return;
    }
    if (cert_signer_find(&holder, m->store, cms, &why) < 0) {
        dismiss(f, why.reason, "%s", why.msg);
        return;
    }
    if (!file->is_detached && holder.has_extras) { /* not covered by any signature */
        dismiss(f, REASON_BAD_SIGNATURE,
                "contains a certificate that is not part of its chain");
        return;
    }
    f->counts = true;
    f->key_name = f->subject;
    f->signer = holder.signer;
    f->has_validity = true;
    f->valid_from = holder.valid_from;
    f->valid_until = holder.valid_until;
}

/* Every supported DER structure is a SEQUENCE; JSON never begins with that byte. */
static bool
is_der(const struct trust_evidence *file)
{
    return file->len > 0 && file->bytes[0] == 0x30;
}

static void
judge_file(struct trust_finding *f, const struct trust_evidence *file,
           const struct matter *m)
{
    CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;
    char safe[TEXT_SAFE_MAX];
    struct err why = ERR_INIT;

    text_safe(safe, file->name, strlen(file->name));
    snprintf(f->file, sizeof(f->file), "%.*s", SIGNATURE_NAME_MAX - 1, safe);
    f->is_detached = file->is_detached;
    if (is_der(file))
        judge_cms(f, file, m);
    else if (signature_parse(&s, file->bytes, file->len, &why) < 0)
        dismiss(f, why.reason, "%s", why.msg);
    else
        judge_signature(f, file, &s, m);
}

/* ---- all signatures ---- */

/* Whether this is the first file that counts for its key. */
static bool
is_first_of_key(const struct trust_finding *items, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (items[j].counts && digest_equal(&items[j].key_id, &items[i].key_id))
            return false;
    }
    return true;
}

int
signature_check(struct signature_check *out, struct pki_payload *payload,
                const struct trust_evidence *files, size_t file_count,
                const struct trust_store *store, struct err *err)
{
    struct matter m = {.payload = payload, .store = store};
    const struct digest *index = pki_payload_digest(payload, DIGEST_SHA256);
    struct signature_check s = SIGNATURE_CHECK_INIT;

    if (!index)
        return err_set(err, ERR_INTERNAL, "cannot hash the signed bytes");
    s.index = *index;
    s.items = xcalloc(file_count, sizeof(*s.items));
    s.count = file_count;
    for (size_t i = 0; i < file_count; i++) {
        judge_file(&s.items[i], &files[i], &m);
        if (s.items[i].counts && is_first_of_key(s.items, i))
            s.counting++;
    }
    *out = s;
    return 0;
}

void
signature_check_release(struct signature_check *s)
{
    free(s->items);
    *s = (struct signature_check)SIGNATURE_CHECK_INIT;
}

/* ---- the verdict on the bundle ---- */

/* How informative a finding is as the reason that no signature counts; the highest is
 * reported. */
static int
weight(const struct trust_finding *f)
{
    if (f->reason == REASON_REVOKED)
        return 4;
    if (f->key_name)
        return 3; /* a trusted key, misused or tampered with */
    if (f->has_key_id)
        return 2; /* a known but not a trusted signer */
    return f->reason == REASON_UNKNOWN_SIGNER ? 1 : 0;
}

static const struct trust_finding *
most_telling(const struct signature_check *signers)
{
    const struct trust_finding *best = &signers->items[0];

    for (size_t i = 1; i < signers->count; i++) {
        if (weight(&signers->items[i]) > weight(best))
            best = &signers->items[i];
    }
    return best;
}

static int
nobody_known(const struct trust_finding *f, struct err *err)
{
    char id[2 * DIGEST_RAW_MAX + 1];

    err_because(err, ERR_TRUST, f->reason, "signature '%s': %s", f->file, f->why);
    if (f->reason == REASON_BAD_SIGNATURE && f->key_name)
        return err_hint(err, "it was changed after it was signed, or the signature "
                             "belongs to another bundle or file");
    if (f->reason != REASON_UNKNOWN_SIGNER || !f->has_key_id)
        return -1;
    if (f->subject[0] != '\0')
        return err_hint(err,
                        "its subject is '%s': to trust it, add a signer with \"x509\", "
                        "its authority and that subject to policy.json",
                        f->subject);
    digest_hex(&f->key_id, id);
    err->reason = REASON_UNKNOWN_KEY;
    return err_hint(err, "made with key id %s", id);
}

static int
check_revoked(const struct signature_check *signers, const struct trust_store *store,
              struct err *err)
{
    if (!revoked_has_index(&store->revoked, &signers->index))
        return 0;
    err_because(err, ERR_TRUST, REASON_REVOKED, "this bundle is revoked");
    return err_hint(err, "%s/revoked contains the digest of its index.json", store->dir);
}

int
trust_admit(const struct signature_check *signers, const struct trust_store *store,
            struct admission *out, struct err *err)
{
    if (check_revoked(signers, store, err) < 0)
        return -1;
    if (signers->counting == 0 && signers->count == 0)
        return err_because(err, ERR_TRUST, REASON_UNSIGNED, "the bundle is not signed");
    if (signers->counting == 0)
        return nobody_known(most_telling(signers), err);
    *out = (struct admission){.basis = ADMISSION_SIGNED, .index = signers->index};
    return 0;
}

int
trust_admit_unchecked(const struct signature_check *signers,
                      const struct trust_store *store, struct admission *out,
                      struct err *err)
{
    if (store->has_policy && !store->policy.may_skip)
        return err_because(err, ERR_TRUST, REASON_OVERRIDE_DENIED,
                           "the policy does not allow skipping the signature");
    if (check_revoked(signers, store, err) < 0)
        return -1;
    *out = (struct admission){.basis = ADMISSION_SKIPPED, .index = signers->index};
    return 0;
}
