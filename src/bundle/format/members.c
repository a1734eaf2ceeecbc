/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/format/members.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

bool
bundle_stream_is_valid(const char *stream)
{
    size_t len = strlen(stream);

    for (size_t i = 0; i < len; i++) {
        char c = stream[i];

        if (!(text_is_digit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
              c == '-'))
            return false;
    }
    return len >= 1 && len <= BUNDLE_STREAM_MAX;
}

bool
bundle_signature_name_is_valid(const char *name)
{
    enum { KEYID = 16 };
    unsigned char raw[KEYID / 2];

    return strnlen(name, KEYID) == KEYID && text_unhex(raw, name, sizeof(raw)) == 0 &&
           (strcmp(name + KEYID, ".sigstore.json") == 0 ||
            strcmp(name + KEYID, ".p7s") == 0);
}

void
bundle_blob_name(const struct digest *d, char out[BUNDLE_BLOB_NAME_MAX])
{
    size_t n = (size_t)sprintf(out, "blobs/sha256/");

    text_hex(out + n, d->raw, 32);
}

bool
bundle_blob_digest(struct digest *out, const char *name)
{
    static const char folder[] = "blobs/sha256/";
    struct digest d = {.alg = DIGEST_SHA256};

    if (!text_starts(name, folder) || strlen(name) != BUNDLE_BLOB_NAME_MAX - 1 ||
        text_unhex(d.raw, name + strlen(folder), 32) < 0)
        return false;
    *out = d;
    return true;
}
