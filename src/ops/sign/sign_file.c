/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/sign/sign_file.h"

#include "io/crypto/hash.h"
#include "io/file/file.h"
#include "io/file/output.h"
#include "ops/sign/sign.h"

int
sign_file(const struct sign_file_options *o, struct digest *digest, struct err *err)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(SIGN_FILE_MAX);
    CLEANUP(signature_file_release) struct signature_file file = {.bytes = NULL};

    if (file_slurp(o->path, &bytes, err) < 0 ||
        hash_bytes(DIGEST_SHA256, bytes.data, bytes.len, digest, err) < 0 ||
        sign_bytes(o->key, o->certs, bytes.data, bytes.len, &file, err) < 0)
        return -1;
    return file_put(o->out, file.bytes, file.len, 0666, true, err);
}
