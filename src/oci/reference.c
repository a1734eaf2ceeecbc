/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/reference.h"

#include "base/text.h"
#include "base/text_safe.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const char hub[] = "docker.io";
static const char hub_api[] = "registry-1.docker.io";
static const char hub_old[] = "index.docker.io";
static const char hub_home[] = "library/"; /* of official images on Docker Hub */

/* ---- shapes ---- */

static bool
is_path_char(char c)
{
    return text_is_digit(c) || (c >= 'a' && c <= 'z');
}

/* Length of the separator between two runs of path characters; 0 when there is none. */
static size_t
path_separator(const char *text, size_t len)
{
    if (text[0] == '/' || text[0] == '.')
        return 1;
    if (text[0] == '_')
        return len > 1 && text[1] == '_' ? 2 : 1;
    for (size_t n = 0;; n++) {
        if (n == len || text[n] != '-')
            return n;
    }
}

static bool
is_path(const char *text, size_t len)
{
    size_t i = 0;

    if (len > REFERENCE_PATH_MAX)
        return false;
    for (;;) {
        size_t run = i, gap;

        while (i < len && is_path_char(text[i]))
            i++;
        if (i == run)
            return false;
        if (i == len)
            return true;
        gap = path_separator(text + i, len - i);
        if (gap == 0)
            return false;
        i += gap;
    }
}

static bool
is_dns_name(const char *text, size_t len)
{
    enum { NAME_LEN = 255, LABEL_LEN = 63 };
    size_t label = 0;

    if (len == 0 || len > NAME_LEN)
        return false;
    for (size_t i = 0; i <= len; i++) {
        if (i == len || text[i] == '.') {
            if (label == 0 || label > LABEL_LEN || text[i - 1] == '-')
                return false;
            label = 0;
        } else if (text_is_alnum(text[i]) || (text[i] == '-' && label > 0)) {
            label++;
        } else {
            return false;
        }
    }
    return true;
}

static bool
is_ipv6(const char *text, size_t len)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr ignored;

    if (len >= sizeof(address) || memchr(text, '.', len) || memchr(text, '\0', len))
        return false;
    memcpy(address, text, len);
    address[len] = '\0';
    return inet_pton(AF_INET6, address, &ignored) == 1;
}

static bool
is_host(const char *text, size_t len)
{
    bool is_bracketed = len > 0 && text[0] == '[';
    const char *end = len > 0 ? memchr(text, is_bracketed ? ']' : ':', len) : NULL;
    size_t name = end ? (size_t)(end - text) : len;
    uint64_t port;

    if (is_bracketed && (!end || !is_ipv6(text + 1, name - 1)))
        return false;
    if (!is_bracketed && !is_dns_name(text, name))
        return false;
    name += is_bracketed;
    if (name == len)
        return true;
    return text[name] == ':' &&
           text_u64(text + name + 1, len - name - 1, 65535, &port) == 0 && port > 0;
}

static bool
is_tag(const char *text, size_t len)
{
    if (len == 0 || len > REFERENCE_TAG_MAX || text[0] == '.' || text[0] == '-')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!text_is_alnum(text[i]) && (text[i] == '\0' || !strchr("_.-", text[i])))
            return false;
    }
    return true;
}

bool
reference_is_path(const char *text)
{
    return is_path(text, strlen(text));
}

bool
reference_is_tag(const char *text)
{
    return is_tag(text, strlen(text));
}

bool
reference_is_repository(const struct reference *r)
{
    return r->tag[0] == '\0' && !r->has_digest;
}

bool
reference_is_host(const char *text)
{
    return is_host(text, strlen(text));
}

bool
reference_looks_like_host(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.' || text[i] == ':' || text[i] != text_lower(text[i]))
            return true;
    }
    return len == strlen("localhost") && memcmp(text, "localhost", len) == 0;
}

/* ---- parsing ---- */

/* Set an error that quotes the invalid part. */
static int
bad_part(struct err *err, const char *what, const char *text, size_t len, const char *why)
{
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, text, len);
    return err_set(err, ERR_USAGE, "%s '%s' %s", what, safe, why);
}

int
reference_refuse_user(const char *text, size_t len, struct err *err)
{
    const char *at = len > 0 ? memrchr(text, '@', len) : NULL;
    char safe[TEXT_SAFE_MAX];

    if (!at)
        return 0;
    text_safe(safe, at, len - (size_t)(at - text));
    return err_because(err, ERR_USAGE, REASON_USER_IN_NAME,
                       "'...%s': a user name or password is not allowed here", safe);
}

