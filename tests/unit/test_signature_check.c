/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "io/crypto/hash.h"
#include "tests/unit/pki_keys.h"
#include "trust/signature_check.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"

#include <unistd.h>

static const char INDEX[] = "{\"schemaVersion\":2,\"manifests\":[]}";
static const char OTHER[] = "{\"schemaVersion\":2,\"manifests\":{}}";

/* Signature files over {"a": "b"} and a newline, made by cosign 3 with EC_PKCS8 and ED.
 */
static const char COSIGN_BYTES[] = "{\"a\": \"b\"}\n";
static const char COSIGN_ECDSA[] =
    "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\", "
    "\"verificationMaterial\":{\"publicKey\":{\"hint\":"
    "\"he/MQEas61MVsVlbAHRvst2Ddgbo3CIRv5gr4f+kfz0=\"}}, "
    "\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_256\", \"digest\":"
    "\"rwMVGsHF8afUiXTcB38FgLw1UMbO6K6JJ5FU4DGDGWQ=\"}, \"signature\":"
    "\"MEQCIC6jXL2mjcwU7/cvXHq+R0O5cRZpQH48/2z1tJ8E1/qBAiAQzUiX+Eet/3E+NJOrNbfmaz+"
    "syDK/WlVfhL4qVFWoSw==\"}}";
static const char COSIGN_ED25519[] =
    "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\", \"verific"
    "ationMaterial\":{\"publicKey\":{\"hint\":\"Ft1PWVq5krjxRhqKBZRYhCmguVm7rohEr"
    "dcE+UmG4ZM=\"}}, \"messageSignature\":{\"messageDigest\":{}, \"signature\":\"E"
    "hWP6sVWIvUUgXBrlfh926ndHbZ38BuShIGJgBezWJkz5Nv/I6Sozqh3SxNS9MNLlAEHu4Y"
    "avik8jS+q+/dhCg==\"}}";

enum { FILES_MAX = 8 };

/* A world in which some keys are trusted and there are some signature files beside a
 * bundle; inside of one the same holds, and more: test_signers_inside.c. */
struct world {
    char dir[32];
    struct trust_store store;
    struct buf bodies[FILES_MAX];
    struct trust_evidence files[FILES_MAX];
    size_t count;
    struct signature_check signers;
};

static void
world_open(struct world *w)
{
    memset(w, 0, sizeof(*w));
    snprintf(w->dir, sizeof(w->dir), "/tmp/sealift-unit-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
}

static void
world_release(struct world *w)
{
    signature_check_release(&w->signers);
    trust_store_release(&w->store);
    for (size_t i = 0; i < w->count; i++)
        buf_release(&w->bodies[i]);
    rmdir(w->dir);
}

/* Trust a key given as PEM, from a file of that name. */
static int
trust_as(struct world *w, const char *name, const char *pem, struct err *err)
{
    char path[64];
    FILE *f;
    int rc;

    snprintf(path, sizeof(path), "%s/%s", w->dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fputs(pem, f) < 0, 0);
    assert_int_equal(fclose(f), 0);
    rc = trust_keys_add(&w->store.keys, path, err);
    unlink(path);
    return rc;
}

static void
trust_key(struct world *w, const char *name, const char *pem)
{
    struct err err = ERR_INIT;

    assert_int_equal(trust_as(w, name, pem, &err), 0);
}

/* Add a file; returns its body, to be tampered with. */
static struct buf *
add_file(struct world *w, const char *name, const char *text)
{
    struct buf *body = &w->bodies[w->count];

    assert_true(w->count < FILES_MAX);
    *body = (struct buf)BUF_INIT(4096);
    assert_int_equal(buf_add_text(body, text), 0);
    w->files[w->count++] = (struct trust_evidence){
        .name = name, .bytes = body->data, .len = body->len, .is_detached = true};
    return body;
}

static struct buf *
add_signature(struct world *w, const char *name, const char *private_pem,
              const char *bytes)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
    CLEANUP(pki_release) struct pki_key *key = NULL;
    char real_name[SIGNATURE_NAME_MAX];
    struct err err = ERR_INIT;

    key = pki_private(private_pem, strlen(private_pem), "key", NULL, &err);
    assert_non_null(key);
    assert_int_equal(signature_make(key, bytes, strlen(bytes), &text, real_name, &err),
                     0);
    return add_file(w, name, text.data);
}

