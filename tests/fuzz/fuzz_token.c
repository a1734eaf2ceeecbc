/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a token service: an accepted token can be sent in a header unchanged. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "registry/auth/token.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._~+/=-";
    CLEANUP(token_reply_release) struct token_reply reply = TOKEN_REPLY_INIT;
    const char *text = size > 0 ? (const char *)data : "";
    struct err err = ERR_INIT;
    const char *token;

    if (token_parse(text, size, &reply, &err) < 0) {
        assert(err.kind == ERR_AUTH && err.msg[0] != '\0');
        assert(!secret_is_set(&reply.value) && reply.lifetime_s == 0);
        return 0;
    }
    token = secret_get(&reply.value);
    assert(token[0] != '\0' && strlen(token) <= TOKEN_MAX);
    assert(strspn(token, allowed) == strlen(token));
    assert(reply.lifetime_s >= TOKEN_LIFETIME_MIN);
    return 0;
}
