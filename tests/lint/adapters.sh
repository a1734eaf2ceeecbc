#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# adapters.sh - each library has one adapter, and only that includes its headers.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

offenders() {
    (cd "$1" && grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' .) |
        sed 's/^\.\///' | awk -F: '
        function only(header, place) {
            if ($3 ~ "[<\"]" header && $1 !~ "^" place)
                print
        }
        {
            only("openssl/", "io/crypto/")
            only("curl/", "io/http/")
            only("jansson", "io/json/")
            only("yaml\\.h", "io/yaml/")
            only("archive(_entry)?\\.h", "io/archive/")
            only("(zlib|lzma|bzlib|zstd|gnutls|seccomp|glib|libxml|sodium)", "nowhere")
        }'
}

plant io/crypto/hash.c '#include <openssl/evp.h>' '#include <curl/curl.h> /* WRONG */'
plant io/json/json.c '#include <jansson.h>' '#include <zlib.h> /* WRONG */'
plant io/file/file.h '#include <jansson.h> /* WRONG */' '#include <yaml.h> /* WRONG */'
plant bundle/reader/reader.c '#include <archive.h> /* WRONG */' '#include "io/archive/tar.h"'
plant trust/keys.h '#include <openssl/x509.h> /* WRONG */'
lint "third-party headers are included by their adapters only"
