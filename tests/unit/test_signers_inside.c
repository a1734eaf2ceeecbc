/* SPDX-License-Identifier: Apache-2.0 */
/* Signature files inside a bundle count in one form and under one name only; beside it,
 * as others write them, they count in any. */
#include "config.h"
#include "tests/unit/unit.h"

#include "tests/unit/pki_keys.h"
#include "trust/signature_check.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"

static const char INDEX[] = "{\"schemaVersion\":2,\"manifests\":[]}";

struct world {
    struct pki_key *key;
    struct trust_store store;
    struct buf file;
    char name[SIGNATURE_NAME_MAX];
    struct trust_finding found; /* of the last judgement */
};

static void
world_open(struct world *w, const char *private_pem, const char *public_pem)
{
    struct err err = ERR_INIT;

    *w = (struct world){.store = TRUST_STORE_INIT, .file = BUF_INIT(64 * 1024)};
    w->key = pki_private(private_pem, strlen(private_pem), "key", NULL, &err);
    assert_non_null(w->key);
    assert_int_equal(trust_keys_add_pem(&w->store.keys, "team.pub", public_pem,
                                        strlen(public_pem), &err),
                     0);
    assert_int_equal(
        signature_make(w->key, INDEX, strlen(INDEX), &w->file, w->name, &err), 0);
}

static void
world_release(struct world *w)
{
    pki_free(w->key);
    trust_store_release(&w->store);
    buf_release(&w->file);
}

/* True if the signature counts. */
static bool
judge(struct world *w, const char *name, const struct buf *file, bool is_detached)
{
    CLEANUP(signature_check_release)
    struct signature_check signers = SIGNATURE_CHECK_INIT;
    struct pki_payload payload = pki_payload(INDEX, strlen(INDEX));
    const struct trust_evidence evidence = {
        .name = name, .bytes = file->data, .len = file->len, .is_detached = is_detached};
    struct err err = ERR_INIT;

    assert_int_equal(signature_check(&signers, &payload, &evidence, 1, &w->store, &err),
                     0);
    w->found = signers.items[0];
    assert_int_equal(signers.counting, w->found.counts);
    return w->found.counts;
}

static bool
counts_inside(struct world *w, const struct buf *file)
{
    return judge(w, w->name, file, false);
}

static bool
counts_beside(struct world *w, const struct buf *file)
{
    return judge(w, "whatever", file, true);
}

static void
accepts_own_signatures(void **state)
{
    static const char *const pairs[][2] = {
        {EC_PKCS8, EC_PUB}, {ED, ED_PUB}, {RSA_PKCS8, RSA_PUB}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CLEANUP(world_release) struct world w;

        world_open(&w, pairs[i][0], pairs[i][1]);
        assert_true(counts_inside(&w, &w.file));
        assert_true(counts_beside(&w, &w.file));
    }
}

/* ---- the same signature in other words ---- */

#define TYPE "\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\""

/* From the first `from` (the last one, when is_last) up to the first `until` behind it.
 */
struct rewrite {
    const char *what, *from, *until, *to;
    bool is_last;
};

static void
put_piece(struct buf *out, const char *bytes, size_t len)
{
    assert_int_equal(buf_add(out, bytes, len), 0);
}

static void
rewrite(const struct buf *file, const struct rewrite *r, struct buf *out)
{
    const char *at = strstr(file->data, r->from), *end;

    for (const char *next = at; r->is_last && next; next = strstr(at + 1, r->from))
        at = next;
    assert_non_null(at);
    end = at + strlen(r->from);
    if (r->until) {
        end = strstr(end, r->until);
        assert_non_null(end);
    }
    *out = (struct buf)BUF_INIT(64 * 1024);
    put_piece(out, file->data, (size_t)(at - file->data));
    put_piece(out, r->to, strlen(r->to));
    put_piece(out, end, file->len - (size_t)(end - file->data));
}

