/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/store.h"

#include "base/clock.h"
#include "base/mem.h"
#include "io/crypto/pki_certs.h"
#include "io/file/secure_dir.h"

#include <stdlib.h>
#include <string.h>

char *
trust_store_path(const struct trust_store *s, const char *name)
{
    return xasprintf("%s/%s", s->dir, name);
}

/* ---- keys ---- */

static int
slurp_key(const struct store_files *files, const char *name, struct buf *pem,
          struct err *err)
{
    CLEANUP(mem_free_string) char *file = xasprintf("keys/%s", name);

    return store_files_read(files, file, pem, err);
}

/* Without a policy every key file counts; a missing folder has none. */
static int
read_all_keys(struct trust_store *s, const struct store_files *files, struct err *err)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names names = SECURE_DIR_NAMES_INIT;

    if (store_files_list(files, "keys", ".pub", &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
        const char *name = names.items[i];

        if (slurp_key(files, name, &pem, err) < 0 ||
            trust_keys_add_pem(&s->keys, name, pem.data ? pem.data : "", pem.len, err) <
                0)
            return -1;
    }
    return 0;
}

/* One key under two names would let one signer count as two. */
static int
add_named_key(struct trust_store *s, const char *name, const char *pem, size_t len,
              struct err *err)
{
    size_t first;

    if (trust_keys_add_pem(&s->keys, name, pem, len, err) < 0)
        return -1;
    first = trust_keys_find(&s->keys, pki_id(s->keys.items[s->keys.count - 1]));
    if (first != s->keys.count - 1)
        return err_set(err, ERR_USAGE, "'%s' and '%s' contain the same key",
                       s->keys.names[first], name);
    return 0;
}

static int
read_named_keys(struct trust_store *s, const struct store_files *files, struct err *err)
{
    for (size_t i = 0; i < s->policy.signer_count; i++) {
        const struct policy_signer *signer = &s->policy.signers[i];

        for (size_t k = 0; k < signer->keys.count; k++) {
            CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
            const char *name = signer->keys.items[k];

            if (slurp_key(files, name, &pem, err) < 0 ||
                add_named_key(s, name, pem.data ? pem.data : "", pem.len, err) < 0)
                return err_wrap(err, "signer '%s'", signer->name);
        }
    }
    return 0;
}

/* ---- other files ---- */

/* 1 and *out filled, 0 when there is no such file, -1. */
static int
slurp_store_file(const struct store_files *files, const char *name, struct buf *out,
                 struct err *err)
{
    struct err why = ERR_INIT;

    if (store_files_read(files, name, out, &why) == 0)
        return 1;
    if (why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

static int
read_policy(struct trust_store *s, const struct store_files *files, struct err *err)
{
    CLEANUP(mem_free_string) char *path = store_files_path(files, "policy.json");
    int rc = slurp_store_file(files, "policy.json", &s->policy_text, err);

    if (rc <= 0)
        return rc;
    s->has_policy = true;
    if (policy_parse(&s->policy, s->policy_text.data ? s->policy_text.data : "",
                     s->policy_text.len, err) < 0)
        return err_wrap(err, "%s", path);
    return 0;
}

static int
read_revoked(struct trust_store *s, const struct store_files *files, struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(REVOKED_MAX);
    CLEANUP(mem_free_string) char *path = store_files_path(files, "revoked");
    int rc = slurp_store_file(files, "revoked", &text, err);

    if (rc <= 0)
        return rc;
    if (revoked_parse(&s->revoked, text.data ? text.data : "", text.len, err) < 0)
        return err_wrap(err, "%s", path);
    return 0;
}

/* ---- the whole store ---- */

static int
no_trust(const struct trust_store *s, const char *what, struct err *err)
{
    return err_because(err, ERR_TRUST, REASON_NO_TRUST, "no trusted keys: %s %s", s->dir,
                       what);
}

/* Check that the store exists and that only root and this user can change it. */
static int
check_folder(const struct trust_store *s, bool is_default, struct err *err)
{
    if (secure_dir_check(s->dir, err) == 0)
        return 0;
    if (is_default && err->kind == ERR_NOT_FOUND)
        return no_trust(s, "does not exist", err);
    return err->kind == ERR_NOT_FOUND ? err_wrap(err, "trust store") : -1;
}

int
trust_store_read(struct trust_store *s, const struct store_files *files, struct err *err)
{
    if (read_policy(s, files, err) < 0 || read_revoked(s, files, err) < 0 ||
        (s->has_policy ? read_named_keys : read_all_keys)(s, files, err) < 0)
        return -1;
    return authorities_open(&s->authorities, files, &s->policy, err);
}

int
trust_store_open(struct trust_store *out, const char *dir, struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store s = TRUST_STORE_INIT;
    struct trust_place place;
    struct store_files files;

    trust_place_find(&place, dir);
    s.dir = place.dir;
    s.state = place.state;
    files = (struct store_files){.dir = s.dir};
    if (check_folder(&s, !dir, err) < 0 || trust_store_read(&s, &files, err) < 0)
        return -1;
    if (!s.has_policy && s.keys.count == 0)
        return no_trust(&s, "contains none", err);
    *out = s;
    s = (struct trust_store)TRUST_STORE_INIT;
    return 0;
}

void
trust_store_warn(const struct trust_store *s, uint64_t now, const struct events *events)
{
    const struct pki_certs *crls = s->authorities.crls;
    struct pki_crl_term term;
    char time[CLOCK_TEXT_MAX];

    trust_keys_warn(&s->keys, events);
    for (size_t i = 0; crls && pki_crl_term(crls, i, &term); i++) {
        if (!term.ends || term.next_update >= now)
            continue;
        clock_format(time, term.next_update);
        events_warning(events,
                       "the revocation list of '%s' expired at %s: it still revokes, but "
                       "lists no later revocations; put a new one into %s/crl",
                       term.issuer, time, s->dir);
    }
}

void
trust_store_release(struct trust_store *s)
{
    trust_keys_release(&s->keys);
    revoked_release(&s->revoked);
    authorities_release(&s->authorities);
    policy_release(&s->policy);
    buf_release(&s->policy_text);
    free(s->dir);
    free(s->state);
    *s = (struct trust_store)TRUST_STORE_INIT;
}

const char *
trust_store_signer(const struct trust_store *s, const struct digest *key_id)
{
    size_t k = trust_keys_find(&s->keys, key_id);

    if (k == s->keys.count)
        return NULL;
    for (size_t i = 0; i < s->policy.signer_count; i++) {
        const struct policy_signer *signer = &s->policy.signers[i];

        for (size_t j = 0; j < signer->keys.count; j++) {
            if (strcmp(signer->keys.items[j], s->keys.names[k]) == 0)
                return signer->name;
        }
    }
    return s->has_policy ? NULL : s->keys.names[k];
}
