/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials from a file can be sent in a header and are found by their own key; the
 * same bytes as the answer of a helper, or as podman's list of helpers, are not less
 * usable. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "registry/credentials/credential_helper.h"
#include "registry/credentials/credentials_internal.h"
#include "registry/credentials/podman_helpers.h"
#include "registry/credentials/credentials_file.h"
#include "registry/credentials/credentials_match.h"

#include <string.h>

static void
check_value(const struct secret *s)
{
    assert(credential_is_usable(secret_get(s), s->len));
    assert(strlen(secret_get(s)) == s->len);
}

static void
check_credential(const struct credential *c)
{
    assert(credential_is_usable(c->user, strlen(c->user)));
    check_value(&c->password);
    check_value(&c->identity_token);
    check_value(&c->registry_token);
}

static void
check_entry(const struct source *s, const struct entry *e)
{
    const struct entry *found;

    assert(e->host[0] != '\0' && !strchr(e->host, '/'));
    assert(!e->helper || helper_name_is_valid(e->helper));
    if (!e->credential.user)
        return;
    check_credential(&e->credential);
    found = credentials_source_find(s, e->host, e->path);
    assert(found && strcmp(found->host, e->host) == 0);
    assert(strcmp(found->path, e->path) == 0);
}

static void
try_file(const uint8_t *data, size_t size)
{
    struct source *s = credentials_source_new("fuzz");
    struct err err = ERR_INIT;

    if (credentials_source_parse(s, data, size, &err) == 0) {
        for (size_t i = 0; i < s->count; i++)
            check_entry(s, &s->entries[i]);
        assert(!s->store || helper_name_is_valid(s->store));
    } else {
        assert(err.kind == ERR_USAGE);
        assert(strncmp(err.msg, "fuzz", 4) == 0);
    }
    credentials_source_free(s);
}

static void
try_answer(const uint8_t *data, size_t size)
{
    struct credential c = CREDENTIAL_INIT;
    struct err err = ERR_INIT;

    if (helper_parse(data, size, &c, &err) == 0)
        check_credential(&c);
    else
        assert(err.kind == ERR_AUTH && !c.user);
    credential_release(&c);
}

static void
try_list(const uint8_t *data, size_t size)
{
    struct podman_helpers list = PODMAN_HELPERS_INIT;
    const char *text = size > 0 ? (const char *)data : "";
    struct err err = ERR_INIT;
    int rc = podman_helpers_parse(&list, "fuzz", text, size, &err);

    assert(rc == 1 ? list.count > 0 : list.count == 0);
    assert(rc >= 0 || err.kind == ERR_USAGE || err.kind == ERR_LIMIT);
    for (size_t i = 0; i < list.count; i++)
        assert(helper_name_is_valid(list.names[i]));
    podman_helpers_release(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_file(data, size);
    try_answer(data, size);
    try_list(data, size);
    return 0;
}