int
reference_host(char out[REFERENCE_HOST_MAX + 1], const char *text, size_t len,
               struct err *err)
{
    if (!is_host(text, len))
        return bad_part(err, "registry host", text, len,
                        "is not a host name or address with an optional port");
    for (size_t i = 0; i < len; i++)
        out[i] = text_lower(text[i]);
    out[len] = '\0';
    if (strcmp(out, hub_old) == 0 || strcmp(out, hub_api) == 0)
        memcpy(out, hub, sizeof(hub));
    return 0;
}

static int
parse_tag(struct reference *r, const char *text, size_t len, struct err *err)
{
    if (!is_tag(text, len))
        return bad_part(err, "tag", text, len,
                        "is not 1 to 128 letters, digits, '_', '.' or '-' (the last two "
                        "not as the first)");
    memcpy(r->tag, text, len);
    return 0;
}

static int
parse_path(struct reference *r, const char *text, size_t len, struct err *err)
{
    bool at_home = strcmp(r->host, hub) == 0 && !memchr(text, '/', len);
    size_t skip = at_home ? strlen(hub_home) : 0;

    if (len == 0)
        return err_set(err, ERR_USAGE, "no repository in the reference");
    if (len + skip > REFERENCE_PATH_MAX)
        return err_set(err, ERR_USAGE, "its repository path is longer than %d bytes",
                       REFERENCE_PATH_MAX);
    for (size_t i = 0; i < len; i++) {
        if (text[i] != text_lower(text[i]))
            return bad_part(err, "repository path", text, len,
                            "contains an upper-case letter");
    }
    if (!is_path(text, len))
        return bad_part(err, "repository path", text, len,
                        "is not lower-case letters and digits, joined by single '/', "
                        "'.' or '_', by '__' or by '-'");
    memcpy(r->path, hub_home, skip);
    memcpy(r->path + skip, text, len);
    return 0;
}

/* PATH[:TAG]; the last ':' begins the tag. */
static int
parse_repository(struct reference *r, const char *text, size_t len, struct err *err)
{
    const char *colon = len > 0 ? memrchr(text, ':', len) : NULL;
    size_t path = colon ? (size_t)(colon - text) : len;

    if (colon && parse_tag(r, colon + 1, len - path - 1, err) < 0)
        return -1;
    return parse_path(r, text, path, err);
}

/* NAME[:TAG][@DIGEST].  has_host: the first component is a host, whatever it looks like.
 */
static int
parse_parts(struct reference *r, const char *text, size_t len, bool has_host,
            struct err *err)
{
    const char *at = memchr(text, '@', len);
    size_t name = at ? (size_t)(at - text) : len;
    const char *slash = memchr(text, '/', name);
    size_t host = slash ? (size_t)(slash - text) : 0;
    size_t skip = 0;

    if (at && digest_parse(&r->digest, at + 1, len - name - 1, ERR_USAGE, err) < 0)
        return err_wrap(err, "after the '@'");
    r->has_digest = at != NULL;
    memcpy(r->host, hub, sizeof(hub));
    if (has_host && !slash)
        return err_set(err, ERR_USAGE, "no repository in the reference");
    if (slash && (has_host || reference_looks_like_host(text, host))) {
        if (reference_host(r->host, text, host, err) < 0)
            return -1;
        skip = host + 1;
    }
    if (parse_repository(r, text + skip, name - skip, err) < 0)
        return -1;
    r->is_default = r->tag[0] == '\0' && !r->has_digest;
    if (r->is_default)
        memcpy(r->tag, "latest", sizeof("latest"));
    return 0;
}

/* Whether the '@' is the only one and is not followed by a host. */
static bool
may_be_digest(const char *text, size_t len)
{
    const char *at = memrchr(text, '@', len);
    size_t rest = at ? len - (size_t)(at - text) - 1 : 0;

    return !at || rest == 0 ||
           (memchr(text, '@', len) == at && rest >= 3 && memcmp(at + 1, "sha", 3) == 0 &&
            !memchr(at + 1, '/', rest));
}