/* Replace the first occurrence of from in a file by to, which is as long. */
static void
replace(struct buf *body, const char *from, const char *to)
{
    char *at = strstr(body->data, from);

    assert_non_null(at);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
}

/* Take a part out of a file. */
static void
cut(struct world *w, struct buf *body, const char *from)
{
    char *at = strstr(body->data, from);

    assert_non_null(at);
    memmove(at, at + strlen(from), strlen(at + strlen(from)) + 1);
    body->len -= strlen(from);
    w->files[body - w->bodies].len = body->len;
}

static void
judge(struct world *w, const char *bytes)
{
    struct pki_payload payload = pki_payload(bytes, strlen(bytes));
    struct err err = ERR_INIT;

    signature_check_release(&w->signers);
    assert_int_equal(
        signature_check(&w->signers, &payload, w->files, w->count, &w->store, &err), 0);

    assert_int_equal(w->signers.count, w->count);
}

static void
assert_admitted(const struct world *w, size_t counting)
{
    struct admission admission = {.basis = ADMISSION_NONE};
    struct err err = ERR_INIT;

    assert_int_equal(w->signers.counting, counting);
    assert_int_equal(trust_admit(&w->signers, &w->store, &admission, &err), 0);
    assert_int_equal(admission.basis, ADMISSION_SIGNED);
    assert_true(digest_equal(&admission.index, &w->signers.index));
}

static void
assert_stopped(const struct world *w, const char *reason, const char *message)
{
    struct admission admission = {.basis = ADMISSION_NONE};
    struct err err = ERR_INIT;

    assert_int_equal(w->signers.counting, 0);
    assert_int_equal(trust_admit(&w->signers, &w->store, &admission, &err), -1);
    assert_int_equal(admission.basis, ADMISSION_NONE);
    assert_int_equal(err.kind, ERR_TRUST);
    assert_string_equal(err_reason_word(err.reason), reason);
    if (!strstr(err.msg, message))
        fail_msg("'%s' instead of '%s'", err.msg, message);
}

static void
assert_dismissed(const struct world *w, size_t i, const char *reason, const char *why)
{
    const struct trust_finding *f = &w->signers.items[i];

    assert_false(f->counts);
    assert_string_equal(err_reason_word(f->reason), reason);
    if (!strstr(f->why, why))
        fail_msg("'%s' instead of '%s'", f->why, why);
}

static void
admits_a_trusted_signature(void **state)
{
    static const char *const pairs[][2] = {
        {EC_PKCS8, EC_PUB}, {ED, ED_PUB}, {RSA_PKCS8, RSA_PUB}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CLEANUP(world_release) struct world w;
        struct err err = ERR_INIT;
        struct digest digest;

        world_open(&w);
        trust_key(&w, "other.pub", RFC8032_PUB);
        trust_key(&w, "team.pub", pairs[i][1]);
        add_signature(&w, "85efcc4046aceb53.sigstore.json", pairs[i][0], INDEX);
        judge(&w, INDEX);
        assert_admitted(&w, 1);
        assert_true(w.signers.items[0].counts);
        assert_string_equal(w.signers.items[0].file, "85efcc4046aceb53.sigstore.json");
        assert_non_null(strstr(w.signers.items[0].key_name, "team.pub"));
        assert_true(w.signers.items[0].has_key_id);
        assert_true(
            digest_equal(&w.signers.items[0].key_id, pki_id(w.store.keys.items[1])));
        assert_int_equal(hash_bytes(DIGEST_SHA256, INDEX, strlen(INDEX), &digest, &err),
                         0);
        assert_true(digest_equal(&w.signers.index, &digest));
    }
}

static void
reports_unsigned_bundles(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "team.pub", EC_PUB);
    judge(&w, INDEX);
    assert_stopped(&w, "unsigned", "not signed");
}

