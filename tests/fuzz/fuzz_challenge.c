/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate, one header a line: malformed ones change nothing. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "registry/connection/challenge.h"

#include <stdlib.h>
#include <string.h>

static void
check_one(const struct challenge *c, const char *all)
{
    const char *const texts[] = {c->realm, c->service, c->scope, c->error};

    assert(c->scheme != CHALLENGE_BEARER || c->realm);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i])
            assert(strlen(texts[i]) <= strlen(all));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(mem_free_string)
    char *all = xstrndup(size > 0 ? (const char *)data : "", size);
    CLEANUP(mem_free_string) char *line = xstrdup(all);
    CLEANUP(challenge_release) struct challenge best = CHALLENGE_INIT;
    char *rest = line;

    for (char *one; (one = strsep(&rest, "\n"));) {
        struct challenge before = best;
        struct err err = ERR_INIT;

        if (challenge_read(&best, one, &err) < 0) {
            assert(err.kind == ERR_AUTH && err.msg[0] != '\0');
            assert(best.scheme == before.scheme && best.realm == before.realm);
        }
        assert(best.scheme >= before.scheme);
        check_one(&best, all);
    }
    return 0;
}
