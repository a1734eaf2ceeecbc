#include "config.h"
#include "trust/signers.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/file.h"
#include "io/hash.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the keys that count ---- */

int
trust_keys_add(struct trust_keys *keys, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
    struct pki_key *key;

    if (file_slurp(path, &pem, err) < 0)
        return -1;
    key = pki_public(pem.data, pem.len, path, err);
    if (!key)
        return -1;
    if (keys->count == keys->cap) {
        keys->cap = keys->cap ? 2 * keys->cap : 4;
        keys->items = xreallocarray(keys->items, keys->cap, sizeof(struct pki_key *));
        keys->names = xreallocarray(keys->names, keys->cap, sizeof(char *));
    }
    keys->items[keys->count] = key;
    keys->names[keys->count] = xstrdup(path);
    keys->count++;
    return 0;
}

void
trust_keys_release(struct trust_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        pki_free(keys->items[i]);
        free(keys->names[i]);
    }
    free(keys->items);
    free(keys->names);
    *keys = (struct trust_keys)TRUST_KEYS_INIT;
}

/* Index of the key with that id, or keys->count. */
static size_t
find_id(const struct trust_keys *keys, const struct digest *id)
{
    size_t i = 0;

    while (i < keys->count && !digest_equal(pki_id(keys->items[i]), id))
        i++;
    return i;
}

/* ---- one signature file ---- */

/* What is judged: the signed bytes, and who may have signed them. */
struct matter {
    const void *bytes;
    size_t len;
    struct digest digest; /* of bytes */
    const struct trust_keys *keys;
};

static void PRINTF(3, 4)
    dismiss(struct trust_finding *f, const char *reason, const char *fmt, ...)
{
    va_list ap;

    f->reason = reason;
    va_start(ap, fmt);
    vsnprintf(f->why, sizeof(f->why), fmt, ap);
    va_end(ap);
}

static bool
is_by(const struct matter *m, const struct signature *s, size_t key)
{
    return pki_verify(m->keys->items[key], m->bytes, m->len, s->raw.data, s->raw.len);
}

/* Index of the key that made the signature, or keys->count: the one named, then all. */
static size_t
find_signer(const struct matter *m, const struct signature *s, size_t named)
{
    if (named < m->keys->count && is_by(m, s, named))
        return named;
    for (size_t i = 0; i < m->keys->count; i++) {
        if (i != named && is_by(m, s, i))
            return i;
    }
    return m->keys->count;
}

/* Nobody we know made it.  A file that names a key we know should have been by that key.
 */
static void
dismiss_unverified(struct trust_finding *f)
{
    if (f->key_name)
        dismiss(f, "bad-signature",
                "names a trusted key, but that did not sign this index");
    else if (f->has_key_id)
        dismiss(f, "unknown-signer",
                "made with a key that is not among the trusted ones");
    else
        dismiss(f, "unknown-signer", "names no key, and no trusted key made it");
}

static void
judge_signature(struct trust_finding *f, const struct signature *s,
                const struct matter *m)
{
    const struct trust_keys *keys = m->keys;
    size_t named = s->has_hint ? find_id(keys, &s->hint) : keys->count, by;

    f->has_key_id = s->has_hint;
    f->key_id = s->hint;
    f->key_name = named < keys->count ? keys->names[named] : NULL;
    by = find_signer(m, s, named);
    if (by == keys->count) {
        dismiss_unverified(f);
    } else if (s->has_hint && by != named) {
        dismiss(f, "bad-signature", "names another key than the one that made it");
    } else if (s->has_digest && !digest_equal(&s->digest, &m->digest)) {
        dismiss(f, "bad-signature", "its messageDigest is not that of this index");
    } else if (!s->has_digest && pki_type(keys->items[by]) != PKI_ED25519) {
        dismiss(f, "bad-signature", "has no messageDigest");
    } else {
        f->counts = true;
        f->has_key_id = true;
        f->key_id = *pki_id(keys->items[by]);
        f->key_name = keys->names[by];
    }
}

