/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/trusted_key.h"

#include "cli/terminal.h"
#include "io/json/json_write.h"

#include <stdio.h>
#include <unistd.h>

static int
confirm_key(const struct trust_added *a, struct err *err)
{
    char hex[2 * DIGEST_RAW_MAX + 1];
    int rc;

    if (!isatty(STDIN_FILENO))
        return 0;
    digest_hex(&a->key_id, hex);
    fprintf(stderr, "%s, %s, key id\n  %s\n", a->name, pki_type_name(a->type), hex);
    rc = terminal_confirm("Does this match what its owner told you out of band?  [y/N] ",
                          err);
    if (rc < 0)
        return -1;
    return rc == 1 ? 0 : err_set(err, ERR_USAGE, "not added");
}

int
trusted_key_look(const char *dir, const char *path, struct trust_added *out,
                 struct err *err)
{
    struct trust_added a;

    if (trust_look_at_key(dir, path, &a, err) < 0 || confirm_key(&a, err) < 0)
        return -1;
    *out = a;
    return 0;
}

void
trusted_key_put(struct result *r, struct jsout *obj, const struct trust_added *a)
{
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(&a->key_id, hex);
    jsout_put_text(obj, "key", a->name);
    jsout_put_text(obj, "type", pki_type_name(a->type));
    jsout_put_text(obj, "keyId", hex);
    result_say(r, "key       %s, %s\n", a->name, pki_type_name(a->type));
    result_say(r, "key id    %s\n", hex);
}
