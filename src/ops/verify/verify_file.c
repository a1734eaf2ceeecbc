/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/verify_file.h"

#include "io/crypto/pki_sign.h"
#include "io/file/file.h"
#include "ops/sign/sign_file.h"
#include "ops/verify/signature_files.h"

int
verify_file(struct signature_check *signers, const struct verify_file_options *o,
            struct err *err)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(SIGN_FILE_MAX);
    CLEANUP(signature_files_release) struct signature_files files = SIGNATURE_FILES_INIT;
    struct pki_payload payload;
    struct admission admission;

    if (file_slurp(o->path, &bytes, err) < 0 ||
        signature_files_gather(&files, NULL, o->signatures, o->signature_count, err) < 0)
        return -1;
    payload = pki_payload(bytes.data ? bytes.data : "", bytes.len);
    if (signature_check(signers, &payload, files.items, files.count, o->store, err) < 0)
        return -1;
    if (trust_admit(signers, o->store, &admission, err) < 0)
        return err_wrap(err, "%s", o->path);
    return 0;
}
