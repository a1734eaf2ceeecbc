/* SPDX-License-Identifier: Apache-2.0 */
/* What decides about trust: a policy that is read holds together, so does a list of what
 * is revoked, and an update says the same after it was written again. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "trust/update.h"

#include <string.h>

static void
check_quorum(const struct policy *p, const struct policy_quorum *q)
{
    assert(q->count >= 1 && q->threshold >= 1 && q->threshold <= q->count);
    for (size_t i = 0; i < q->count; i++)
        assert(q->signers[i] < p->signer_count);
}

static void
try_policy(const char *text, size_t size)
{
    CLEANUP(policy_release) struct policy p = POLICY_INIT;
    struct err err = ERR_INIT;

    if (policy_parse(&p, text, size, &err) < 0) {
        assert(err.kind == ERR_USAGE && err.msg[0] != '\0' && !p.signers);
        return;
    }
    assert(p.version >= 1);
    for (size_t i = 0; i < p.signer_count; i++) {
        const struct policy_signer *s = &p.signers[i];

        assert(s->name[0] != '\0' && !strchr(s->name, '/'));
        assert(s->is_x509 ? s->x509.anchors.count > 0 : s->keys.count > 0);
        for (size_t k = 0; k < s->keys.count; k++)
            assert(s->keys.items[k][0] != '.' && !strchr(s->keys.items[k], '/'));
    }
    for (size_t i = 0; i < p.stream_count; i++) {
        check_quorum(&p, &p.streams[i].quorum);
        assert(policy_stream_for(&p, p.streams[i].pattern));
    }
    if (p.has_root)
        check_quorum(&p, &p.root);
}

static void
try_revoked(const char *text, size_t size)
{
    CLEANUP(revoked_release) struct revoked r = REVOKED_INIT;
    struct err err = ERR_INIT;

    if (revoked_parse(&r, text, size, &err) < 0) {
        assert((err.kind == ERR_USAGE || err.kind == ERR_LIMIT) && !r.items);
        return;
    }
    for (size_t i = 0; i < r.count; i++)
        assert(revoked_has(&r, &r.items[i]));
}

static void
try_update(const char *text, size_t size)
{
    CLEANUP(update_release) struct trust_update u = TRUST_UPDATE_INIT;
    CLEANUP(update_release) struct trust_update again = TRUST_UPDATE_INIT;
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    CLEANUP(buf_release) struct buf out = BUF_INIT(UPDATE_MAX);
    const struct revoked nothing = REVOKED_INIT;
    struct err err = ERR_INIT;

    if (update_parse(&u, text, size, &err) < 0) {
        assert(err.kind == ERR_USAGE || err.kind == ERR_LIMIT);
        return;
    }
    for (size_t i = 0; i < u.count; i++)
        assert(u.files[i].name[0] != '/' && !strstr(u.files[i].name, "/."));
    assert(update_write(&u, &out, &err) == 0);
    assert(update_parse(&again, out.data, out.len, &err) == 0);
    assert(again.count == u.count);
    for (size_t i = 0; i < u.count; i++)
        assert(strcmp(again.files[i].text, u.files[i].text) == 0);
    if (update_open(&u, NULL, &nothing, &store, &err) == 0)
        assert(store.has_policy && store.policy.has_root);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size > 0 ? (const char *)data : "";

    try_policy(text, size);
    try_revoked(text, size);
    try_update(text, size);
    return 0;
}