static bool
ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);

    return len >= n && strcmp(text + len - n, end) == 0;
}

static void
judge(struct trust_finding *f, const struct trust_evidence *file, const struct matter *m)
{
    CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;
    char safe[TEXT_SAFE_MAX];
    struct err why = ERR_INIT;

    text_safe(safe, file->name, strlen(file->name));
    snprintf(f->file, sizeof(f->file), "%.*s", SIGNATURE_NAME_MAX - 1, safe);
    if (ends_with(file->name, ".p7s"))
        dismiss(f, "bad-signature", "this version cannot check CMS signatures");
    else if (signature_parse(&s, file->bytes, file->len, &why) < 0)
        dismiss(f, why.reason, "%s", why.msg);
    else
        judge_signature(f, &s, m);
}

/* ---- all of them ---- */

/* Is this the first counting file of its key? */
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
trust_signers(struct trust_signers *out, const void *bytes, size_t len,
              const struct trust_evidence *files, size_t file_count,
              const struct trust_keys *keys, struct err *err)
{
    struct matter m = {.bytes = bytes, .len = len, .keys = keys};
    struct trust_signers s = TRUST_SIGNERS_INIT;

    if (hash_bytes(DIGEST_SHA256, bytes, len, &m.digest, err) < 0)
        return -1;
    s.items = xcalloc(file_count, sizeof(*s.items));
    s.count = file_count;
    s.index = m.digest;
    for (size_t i = 0; i < file_count; i++) {
        judge(&s.items[i], &files[i], &m);
        if (s.items[i].counts && is_first_of_key(s.items, i))
            s.counting++;
    }
    *out = s;
    return 0;
}

void
trust_signers_release(struct trust_signers *s)
{
    free(s->items);
    *s = (struct trust_signers)TRUST_SIGNERS_INIT;
}

/* ---- what follows ---- */

/* How much a finding says about why nothing counts; the highest is reported. */
static int
weight(const struct trust_finding *f)
{
    if (f->key_name)
        return 3; /* a trusted key, misused or tampered with */
    if (f->has_key_id)
        return 2; /* somebody we can name */
    return strcmp(f->reason, "unknown-signer") == 0 ? 1 : 0;
}

static const struct trust_finding *
most_telling(const struct trust_signers *signers)
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
    if (f->key_name)
        return err_hint(err,
                        "the bundle was changed after it was signed, or the signature "
                        "is of another one");
    if (strcmp(f->reason, "unknown-signer") != 0 || !f->has_key_id)
        return -1;
    digest_hex(&f->key_id, id);
    return err_hint(err,
                    "it says the key id is %s; if whoever made the bundle confirms that, "
                    "give the public key with --key",
                    id);
}

int
trust_admit(const struct trust_signers *signers, struct admission *out, struct err *err)
{
    if (signers->counting == 0 && signers->count == 0)
        return err_because(err, ERR_TRUST, "unsigned", "the bundle is not signed");
    if (signers->counting == 0)
        return nobody_known(most_telling(signers), err);
    *out = (struct admission){.basis = ADMISSION_SIGNED, .index = signers->index};
    return 0;
}

int
trust_check_expiry(uint64_t expires, uint64_t now, struct err *err)
{
    char then[CLOCK_TEXT_MAX], today[CLOCK_TEXT_MAX];

    if (now <= expires)
        return 0;
    clock_format(then, expires);
    clock_format(today, now);
    err_because(err, ERR_TRUST, "expired", "it expired on %s, and now is %s", then,
                today);
    return err_hint(err, "get a newer bundle, or set the clock if it is wrong");
}

int
trust_admit_unchecked(const void *bytes, size_t len, struct admission *out,
                      struct err *err)
{
    struct digest index;

    if (hash_bytes(DIGEST_SHA256, bytes, len, &index, err) < 0)
        return -1;
    *out = (struct admission){.basis = ADMISSION_SKIPPED, .index = index};
    return 0;
}
