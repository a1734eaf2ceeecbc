/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/credentials/podman_helpers.h"

#include "base/mem.h"
#include "registry/config/registries_conf.h"
#include "registry/config/toml.h"
#include "registry/credentials/credential_helper.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void
podman_helpers_release(struct podman_helpers *h)
{
    for (size_t i = 0; i < h->count; i++)
        free(h->names[i]);
    h->count = 0;
}

struct helpers_loading {
    struct podman_helpers found;
    bool is_top; /* before the first table */
};

static int
enter_helpers_table(void *ctx, const char *name, bool is_element, unsigned line,
                    struct err *err)
{
    struct helpers_loading *load = ctx;

    (void)name, (void)is_element, (void)line, (void)err;
    load->is_top = false;
    return 0;
}

static int
read_helper_value(void *ctx, const char *key, const struct toml_value *value,
                  struct err *err)
{
    struct helpers_loading *load = ctx;

    if (!load->is_top || strcmp(key, "credential-helpers") != 0)
        return 0;
    if (value->kind != TOML_ARRAY || value->count > PODMAN_HELPERS_MAX)
        return err_set(err, ERR_USAGE, "'%s' is not a list of up to %d names", key,
                       PODMAN_HELPERS_MAX);
    for (size_t i = 0; i < value->count; i++) {
        if (!helper_name_is_valid(value->items[i]))
            return err_set(err, ERR_USAGE, "'%s' contains an invalid name", key);
        load->found.names[load->found.count++] = xstrdup(value->items[i]);
    }
    return 0;
}

int
podman_helpers_parse(struct podman_helpers *out, const char *name, const char *bytes,
                     size_t len, struct err *err)
{
    struct helpers_loading load = {.is_top = true};
    const struct toml_reader reader = {
        .table = enter_helpers_table, .value = read_helper_value, .ctx = &load};

    if (toml_read(name, bytes, len, &reader, err) < 0) {
        podman_helpers_release(&load.found);
        return -1;
    }
    if (load.found.count == 0)
        return 0; /* an empty list counts as none */
    podman_helpers_release(out);
    *out = load.found;
    return 1;
}

static int
read_helpers_file(void *ctx, const char *name, const char *bytes, size_t len,
                  struct err *err)
{
    return podman_helpers_parse(ctx, name, bytes, len, err) < 0 ? -1 : 0;
}

int
podman_helpers_load(struct podman_helpers *out, struct err *err)
{
    out->names[out->count++] = xstrdup(PODMAN_FILES);
    return registries_conf_read(read_helpers_file, out, err);
}