static void
names_an_unknown_signer(void **state)
{
    CLEANUP(world_release) struct world w;
    struct admission admission;
    struct err err = ERR_INIT;

    (void)state;
    world_open(&w);
    trust_key(&w, "team.pub", EC_PUB);
    add_signature(&w, "a.sigstore.json", ED, INDEX);
    judge(&w, INDEX);
    assert_stopped(&w, "unknown-signer", "a.sigstore.json");
    assert_dismissed(&w, 0, "unknown-signer", "a key that is not trusted");
    assert_null(w.signers.items[0].key_name);
    assert_int_equal(trust_admit(&w.signers, &w.store, &admission, &err), -1);
    assert_non_null(strstr(
        err.hint, "16dd4f595ab992b8f1461a8a0594588429a0b959bbae8844add704f94986e193"));
}

static void
accepts_nothing_without_keys(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    add_signature(&w, "a.sigstore.json", EC_PKCS8, INDEX);
    judge(&w, INDEX);
    assert_true(w.signers.items[0].has_key_id);
    assert_stopped(&w, "unknown-signer", "a key that is not trusted");
}

static void
refuses_signatures_over_other_bytes(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "team.pub", EC_PUB);
    add_signature(&w, "a.sigstore.json", EC_PKCS8, INDEX);
    judge(&w, OTHER);
    assert_stopped(&w, "bad-signature", "did not sign these bytes");
}

static void
one_valid_signature_is_enough(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "team.pub", EC_PUB);
    add_signature(&w, "stranger.sigstore.json", ED, INDEX);
    add_signature(&w, "old.sigstore.json", EC_PKCS8, OTHER);
    add_file(&w, "notes.sigstore.json", "lorem ipsum");
    add_file(&w, "corp.p7s", "0\x82\x01");
    add_signature(&w, "good.sigstore.json", EC_PKCS8, INDEX);
    judge(&w, INDEX);
    assert_admitted(&w, 1);
    assert_dismissed(&w, 0, "unknown-signer", "a key that is not trusted");
    assert_dismissed(&w, 1, "bad-signature", "did not sign these bytes");
    assert_dismissed(&w, 2, "bad-signature", "not valid JSON");
    assert_dismissed(&w, 3, "bad-signature", "is not a CMS signature");
    assert_true(w.signers.items[4].counts);
}

static void
counts_a_key_once(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "team.pub", EC_PUB);
    trust_key(&w, "copy.pub", EC_PUB);
    trust_key(&w, "compressed.pub", EC_PUB_COMPRESSED);
    add_signature(&w, "a.sigstore.json", EC_PKCS8, INDEX);
    add_signature(&w, "b.sigstore.json", EC_PKCS8, INDEX);
    judge(&w, INDEX);
    assert_admitted(&w, 1);
    assert_true(w.signers.items[0].counts);
    assert_true(w.signers.items[1].counts);

    trust_key(&w, "second.pub", ED_PUB);
    add_signature(&w, "c.sigstore.json", ED, INDEX);
    judge(&w, INDEX);
    assert_admitted(&w, 2);
}

/* ---- what a file says must fit what verifies ---- */

static const char EC_HINT[] = "he/MQEas61MVsVlbAHRvst2Ddgbo3CIRv5gr4f+kfz0=";
static const char ED_HINT[] = "Ft1PWVq5krjxRhqKBZRYhCmguVm7rohErdcE+UmG4ZM=";
static const char NO_HINT[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

static void
refuses_a_wrong_hint(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "ec.pub", EC_PUB);
    trust_key(&w, "ed.pub", ED_PUB);
    /* Names an unknown key, then another trusted one. */
    replace(add_signature(&w, "a.sigstore.json", EC_PKCS8, INDEX), EC_HINT, NO_HINT);
    replace(add_signature(&w, "b.sigstore.json", EC_PKCS8, INDEX), EC_HINT, ED_HINT);
    judge(&w, INDEX);
    assert_dismissed(&w, 0, "unknown-signer", "a key that is not trusted");
    assert_dismissed(&w, 1, "bad-signature", "which did not sign these bytes");
    assert_stopped(&w, "bad-signature", "which did not sign these bytes");
}