static const struct rewrite rewrites[] = {
    {.what = "a blank before", .from = "{" TYPE, .to = " {" TYPE},
    {.what = "a blank within", .from = "{" TYPE, .to = "{ " TYPE},
    {.what = "a blank behind a colon", .from = "\"hint\":", .to = "\"hint\": "},
    {.what = "a line feed at the end", .from = "\"}}", .to = "\"}}\n", .is_last = true},
    {.what = "a carriage return", .from = "}}", .to = "}\r}", .is_last = true},
    {.what = "keys in another order",
     .from = "{" TYPE ",\"verificationMaterial\":",
     .to = "{\"verificationMaterial\":",
     /* and the type where the hint ends */},
    {.what = "an escaped slash", .from = "application/", .to = "application\\/"},
    {.what = "an escaped key", .from = "\"hint\"", .to = "\"\\u0068int\""},
    {.what = "an escaped sign of base64", .from = "=\"", .to = "\\u003d\""},
    {.what = "an escape in capitals", .from = "SHA2_", .to = "SHA2\\u005F"},
    {.what = "an empty hint", .from = "\"hint\":\"", .until = "\"", .to = "\"hint\":\""},
    {.what = "no hint", .from = "\"hint\":\"", .until = "}", .to = ""},
    {.what = "an empty list of logs",
     .from = "\"publicKey\"",
     .to = "\"tlogEntries\":[],\"publicKey\""},
    {.what = "empty timestamps",
     .from = "\"publicKey\"",
     .to = "\"timestampVerificationData\":{},\"publicKey\""},
};

/* With Ed25519 a messageDigest may be missing. */
static const struct rewrite without_digest[] = {
    {.what = "an empty digest",
     .from = "\"messageDigest\":{",
     .until = "}",
     .to = "\"messageDigest\":{"},
    {.what = "no digest",
     .from = "\"messageDigest\":{",
     .until = "\"signature\"",
     .to = ""},
};

static void
assert_only_beside(struct world *w, const struct rewrite *r)
{
    CLEANUP(buf_release) struct buf other;

    rewrite(&w->file, r, &other);
    if (strcmp(r->what, "keys in another order") == 0) {
        const struct rewrite rest = {.from = "},\"messageSignature\"",
                                     .to = "}," TYPE ",\"messageSignature\""};
        struct buf half = other;

        rewrite(&half, &rest, &other);
        buf_release(&half);
    }
    if (!counts_beside(w, &other))
        fail_msg("%s: does not count beside the bundle: %s", r->what, w->found.why);
    if (counts_inside(w, &other))
        fail_msg("%s: counts inside the bundle", r->what);
    assert_string_equal(err_reason_word(w->found.reason), "bad-signature");
}

static void
accepts_other_renderings_only_outside(void **state)
{
    static const char *const pairs[][2] = {
        {EC_PKCS8, EC_PUB}, {ED, ED_PUB}, {RSA_PKCS8, RSA_PUB}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CLEANUP(world_release) struct world w;

        world_open(&w, pairs[i][0], pairs[i][1]);
        for (size_t j = 0; j < COUNT_OF(rewrites); j++)
            assert_only_beside(&w, &rewrites[j]);
        if (pki_type(w.key) != PKI_ED25519)
            continue;
        for (size_t j = 0; j < COUNT_OF(without_digest); j++)
            assert_only_beside(&w, &without_digest[j]);
    }
}

/* No bit is free to change: the file does not count any more. */
static void
refuses_any_flipped_bit(void **state)
{
    static const char *const pairs[][2] = {{EC_PKCS8, EC_PUB}, {ED, ED_PUB}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CLEANUP(world_release) struct world w;

        world_open(&w, pairs[i][0], pairs[i][1]);
        for (size_t bit = 0; bit < 8 * w.file.len; bit++) {
            w.file.data[bit / 8] ^= (char)(1 << bit % 8);
            if (counts_inside(&w, &w.file))
                fail_msg("bit %zu flipped, and it counts", bit);
            assert_string_equal(err_reason_word(w.found.reason), "bad-signature");
            w.file.data[bit / 8] ^= (char)(1 << bit % 8);
        }
    }
}

