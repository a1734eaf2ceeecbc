#!/bin/sh
# adapters.sh - each library has one adapter, and only that includes its headers.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

offenders() {
    (cd "$1" && grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' .) |
        sed 's/^\.\///' | awk -F: '
        function only(header, place) {
            if ($3 ~ "[<\"]" header && $1 !~ "^" place "$")
                print
        }
        {
            only("openssl/", "io/(hash|pki[a-z_]*)\\.[ch]")
            only("curl/", "io/http[a-z_]*\\.[ch]")
            only("jansson", "io/(json(_out)?\\.c|json_internal\\.h)")
            only("archive", "io/tar[a-z_]*\\.c")
            only("(zlib|lzma|bzlib|zstd|gnutls|seccomp|glib|libxml|sodium)", "nowhere")
        }'
}

plant io/hash.c '#include <openssl/evp.h>' '#include <curl/curl.h> /* WRONG */'
plant io/json.c '#include <jansson.h>' '#include <zlib.h> /* WRONG */'
plant io/json.h '#include <jansson.h> /* WRONG */'
plant bundle/reader.c '#include <archive.h> /* WRONG */' '#include "base/archive.h"'
plant trust/keys.h '#include <openssl/x509.h> /* WRONG */'
lint "third-party headers stand in their adapters only"