static void
accepts_a_signature_without_hint(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "ec.pub", EC_PUB);
    trust_key(&w, "ed.pub", ED_PUB);
    cut(&w, add_signature(&w, "a.sigstore.json", EC_PKCS8, INDEX), EC_HINT);
    cut(&w, add_signature(&w, "b.sigstore.json", ED, INDEX), ED_HINT);
    judge(&w, INDEX);
    assert_admitted(&w, 2);
    assert_true(w.signers.items[0].has_key_id);

    judge(&w, OTHER);
    assert_stopped(&w, "unknown-signer",
                   "names no key, and was not made with a trusted key");
}

static const char INDEX_SUM[] = "vFhXrJRYKT1REauFyVIXLNf1a8604wFN3EyvrIknsxM=";

static void
refuses_a_wrong_digest(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "ec.pub", EC_PUB);
    trust_key(&w, "ed.pub", ED_PUB);
    replace(add_signature(&w, "a.sigstore.json", EC_PKCS8, INDEX), INDEX_SUM, NO_HINT);
    replace(add_signature(&w, "b.sigstore.json", ED, INDEX), INDEX_SUM, NO_HINT);
    judge(&w, INDEX);
    assert_dismissed(&w, 0, "bad-signature", "messageDigest is not that of this index");
    assert_dismissed(&w, 1, "bad-signature", "messageDigest is not that of this index");
    assert_stopped(&w, "bad-signature", "messageDigest");
}

static void
requires_a_digest_except_for_ed25519(void **state)
{
    CLEANUP(world_release) struct world w;
    char part[128];

    (void)state;
    snprintf(part, sizeof(part), "\"algorithm\":\"SHA2_256\",\"digest\":\"%s\"",
             INDEX_SUM);
    world_open(&w);
    trust_key(&w, "ec.pub", EC_PUB);
    trust_key(&w, "ed.pub", ED_PUB);
    cut(&w, add_signature(&w, "a.sigstore.json", EC_PKCS8, INDEX), part);
    cut(&w, add_signature(&w, "b.sigstore.json", ED, INDEX), part);
    judge(&w, INDEX);
    assert_dismissed(&w, 0, "bad-signature", "no messageDigest");
    assert_true(w.signers.items[1].counts);
    assert_admitted(&w, 1);
}

