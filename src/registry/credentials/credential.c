/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/credentials/credential.h"

#include "base/mem.h"
#include "io/crypto/hash.h"

#include <stdlib.h>
#include <string.h>

void
credential_release(struct credential *c)
{
    free(c->user);
    c->user = NULL;
    secret_release(&c->password);
    secret_release(&c->identity_token);
    secret_release(&c->registry_token);
}

void
credential_copy(struct credential *out, const struct credential *from)
{
    out->user = from->user ? xstrdup(from->user) : NULL;
    secret_copy(&out->password, &from->password);
    secret_copy(&out->identity_token, &from->identity_token);
    secret_copy(&out->registry_token, &from->registry_token);
}

static bool
same_secret(const struct secret *a, const struct secret *b)
{
    return strcmp(secret_get(a), secret_get(b)) == 0;
}

bool
credential_equal(const struct credential *a, const struct credential *b)
{
    const char *user_a = a->user ? a->user : "", *user_b = b->user ? b->user : "";

    return strcmp(user_a, user_b) == 0 && same_secret(&a->password, &b->password) &&
           same_secret(&a->identity_token, &b->identity_token) &&
           same_secret(&a->registry_token, &b->registry_token);
}

bool
credential_has_password(const struct credential *c)
{
    return c->user && c->user[0] != '\0' && secret_is_set(&c->password);
}

bool
credential_is_usable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < ' ' || c == 127)
            return false;
    }
    return len <= CREDENTIAL_VALUE_MAX;
}

static int
set_user(struct credential *out, const char *user, size_t len, const char *password,
         size_t password_len)
{
    static const char token[] = "<token>";
    bool is_token = len == sizeof(token) - 1 && memcmp(user, token, len) == 0;

    if (is_token && password_len == 0)
        return -1;
    out->user = xstrndup(user, is_token ? 0 : len);
    if (password_len > 0)
        secret_set(is_token ? &out->identity_token : &out->password, password,
                   password_len);
    return 0;
}

int
credential_set_user(struct credential *out, const char *user, const char *password)
{
    size_t len = strlen(user), password_len = strlen(password);

    if (len == 0 || strchr(user, ':') || !credential_is_usable(user, len) ||
        !credential_is_usable(password, password_len))
        return -1;
    return set_user(out, user, len, password, password_len);
}

int
credential_set_pair(struct credential *out, const char *text, size_t len)
{
    const char *colon = memchr(text, ':', len);
    size_t user = colon ? (size_t)(colon - text) : 0;

    if (!colon || !credential_is_usable(text, len))
        return -1;
    return set_user(out, text, user, colon + 1, len - user - 1);
}

int
credential_set_base64(struct credential *out, const char *text)
{
    CLEANUP(buf_release) struct buf padded = BUF_INIT(2 * CREDENTIAL_VALUE_MAX);
    CLEANUP(buf_release) struct buf raw = BUF_INIT(2 * CREDENTIAL_VALUE_MAX);
    int rc = -1;

    if (strlen(text) > padded.max)
        return -1;
    for (; *text != '\0'; text++) {
        if (*text != '\r' && *text != '\n' && buf_add(&padded, text, 1) < 0)
            break;
    }
    while (padded.len % 4 != 0 && buf_add_text(&padded, "=") == 0)
        ;
    if (padded.len > 0 && base64_decode(padded.data, padded.len, &raw) == 0) {
        while (raw.len > 0 && raw.data[raw.len - 1] == '\0')
            raw.len--;
        rc = credential_set_pair(out, raw.data, raw.len);
    }
    secret_wipe(padded.data, padded.cap);
    secret_wipe(raw.data, raw.cap);
    return rc;
}
