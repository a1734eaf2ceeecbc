/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/receipt/receipt_fetch.h"

#include "bundle/format/index.h"
#include "io/crypto/pki_sign.h"
#include "ops/receipt/receipt_push.h"
#include "ops/verify/policy_check.h"
#include "registry/pull.h"
#include "registry/pull_blob.h"

#include <stdlib.h>
#include <string.h>

/* ---- fetching ---- */

static int
fetch_part(struct session *session, const struct repository *repo,
           struct receipt_part *part, struct err *err)
{
    const struct byte_sink sink = byte_buf_sink(&part->bytes);

    return pull_blob(session, repo, &part->digest, part->size, NULL, &sink, err);
}

static int
fetch_receipt(struct session *session, const struct repository *repo,
              struct receipt_parts *r, struct err *err)
{
    CLEANUP(pulled_release) struct pulled manifest = PULLED_INIT;

    if (pull_by_tag(session, repo, RECEIPT_LATEST, &manifest, err) < 0 ||
        receipt_parts_read(r, manifest.bytes.data, manifest.bytes.len, err) < 0 ||
        fetch_part(session, repo, &r->index, err) < 0)
        return -1;
    for (size_t i = 0; i < r->count; i++) {
        if (fetch_part(session, repo, &r->signatures[i], err) < 0)
            return -1;
    }
    return 0;
}

/* ---- verification ---- */

/* The same checks as for a bundle with this index and these signatures. */
static int
judge_receipt(const struct receipt_parts *r, const struct verified *v,
              const struct trust_store *store, struct trust_last *out, struct err *err)
{
    CLEANUP(index_content_release) struct index_content index = INDEX_CONTENT_INIT;
    CLEANUP(signature_check_release)
    struct signature_check signers = SIGNATURE_CHECK_INIT;
    struct trust_evidence evidence[BUNDLE_SIGNATURES_MAX];
    struct trust_verdict verdict = {.signer_count = 0};
    struct pki_payload payload = pki_payload(r->index.bytes.data, r->index.bytes.len);
    struct trust_claims claims;
    struct admission admission;

    for (size_t i = 0; i < r->count; i++)
        evidence[i] = (struct trust_evidence){.name = r->signatures[i].name,
                                              .bytes = r->signatures[i].bytes.data,
                                              .len = r->signatures[i].bytes.len,
                                              .is_detached = true};
    if (signature_check(&signers, &payload, evidence, r->count, store, err) < 0 ||
        trust_admit(&signers, store, &admission, err) < 0 ||
        index_read(&index, r->index.bytes.data, r->index.bytes.len, err) < 0)
        return -1;
    claims = policy_check_claims(&index.meta, &index.set.missing);
    if (strcmp(claims.stream, v->meta.stream) != 0)
        return err_set(err, ERR_TRUST, "it belongs to another stream");
    if (trust_judge_signers(&verdict, store, &signers, false, &claims, &v->now, err) < 0)
        return -1;
    *out = (struct trust_last){.epoch = verdict.rule ? verdict.rule->epoch : 0,
                               .serial = claims.serial,
                               .index = admission.index,
                               .created = claims.created,
                               .missing = claims.missing};
    memcpy(out->stream, v->meta.stream, sizeof(out->stream));
    return 0;
}

int
receipt_recall(const struct verified *v, const struct verify_options *o,
               const struct target *target, struct client *client, struct trust_last *out,
               struct err *err)
{
    CLEANUP(receipt_parts_release) struct receipt_parts r = {.count = 0};
    char path[REFERENCE_PATH_MAX + 1];
    struct repository repo = {.host = target->host, .path = path};
    struct err why = ERR_INIT;

    if (receipt_path(path, target, v->meta.stream, &why) == 0 &&
        fetch_receipt(client_session(client, 0), &repo, &r, &why) == 0 &&
        judge_receipt(&r, v, o->store, out, &why) == 0)
        return 1;
    if (why.kind == ERR_SIGNAL) {
        *err = why;
        return -1;
    }
    if (why.kind == ERR_NOT_FOUND || why.kind == ERR_USAGE)
        events_warning(&o->run->events,
                       "no previous import of stream '%s' is recorded, here or at the "
                       "target; rollback cannot be detected",
                       v->meta.stream);
    else
        events_warning(&o->run->events,
                       "no import of stream '%s' is recorded, and the receipt at the "
                       "target is not usable: %s",
                       v->meta.stream, why.msg);
    return 0;
}
