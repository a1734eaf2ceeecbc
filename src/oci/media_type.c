/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/media_type.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <stddef.h>
#include <string.h>

#define OCI    "application/vnd.oci."
#define DOCKER "application/vnd.docker."

#define DOCKER_LIST     DOCKER "distribution.manifest.list.v2+json"
#define DOCKER_MANIFEST DOCKER "distribution.manifest.v2+json"

const char media_accept[] = MEDIA_OCI_INDEX ", " MEDIA_OCI_MANIFEST ", " DOCKER_LIST
                                            ", " DOCKER_MANIFEST ", " MEDIA_OCI_ARTIFACT;

/* A name that ends with '.' matches every type that begins with it. */
static const struct known {
    const char *name;
    enum media_kind kind;
} known[] = {
    {MEDIA_OCI_INDEX, MEDIA_INDEX},
    {MEDIA_OCI_MANIFEST, MEDIA_MANIFEST},
    {MEDIA_OCI_ARTIFACT, MEDIA_MANIFEST},
    {DOCKER_LIST, MEDIA_INDEX},
    {DOCKER_MANIFEST, MEDIA_MANIFEST},
    {DOCKER "distribution.manifest.v1+json", MEDIA_SCHEMA1},
    {DOCKER "distribution.manifest.v1+prettyjws", MEDIA_SCHEMA1},
    {OCI "image.config.v1+json", MEDIA_BLOB},
    {OCI "image.layer.", MEDIA_BLOB},
    {OCI "empty.v1+json", MEDIA_BLOB},
    {DOCKER "container.image.v1+json", MEDIA_BLOB},
    {DOCKER "plugin.v1+json", MEDIA_BLOB},
    {DOCKER "image.rootfs.", MEDIA_BLOB},
    {"application/vnd.buildkit.cacheconfig.v0", MEDIA_BLOB},
};

enum media_kind
media_kind(const char *type)
{
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        const char *name = known[i].name;
        bool is_family = name[strlen(name) - 1] == '.';

        if (is_family ? text_starts(type, name) : strcmp(type, name) == 0)
            return known[i].kind;
    }
    return MEDIA_UNKNOWN;
}

/* Length of the RFC 6838 restricted name at the beginning of text; 0 without one. */
static size_t
restricted_name(const char *text)
{
    enum { NAME_MAX_LEN = 127 };
    size_t n = 0;

    if (!text_is_alnum(text[0]))
        return 0;
    while (text[n] != '\0' && (text_is_alnum(text[n]) || strchr("!#$&-^_.+", text[n])))
        n++;
    return n <= NAME_MAX_LEN ? n : 0;
}

/* Length of the type at the beginning of text, without parameters; 0 without one. */
static size_t
bare_type(const char *text)
{
    size_t type = restricted_name(text);
    size_t subtype;

    if (type == 0 || text[type] != '/')
        return 0;
    subtype = restricted_name(text + type + 1);
    return subtype == 0 ? 0 : type + 1 + subtype;
}

bool
media_type_is_valid(const char *type)
{
    size_t n = bare_type(type);

    return n > 0 && type[n] == '\0';
}

bool
media_type_of_header(const char *value, char out[MEDIA_TYPE_MAX + 1])
{
    static const char *const generic[] = {"application/json", "text/plain",
                                          "application/octet-stream"};
    size_t n;

    if (!value)
        return false;
    value += strspn(value, " \t");
    n = bare_type(value);
    if (n == 0 || !strchr("; \t", value[n])) /* also matches the end of the value */
        return false;
    for (size_t i = 0; i < COUNT_OF(generic); i++) {
        if (text_same_nocase(value, n, generic[i]))
            return false;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = text_lower(value[i]);
    out[n] = '\0';
    return true;
}
