/* SPDX-License-Identifier: Apache-2.0 */
/* How much is hashed to judge signatures: each digest once, however many signatures and
 * keys there are, and with Ed25519, which wants more, the key that a file names. */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "trust/signature_check.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"

enum { KEYS = 20, FILES = 30, INDEX = 4096 };

/* 10 keys of each kind, all of them trusted, and files by them. */
struct world {
    struct pki_key *keys[KEYS];
    struct trust_store store;
    struct buf bodies[FILES];
    struct trust_evidence files[FILES];
    size_t count;
    char index[INDEX];
    struct pki_payload payload;
    struct signature_check signers;
};

static bool
is_ed25519(size_t key)
{
    return key % 2 == 1;
}

static void
world_open(struct world *w)
{
    memset(w, 0, sizeof(*w));
    w->store = (struct trust_store)TRUST_STORE_INIT;
    memset(w->index, 'x', sizeof(w->index));
    w->payload = pki_payload(w->index, sizeof(w->index));
    for (size_t i = 0; i < KEYS; i++) {
        CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
        struct err err = ERR_INIT;

        w->keys[i] = pki_generate(is_ed25519(i) ? PKI_ED25519 : PKI_ECDSA_P256, &err);
        assert_non_null(w->keys[i]);
        assert_int_equal(pki_public_pem(w->keys[i], &pem, &err), 0);
        assert_int_equal(
            trust_keys_add_pem(&w->store.keys, "x.pub", pem.data, pem.len, &err), 0);
    }
}

static void
world_release(struct world *w)
{
    signature_check_release(&w->signers);
    trust_store_release(&w->store);
    for (size_t i = 0; i < w->count; i++)
        buf_release(&w->bodies[i]);
    for (size_t i = 0; i < KEYS; i++)
        pki_free(w->keys[i]);
}

/* A file by that key over these bytes; without its name when is_nameless. */
static void
add_file(struct world *w, size_t key, const char *bytes, size_t len, bool is_nameless)
{
    struct buf *body = &w->bodies[w->count];
    char name[SIGNATURE_NAME_MAX], *hint;
    struct err err = ERR_INIT;

    *body = (struct buf)BUF_INIT(4096);
    assert_int_equal(signature_make(w->keys[key], bytes, len, body, name, &err), 0);
    hint = strstr(body->data, "\"hint\":\"");
    assert_non_null(hint);
    if (is_nameless) {
        char *from = hint + strlen("\"hint\":\""), *to = strchr(from, '"');

        memmove(from, to, strlen(to) + 1);
        body->len -= (size_t)(to - from);
    }
    w->files[w->count++] = (struct trust_evidence){
        .name = "signature", .bytes = body->data, .len = body->len, .is_detached = true};
}

static void
judge(struct world *w)
{
    struct err err = ERR_INIT;

    assert_int_equal(
        signature_check(&w->signers, &w->payload, w->files, w->count, &w->store, &err),
        0);
}

static void
bad_signatures_cost_one_digest(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    for (size_t i = 0; i < FILES; i++) /* by ECDSA keys, half of them say which one */
        add_file(&w, i * 2 % KEYS, "other bytes", 11, i % 2 == 0);
    judge(&w);
    assert_int_equal(w.signers.counting, 0);
    assert_int_equal(w.payload.hashed, INDEX);
}

static void
valid_signatures_cost_no_more(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    for (size_t i = 0; i < KEYS; i += 2)
        add_file(&w, i, w.index, INDEX, i % 4 == 0);
    judge(&w);
    assert_int_equal(w.signers.counting, KEYS / 2);
    assert_int_equal(w.payload.hashed, INDEX);
}

static void
ed25519_costs_one_reading_per_named_key(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    for (size_t i = 0; i < FILES; i++)
        add_file(&w, (i * 2 + 1) % KEYS, "other bytes", 11, false);
    judge(&w);
    assert_int_equal(w.signers.counting, 0);
    assert_int_equal(w.payload.hashed, INDEX + FILES * INDEX);
}

/* Then all of them would have to be tried; 5 readings short of the bound. */
static void
limits_ed25519_signatures_without_hint(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    for (size_t i = 0; i < FILES; i++)
        add_file(&w, 1, "other bytes", 11, true);
    w.payload.hashed = SIGNERS_HASHED_MAX - 5 * INDEX - INDEX / 2;
    judge(&w);
    assert_true(w.payload.hashed <= SIGNERS_HASHED_MAX);
    assert_true(w.payload.hashed > SIGNERS_HASHED_MAX - INDEX);
    assert_non_null(strstr(w.signers.items[FILES - 1].why, "would take too long"));
    assert_string_equal(err_reason_word(w.signers.items[FILES - 1].reason),
                        "unknown-signer");
}

/* A key that is named is tried, whatever others have cost. */
static void
limit_never_drops_a_valid_signature(void **state)
{
    CLEANUP(world_release) struct world w;

    (void)state;
    world_open(&w);
    add_file(&w, 1, w.index, INDEX, false);
    add_file(&w, 2, w.index, INDEX, true);
    w.payload.hashed = SIGNERS_HASHED_MAX;
    judge(&w);
    assert_int_equal(w.signers.counting, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_signatures_cost_one_digest),
        cmocka_unit_test(valid_signatures_cost_no_more),
        cmocka_unit_test(ed25519_costs_one_reading_per_named_key),
        cmocka_unit_test(limits_ed25519_signatures_without_hint),
        cmocka_unit_test(limit_never_drops_a_valid_signature),
    };

    return cmocka_run_group_tests_name("signers_work", tests, NULL, NULL);
}
