/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/receipt/verify_receipt.h"

#include "base/mem.h"
#include "io/file/file.h"

#include <string.h>

int
verify_receipt(struct verified_receipt *out, const char *path,
               const struct trust_store *store, struct err *err)
{
    CLEANUP(buf_release) struct buf json = BUF_INIT(RECEIPT_MAX);
    CLEANUP(buf_release) struct buf file = BUF_INIT(BUNDLE_SIGNATURE_MAX);
    CLEANUP(mem_free_string) char *beside = receipt_signature_path(path);
    const char *slash = strrchr(beside, '/');
    struct trust_evidence evidence = {.name = slash ? slash + 1 : beside,
                                      .is_detached = true};
    struct pki_payload payload;
    struct admission admission;

    if (file_slurp(path, &json, err) < 0 || file_slurp(beside, &file, err) < 0)
        return -1;
    evidence.bytes = file.data ? file.data : "";
    evidence.len = file.len;
    payload = pki_payload(json.data ? json.data : "", json.len);
    if (signature_check(&out->signers, &payload, &evidence, 1, store, err) < 0)
        return -1;
    if (trust_admit(&out->signers, store, &admission, err) < 0 ||
        receipt_read(&out->summary, json.data ? json.data : "", json.len, err) < 0)
        return err_wrap(err, "%s", path);
    return 0;
}

void
verified_receipt_release(struct verified_receipt *v)
{
    signature_check_release(&v->signers);
    receipt_summary_release(&v->summary);
}