/* Reject common mistakes with a more helpful message than which part is malformed. */
static int
refuse_lookalikes(const char *text, size_t len, struct err *err)
{
    enum { ID_LEN = 64 };
    unsigned char raw[ID_LEN / 2];
    char safe[TEXT_SAFE_MAX];

    if (len == 0)
        return err_set(err, ERR_USAGE, "the reference is empty");
    if (!may_be_digest(text, len))
        return reference_refuse_user(text, len, err);
    text_safe(safe, text, len);
    if (len >= REFERENCE_TEXT_MAX)
        return err_set(err, ERR_USAGE, "'%s': longer than the maximum of a reference",
                       safe);
    if (memmem(text, len, "://", 3)) {
        err_set(err, ERR_USAGE, "'%s': a reference has no scheme", safe);
        return err_hint(err, "leave out everything up to and including '://'");
    }
    if (len == ID_LEN && text_unhex(raw, text, ID_LEN / 2) == 0) {
        err_set(err, ERR_USAGE, "'%s': an image ID is not a reference", safe);
        return err_hint(err, "to refer to an image by digest, use NAME@sha256:DIGEST");
    }
    return 0;
}

static int
parse_reference(struct reference *out, const char *text, size_t len, bool has_host,
                struct err *err)
{
    struct reference r = {.has_digest = false};
    char safe[TEXT_SAFE_MAX];

    if (refuse_lookalikes(text, len, err) < 0)
        return -1;
    if (parse_parts(&r, text, len, has_host, err) < 0) {
        text_safe(safe, text, len);
        return err_wrap(err, "'%s'", safe);
    }
    *out = r;
    return 0;
}

static const char docker_scheme[] = "docker://", oci_scheme[] = "oci://";

static bool
begins_with(const char *text, size_t len, const char *prefix)
{
    return len >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0;
}

size_t
reference_scheme(const char *text, size_t len)
{
    if (begins_with(text, len, docker_scheme))
        return strlen(docker_scheme);
    return begins_with(text, len, oci_scheme) ? strlen(oci_scheme) : 0;
}

int
reference_parse(struct reference *out, const char *text, size_t len, struct err *err)
{
    size_t skip = reference_scheme(text, len);

    return parse_reference(out, text + skip, len - skip,
                           begins_with(text, len, oci_scheme), err);
}

void
reference_name(const struct reference *r, char out[REFERENCE_TEXT_MAX])
{
    char digest[DIGEST_TEXT_MAX] = "";
    const char *mark = r->tag[0] != '\0' ? ":" : r->has_digest ? "@" : "";

    if (mark[0] == '@')
        digest_text(&r->digest, digest);
    snprintf(out, REFERENCE_TEXT_MAX, "%s/%s%s%s", r->host, r->path, mark,
             mark[0] == ':' ? r->tag : digest);
}

static int
parse_back(struct reference *out, const char *name, bool takes_repositories,
           enum err_kind kind, struct err *err)
{
    struct reference r;
    struct err why = ERR_INIT;
    char canonical[REFERENCE_TEXT_MAX], safe[TEXT_SAFE_MAX];

    if (parse_reference(&r, name, strlen(name), true, &why) < 0)
        return err_because(err, kind, REASON_FORMAT, "not an image name: %s", why.msg);
    if (takes_repositories && r.is_default)
        r.tag[0] = '\0';
    reference_name(&r, canonical);
    if (strcmp(canonical, name) != 0) {
        text_safe(safe, name, strlen(name));
        return err_because(err, kind, REASON_FORMAT,
                           "image name '%s' is not canonical: expected '%s'", safe,
                           canonical);
    }
    *out = r;
    return 0;
}

int
reference_parse_name(struct reference *out, const char *name, enum err_kind kind,
                     struct err *err)
{
    return parse_back(out, name, false, kind, err);
}

int
reference_parse_name_or_repository(struct reference *out, const char *name,
                                   enum err_kind kind, struct err *err)
{
    return parse_back(out, name, true, kind, err);
}

bool
reference_same_name(const struct reference *a, const struct reference *b)
{
    return strcmp(a->host, b->host) == 0 && strcmp(a->path, b->path) == 0 &&
           strcmp(a->tag, b->tag) == 0 &&
           (a->tag[0] != '\0' || digest_equal(&a->digest, &b->digest));
}

const char *
reference_api_host(const char *host)
{
    return strcmp(host, hub) == 0 ? hub_api : host;
}