static void
refuses_another_file_name(void **state)
{
    static const char *const names[] = {"16dd4f595ab992b8.sigstore.json", /* of ED */
                                        "85efcc4046aceb54.sigstore.json",
                                        "85efcc4046aceb53.p7s",
                                        "85EFCC4046ACEB53.sigstore.json", ""};
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w, EC_PKCS8, EC_PUB);
    assert_string_equal(w.name, "85efcc4046aceb53.sigstore.json");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_false(judge(&w, names[i], &w.file, false));
        assert_string_equal(err_reason_word(w.found.reason), "bad-signature");
        assert_true(judge(&w, names[i], &w.file, true));
    }
}

/* ---- (r, n-s) ---- */

enum { HALF = 32 };
static const unsigned char order_of_p256[HALF] =
    "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";

/* The number at *at, to its full width; *at goes behind it. */
static void
take_number(unsigned char out[HALF], const unsigned char **at)
{
    size_t len = (*at)[1];
    const unsigned char *digits = *at + 2;

    assert_int_equal((*at)[0], 2);
    *at += 2 + len;
    for (; len > HALF; len--)
        digits++;
    memset(out, 0, HALF);
    memcpy(out + HALF - len, digits, len);
}

static void
put_number(struct buf *out, const unsigned char number[HALF])
{
    unsigned char der[HALF + 3] = {2, 0, 0};
    size_t len = HALF, sign;

    while (len > 1 && number[HALF - len] == 0)
        len--;
    sign = number[HALF - len] >> 7;
    der[1] = (unsigned char)(len + sign);
    memcpy(der + 2 + sign, number + HALF - len, len);
    assert_int_equal(buf_add(out, der, 2 + sign + len), 0);
}

static void
make_twin(const struct buf *raw, struct buf *out)
{
    CLEANUP(buf_release) struct buf body = BUF_INIT(100);
    unsigned char r[HALF], s[HALF], head[2] = {0x30, 0};
    const unsigned char *at = (const unsigned char *)raw->data + 2;
    int borrow = 0;

    take_number(r, &at);
    take_number(s, &at);
    for (size_t i = HALF; i-- > 0;) {
        int digit = order_of_p256[i] - s[i] - borrow;

        borrow = digit < 0;
        s[i] = (unsigned char)(digit + 256 * borrow);
    }
    put_number(&body, r);
    put_number(&body, s);
    head[1] = (unsigned char)body.len;
    assert_int_equal(buf_add(out, head, sizeof(head)), 0);
    assert_int_equal(buf_add(out, body.data, body.len), 0);
}

/* Anyone can compute that one from the first.  SECURITY.md says that it counts. */
static void
accepts_the_other_form_of_an_ecdsa_signature(void **state)
{
    CLEANUP(world_release) struct world w;
    CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;
    CLEANUP(buf_release) struct buf twin = BUF_INIT(100), file = BUF_INIT(4096);
    struct pki_payload payload = pki_payload(INDEX, strlen(INDEX));
    char name[SIGNATURE_NAME_MAX];
    struct err err = ERR_INIT;

    (void)state;
    world_open(&w, EC_PKCS8, EC_PUB);
    assert_int_equal(signature_parse(&s, w.file.data, w.file.len, &err), 0);
    make_twin(&s.raw, &twin);
    assert_int_equal(
        signature_wrap(w.key, &payload, &twin, DIGEST_SHA256, &file, name, &err), 0);
    assert_string_not_equal(file.data, w.file.data);
    assert_true(counts_inside(&w, &file));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_own_signatures),
        cmocka_unit_test(accepts_other_renderings_only_outside),
        cmocka_unit_test(refuses_any_flipped_bit),
        cmocka_unit_test(refuses_another_file_name),
        cmocka_unit_test(accepts_the_other_form_of_an_ecdsa_signature),
    };

    return cmocka_run_group_tests_name("signers_inside", tests, NULL, NULL);
}
