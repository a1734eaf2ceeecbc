/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/keys.h"

#include "base/mem.h"
#include "io/crypto/pki_pem.h"
#include "io/file/file.h"

#include <stdlib.h>
#include <string.h>

int
trust_keys_add_pem(struct trust_keys *keys, const char *name, const char *pem, size_t len,
                   struct err *err)
{
    struct pki_key *key = pki_public(pem, len, name, err);

    if (!key)
        return -1;
    if (keys->count == keys->cap) {
        keys->cap = keys->cap ? 2 * keys->cap : 4;
        keys->items = xreallocarray(keys->items, keys->cap, sizeof(struct pki_key *));
        keys->names = xreallocarray(keys->names, keys->cap, sizeof(char *));
    }
    keys->items[keys->count] = key;
    keys->names[keys->count] = xstrdup(name);
    keys->count++;
    return 0;
}

int
trust_keys_add(struct trust_keys *keys, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);

    if (file_slurp(path, &pem, err) < 0)
        return -1;
    return trust_keys_add_pem(keys, path, pem.data ? pem.data : "", pem.len, err);
}

void
trust_key_warn(enum pki_type type, const char *name, const struct events *events)
{
    if (type == PKI_RSA_2048)
        events_warning(events, "'%s' is an RSA key of less than 3072 bits: replace it",
                       name);
}

void
trust_keys_warn(const struct trust_keys *keys, const struct events *events)
{
    for (size_t i = 0; i < keys->count; i++)
        trust_key_warn(pki_type(keys->items[i]), keys->names[i], events);
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

size_t
trust_keys_find(const struct trust_keys *keys, const struct digest *id)
{
    size_t i = 0;

    while (i < keys->count && !digest_equal(pki_id(keys->items[i]), id))
        i++;
    return i;
}

size_t
trust_keys_find_name(const struct trust_keys *keys, const char *name)
{
    size_t i = 0;

    while (i < keys->count && strcmp(keys->names[i], name) != 0)
        i++;
    return i;
}