static void
ignores_the_name_of_the_file(void **state)
{
    CLEANUP(world_release) struct world w;
    char longest[101], long_p7s[101];

    (void)state;
    memset(longest, 'n', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    memcpy(long_p7s, longest, sizeof(longest));
    memcpy(long_p7s + sizeof(long_p7s) - 5, ".p7s", 4);
    world_open(&w);
    trust_key(&w, "ec.pub", EC_PUB);
    add_signature(&w, "16dd4f595ab992b8.sigstore.json", EC_PKCS8, INDEX);
    add_signature(&w, "x\x1b[31m.sigstore.json", EC_PKCS8, INDEX);
    add_signature(&w, longest, EC_PKCS8, INDEX);
    add_signature(&w, "", EC_PKCS8, INDEX);
    add_signature(&w, long_p7s, EC_PKCS8, INDEX);
    judge(&w, INDEX);
    for (size_t i = 0; i < 5; i++)
        assert_true(w.signers.items[i].counts);
    assert_string_equal(w.signers.items[1].file, "x\\x1b[31m.sigstore.json");
    assert_int_equal(strlen(w.signers.items[2].file), SIGNATURE_NAME_MAX - 1);
}

static void
refuses_other_kinds_of_signatures(void **state)
{
    static const char *const files[][2] = {
        {"a.p7s", "0\x82\x01"},
        {"a.sigstore.json",
         "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\","
         "\"verificationMaterial\":{\"publicKey\":{}},\"dsseEnvelope\":{}}"},
        {"a.sigstore.json", "{\"base64Signature\":\"MEQ=\",\"cert\":\"LS0t\"}"},
        {"a.sigstore.json", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CLEANUP(world_release) struct world w;

        world_open(&w);
        trust_key(&w, "ec.pub", EC_PUB);
        add_file(&w, files[i][0], files[i][1]);
        judge(&w, INDEX);
        assert_false(w.signers.items[0].counts);
        assert_stopped(&w, "bad-signature", files[i][0]);
    }
}

/* The one that says most decides what the user is told. */
static void
reports_the_most_specific_finding(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "ec.pub", EC_PUB);
    add_file(&w, "a.p7s", "0");
    judge(&w, INDEX);
    assert_stopped(&w, "bad-signature", "CMS");
    cut(&w, add_signature(&w, "b.sigstore.json", ED, INDEX), ED_HINT);
    judge(&w, INDEX);
    assert_stopped(&w, "unknown-signer", "names no key");
    add_signature(&w, "c.sigstore.json", ED, INDEX);
    judge(&w, INDEX);
    assert_stopped(&w, "unknown-signer", "c.sigstore.json");
    add_signature(&w, "d.sigstore.json", EC_PKCS8, OTHER);
    judge(&w, INDEX);
    assert_stopped(&w, "bad-signature", "d.sigstore.json");
}

static void
accepts_files_made_by_cosign(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "ec.pub", EC_PUB);
    trust_key(&w, "ed.pub", ED_PUB);
    add_file(&w, "a.sigstore.json", COSIGN_ECDSA);
    add_file(&w, "b.sigstore.json", COSIGN_ED25519);
    judge(&w, COSIGN_BYTES);
    assert_admitted(&w, 2);
}

/* With one signature, no bit of its file is free to change. */
static void
refuses_any_flipped_bit_of_a_file(void **state)
{
    static const char *const pairs[][2] = {{EC_PKCS8, EC_PUB}, {ED, ED_PUB}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CLEANUP(world_release) struct world w;
        struct buf *body;

        world_open(&w);
        trust_key(&w, "team.pub", pairs[i][1]);
        body = add_signature(&w, "a.sigstore.json", pairs[i][0], INDEX);
        judge(&w, INDEX);
        assert_admitted(&w, 1);
        for (size_t bit = 0; bit < 8 * body->len; bit++) {
            body->data[bit / 8] ^= (char)(1 << bit % 8);
            judge(&w, INDEX);
            assert_int_equal(w.signers.counting, 0);
            body->data[bit / 8] ^= (char)(1 << bit % 8);
        }
    }
}

/* ---- keys ---- */

