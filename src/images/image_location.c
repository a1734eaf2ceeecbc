/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/image_location.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
    [TRANSPORT_REGISTRY] = "docker",
    [TRANSPORT_BUNDLE] = "bundle",
    [TRANSPORT_OCI_DIR] = "oci",
    [TRANSPORT_OCI_ARCHIVE] = "oci-archive",
    [TRANSPORT_DOCKER_ARCHIVE] = "docker-archive",
};

/* Transports of skopeo that cannot be read here. */
static const char *const others[] = {
    "dir", "docker-daemon", "containers-storage", "ostree", "sif", "tarball",
};

void
image_location_release(struct image_location *l)
{
    free(l->path);
    free(l->name);
    *l = (struct image_location)IMAGE_LOCATION_INIT;
}

const char *
image_transport_name(enum image_transport transport)
{
    return names[transport];
}

/* Whether text is "word:...", and not "word://...", which is a registry. */
static bool
has_transport(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);

    return len > n && memcmp(text, word, n) == 0 && text[n] == ':' &&
           !(len > n + 2 && memcmp(text + n, "://", 3) == 0);
}

static enum image_transport
transport_of(const char *text, size_t len)
{
    for (size_t i = TRANSPORT_BUNDLE; i < COUNT_OF(names); i++) {
        if (has_transport(text, len, names[i]))
            return (enum image_transport)i;
    }
    return TRANSPORT_REGISTRY;
}

bool
image_location_is_local(const char *text, size_t len)
{
    return transport_of(text, len) != TRANSPORT_REGISTRY;
}

/* "dir:x" without a '/' is the image "dir" with the tag "x". */
static int
refuse_other(const char *text, size_t len, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        size_t n = strlen(others[i]);

        if (has_transport(text, len, others[i]) &&
            (i > 0 || memchr(text + n, '/', len - n)))
            return err_because(err, ERR_USAGE, REASON_TRANSPORT,
                               "the transport '%s:' is not supported", others[i]);
    }
    return 0;
}

int
image_location_parse(struct image_location *out, const char *text, size_t len,
                     struct err *err)
{
    enum image_transport transport = transport_of(text, len);
    const char *path, *end = text + len, *colon;

    if (transport == TRANSPORT_REGISTRY) {
        if (refuse_other(text, len, err) < 0)
            return -1;
        *out = (struct image_location){.name = xstrndup(text, len)};
        return 0;
    }
    path = text + strlen(names[transport]) + 1;
    colon = memchr(path, ':', (size_t)(end - path));
    if (path == end || colon == path)
        return err_set(err, ERR_USAGE, "'%s:' requires a path", names[transport]);
    if (colon && colon + 1 == end)
        return err_set(err, ERR_USAGE, "no name follows the last ':'");
    *out = (struct image_location){
        .transport = transport,
        .path = xstrndup(path, (size_t)((colon ? colon : end) - path)),
        .name = colon ? xstrndup(colon + 1, (size_t)(end - colon - 1)) : xstrndup("", 0),
    };
    return 0;
}