static void
refuses_a_malformed_key_file(void **state)
{
    CLEANUP(world_release) struct world w;
    struct err err = ERR_INIT;

    (void)state;
    world_open(&w);
    assert_int_equal(trust_as(&w, "private.key", EC_PKCS8, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(trust_as(&w, "x25519.pub", X25519_PUB, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(trust_keys_add(&w.store.keys, "/nowhere/x.pub", &err), -1);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_int_equal(w.store.keys.count, 0);
    for (size_t i = 0; i < 9; i++) /* more than fit at first */
        trust_key(&w, "team.pub", EC_PUB);
    assert_int_equal(w.store.keys.count, 9);
}

static void
records_a_skipped_check(void **state)
{
    CLEANUP(world_release) struct world w;
    struct admission admission = {.basis = ADMISSION_NONE};
    struct err err = ERR_INIT;

    (void)state;
    world_open(&w);
    judge(&w, INDEX);
    assert_int_equal(trust_admit_unchecked(&w.signers, &w.store, &admission, &err), 0);
    assert_int_equal(admission.basis, ADMISSION_SKIPPED);
    assert_true(digest_equal(&admission.index, &w.signers.index));

    admission.basis = ADMISSION_NONE;
    w.store.has_policy = true; /* and it does not say "allow_insecure" */
    assert_int_equal(trust_admit_unchecked(&w.signers, &w.store, &admission, &err), -1);
    assert_string_equal(err_reason_word(err.reason), "override-denied");
    assert_int_equal(admission.basis, ADMISSION_NONE);
}

/* ---- revoked ---- */

static void
put_on_the_list(struct world *w, enum revoked_kind kind, const struct digest *id)
{
    struct revoked_entry entry = {.kind = kind, .id = *id};
    const struct revoked one = {.items = &entry, .count = 1};
    struct err err = ERR_INIT;

    assert_int_equal(revoked_join(&w->store.revoked, &one, &err), 0);
}

static void
refuses_a_revoked_key(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "ec.pub", EC_PUB);
    trust_key(&w, "ed.pub", ED_PUB);
    add_signature(&w, "a.sigstore.json", EC_PKCS8, INDEX);
    put_on_the_list(&w, REVOKED_KEY, pki_id(w.store.keys.items[0]));
    judge(&w, INDEX);
    assert_dismissed(&w, 0, "revoked", "the revoked key '");
    assert_stopped(&w, "revoked", "the revoked key");

    add_signature(&w, "b.sigstore.json", ED, INDEX);
    judge(&w, INDEX);
    assert_admitted(&w, 1);
}

/* Its file is gone from the store: all that is left is what the signature says. */
static void
names_a_revoked_key_that_was_removed(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    trust_key(&w, "ec.pub", EC_PUB);
    put_on_the_list(&w, REVOKED_KEY, pki_id(w.store.keys.items[0]));
    trust_keys_release(&w.store.keys);
    trust_key(&w, "ed.pub", ED_PUB);
    add_signature(&w, "a.sigstore.json", EC_PKCS8, INDEX);
    judge(&w, INDEX);
    assert_stopped(&w, "revoked", "names a revoked key");
}

static void
refuses_a_revoked_index_from_any_signer(void **state)
{
    CLEANUP(world_release) struct world w;
    struct admission admission = {.basis = ADMISSION_NONE};
    struct err err = ERR_INIT;

    (void)state;
    world_open(&w);
    trust_key(&w, "ec.pub", EC_PUB);
    add_signature(&w, "a.sigstore.json", EC_PKCS8, INDEX);
    judge(&w, INDEX);
    w.store.dir = xstrdup("/store");
    put_on_the_list(&w, REVOKED_INDEX, &w.signers.index);
    assert_int_equal(trust_admit(&w.signers, &w.store, &admission, &err), -1);
    assert_string_equal(err_reason_word(err.reason), "revoked");
    assert_int_equal(trust_admit_unchecked(&w.signers, &w.store, &admission, &err), -1);
    assert_string_equal(err_reason_word(err.reason), "revoked");
    assert_int_equal(admission.basis, ADMISSION_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(admits_a_trusted_signature),
        cmocka_unit_test(reports_unsigned_bundles),
        cmocka_unit_test(names_an_unknown_signer),
        cmocka_unit_test(accepts_nothing_without_keys),
        cmocka_unit_test(refuses_signatures_over_other_bytes),
        cmocka_unit_test(one_valid_signature_is_enough),
        cmocka_unit_test(counts_a_key_once),
        cmocka_unit_test(refuses_a_wrong_hint),
        cmocka_unit_test(accepts_a_signature_without_hint),
        cmocka_unit_test(refuses_a_wrong_digest),
        cmocka_unit_test(requires_a_digest_except_for_ed25519),
        cmocka_unit_test(ignores_the_name_of_the_file),
        cmocka_unit_test(refuses_other_kinds_of_signatures),
        cmocka_unit_test(reports_the_most_specific_finding),
        cmocka_unit_test(accepts_files_made_by_cosign),
        cmocka_unit_test(refuses_any_flipped_bit_of_a_file),
        cmocka_unit_test(refuses_a_malformed_key_file),
        cmocka_unit_test(records_a_skipped_check),
        cmocka_unit_test(refuses_a_revoked_key),
        cmocka_unit_test(names_a_revoked_key_that_was_removed),
        cmocka_unit_test(refuses_a_revoked_index_from_any_signer),
    };

    return cmocka_run_group_tests_name("signers", tests, NULL, NULL);
}
