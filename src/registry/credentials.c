#include "config.h"
#include "registry/credentials.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/file.h"
#include "io/hash.h"
#include "io/json.h"

#include <stdlib.h>
#include <string.h>

/* How well an entry fits; the smallest number wins, an earlier entry among equals. */
enum fit { FIT_ADDED, FIT_HELPER, FIT_EXACT, FIT_ALIAS, FIT_NONE };

struct entry {
    char *key;  /* as the file has it */
    char *host; /* what it stands for, lower case */
    enum fit fit;
    unsigned file; /* 0 for added ones, then in the order of loading */
    bool has_helper;
    struct credential credential;
};

struct credentials {
    struct entry *entries;
    size_t count, cap;
    unsigned files;
};

void
credential_release(struct credential *c)
{
    free(c->user);
    c->user = NULL;
    secret_release(&c->password);
    secret_release(&c->identity_token);
    secret_release(&c->registry_token);
}

bool
credential_has_password(const struct credential *c)
{
    return c->user && c->user[0] != '\0' && secret_is_set(&c->password);
}

struct credentials *
credentials_new(void)
{
    return xcalloc(1, sizeof(struct credentials));
}

void
credentials_free(struct credentials *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->count; i++) {
        free(c->entries[i].key);
        free(c->entries[i].host);
        credential_release(&c->entries[i].credential);
    }
    free(c->entries);
    free(c);
}

void
credentials_release(struct credentials **c)
{
    credentials_free(*c);
    *c = NULL;
}

/* ---- keys ---- */

static const char *
without_scheme(const char *key)
{
    if (text_starts(key, "https://"))
        return key + strlen("https://");
    return text_starts(key, "http://") ? key + strlen("http://") : key;
}

/*
 * The host a key stands for, or NULL for a namespace of a host.
 * "https://index.docker.io/v1/" -> "index.docker.io", "h:5000" -> "h:5000", "h/team" ->
 * NULL
 */
static char *
host_of_key(const char *key)
{
    static const char *const paths[] = {"", "/", "/v1", "/v1/", "/v2", "/v2/"};
    const char *start = without_scheme(key);
    size_t len = strcspn(start, "/");
    bool known = start != key;
    char *host;

    for (size_t i = 0; i < COUNT_OF(paths); i++)
        known = known || strcmp(start + len, paths[i]) == 0;
    if (!known || len == 0)
        return NULL;
    host = xstrndup(start, len);
    for (char *p = host; *p != '\0'; p++)
        *p = text_lower(*p);
    return host;
}

static bool
is_hub(const char *host)
{
    return strcmp(host, "docker.io") == 0 || strcmp(host, "index.docker.io") == 0 ||
           strcmp(host, "registry-1.docker.io") == 0;
}

/* docker's own key for its hub counts as exact. */
static enum fit
fit_of(const struct entry *e, const char *host)
{
    if (is_hub(host) ? !is_hub(e->host) : strcmp(e->host, host) != 0)
        return FIT_NONE;
    if (e->fit != FIT_EXACT || strcmp(e->key, "https://index.docker.io/v1/") == 0)
        return e->fit;
    return text_same_nocase(e->key, strlen(e->key), host) ? FIT_EXACT : FIT_ALIAS;
}

/* NULL when the key is not one of a whole host. */
static struct entry *
add_entry(struct credentials *c, const char *key, enum fit fit, unsigned file)
{
    char *host = host_of_key(key);
    struct entry *e;

    if (!host)
        return NULL;
    c->entries = mem_grow(c->entries, c->count, &c->cap, sizeof(*e));
    e = &c->entries[c->count++];
    *e = (struct entry){.key = xstrdup(key), .host = host, .fit = fit, .file = file};
    return e;
}

/* ---- values ---- */

/* Anything that goes into a header: no control characters, an end. */
static bool
is_usable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < ' ' || c == 127)
            return false;
    }
    return len <= CREDENTIALS_VALUE_MAX;
}

/* "user:password", split at the first colon.  -1 when it has another form. */
static int
set_pair(struct credential *out, const char *text, size_t len)
{
    const char *colon = memchr(text, ':', len);
    size_t user = colon ? (size_t)(colon - text) : 0;

    if (!colon || !is_usable(text, len))
        return -1;
    free(out->user);
    out->user = xstrndup(text, user);
    if (len > user + 1)
        secret_set(&out->password, colon + 1, len - user - 1);
    return 0;
}

/* Some tools leave out the padding, some put NULs behind the password. */
static int
set_auth(struct credential *out, const char *base64)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(2 * CREDENTIALS_VALUE_MAX);
    CLEANUP(buf_release) struct buf raw = BUF_INIT(2 * CREDENTIALS_VALUE_MAX);
    int rc = -1;

    if (buf_add_text(&text, base64) < 0)
        return -1;
    while (text.len % 4 != 0 && buf_add_text(&text, "=") == 0)
        ;
    if (base64_decode(text.data, text.len, &raw) == 0) {
        while (raw.len > 0 && raw.data[raw.len - 1] == '\0')
            raw.len--;
        rc = set_pair(out, raw.data, raw.len);
    }
    secret_wipe(text.data, text.len);
    secret_wipe(raw.data, raw.cap);
    return rc;
}

/* 0 also when the member is absent or empty. */
static int
set_token(struct secret *out, const struct js *entry, const char *key)
{
    const char *text = NULL;
    int rc = js_string(entry, key, &text);

    if (rc == 1 && text[0] != '\0') {
        if (!is_usable(text, strlen(text)))
            return -1;
        secret_set(out, text, strlen(text));
    }
    return rc < 0 ? -1 : 0;
}

static int
set_password(struct credential *out, const struct js *entry)
{
    const char *auth = "", *user = "", *password = "";

    if (js_string(entry, "auth", &auth) < 0 || js_string(entry, "username", &user) < 0 ||
        js_string(entry, "password", &password) < 0)
        return -1;
    if (auth[0] != '\0')
        return set_auth(out, auth);
    if (user[0] == '\0')
        return 0;
    if (strchr(user, ':') || !is_usable(user, strlen(user)) ||
        !is_usable(password, strlen(password)))
        return -1;
    out->user = xstrdup(user);
    secret_set(&out->password, password, strlen(password));
    return 0;
}

/* ---- files ---- */

struct load {
    struct credentials *to;
    const char *path;
    bool has_store; /* "credsStore": an empty entry means the store has the rest */
    struct err *err;
};

static int
bad_entry(const struct load *load, const char *what, const char *key)
{
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, key, strlen(key));
    return err_set(load->err, ERR_USAGE, "'%s': the %s of '%s' is not usable", load->path,
                   what, safe);
}

static int
load_auth(const char *key, const struct js *value, void *ctx)
{
    struct load *load = ctx;
    struct entry *e;
    struct credential *c;

    if (!js_is_object(value))
        return bad_entry(load, "entry in \"auths\"", key);
    e = add_entry(load->to, key, FIT_EXACT, load->to->files);
    if (!e)
        return 0;
    c = &e->credential;
    if (set_password(c, value) < 0)
        return bad_entry(load, "user name or password", key);
    if (set_token(&c->identity_token, value, "identitytoken") < 0 ||
        set_token(&c->registry_token, value, "registrytoken") < 0)
        return bad_entry(load, "token", key);
    if (c->user)
        return 0;
    if (secret_is_set(&c->identity_token) || secret_is_set(&c->registry_token))
        c->user = xstrdup("");
    else
        e->has_helper = load->has_store;
    return 0;
}

static int
load_helper(const char *key, const struct js *value, void *ctx)
{
    struct load *load = ctx;
    struct entry *e;

    if (!js_text(value))
        return bad_entry(load, "entry in \"credHelpers\"", key);
    e = add_entry(load->to, key, FIT_HELPER, load->to->files);
    if (e)
        e->has_helper = true;
    return 0;
}

static int
load_members(struct load *load, const struct js *root)
{
    const struct js *auths, *helpers;
    const char *store = "";
    int has_auths = js_object(root, "auths", &auths);
    int has_helpers = js_object(root, "credHelpers", &helpers);

    if (has_auths < 0 || has_helpers < 0 || js_string(root, "credsStore", &store) < 0)
        return err_set(
            load->err, ERR_USAGE,
            "'%s': \"auths\", \"credHelpers\" or \"credsStore\" has a wrong type",
            load->path);
    load->has_store = store[0] != '\0';
    if (has_helpers == 1 && js_each(helpers, load_helper, load) != 0)
        return -1;
    return has_auths == 1 && js_each(auths, load_auth, load) != 0 ? -1 : 0;
}

int
credentials_load(struct credentials *c, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(CREDENTIALS_FILE_MAX);
    struct load load = {.to = c, .path = path, .err = err};
    struct js *root;
    int rc;

    if (file_slurp(path, &bytes, err) < 0)
        return -1;
    c->files++;
    root = js_parse(bytes.data, bytes.len, ERR_USAGE, err);
    secret_wipe(bytes.data, bytes.len);
    if (!root) /* the parser's words may quote a piece of a password */
        return err_set(err, ERR_USAGE, "'%s' is not a valid JSON object", path);
    rc = load_members(&load, root);
    js_close(root);
    return rc;
}

int
credentials_load_default(struct credentials *c, struct err *err)
{
    CLEANUP(mem_free_string) char *path = NULL;
    const char *dir = getenv("DOCKER_CONFIG");
    const char *home = getenv("HOME");
    struct err why = ERR_INIT;

    if (dir && dir[0] != '\0')
        path = xasprintf("%s/config.json", dir);
    else if (home && home[0] != '\0')
        path = xasprintf("%s/.docker/config.json", home);
    if (!path || credentials_load(c, path, &why) == 0 || why.kind == ERR_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

int
credentials_add(struct credentials *c, const char *host, const char *text, size_t len,
                struct err *err)
{
    struct credential pair = CREDENTIAL_INIT;
    struct entry *e;

    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (set_pair(&pair, text, len) < 0 || !credential_has_password(&pair)) {
        credential_release(&pair);
        return err_set(err, ERR_USAGE, "the credentials for '%s' are not USER:PASSWORD",
                       host);
    }
    e = add_entry(c, host, FIT_ADDED, 0);
    if (!e) {
        credential_release(&pair);
        return err_set(err, ERR_USAGE, "'%s' is not a registry host", host);
    }
    e->credential = pair;
    return 0;
}

/* ---- looking up ---- */

static const struct entry *
best_entry(const struct credentials *c, const char *host)
{
    const struct entry *best = NULL;

    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = &c->entries[i];
        enum fit fit = fit_of(e, host);

        if (fit == FIT_NONE || (!e->has_helper && !e->credential.user))
            continue;
        if (!best || e->file < best->file ||
            (e->file == best->file && fit < fit_of(best, host)))
            best = e;
    }
    return best;
}

int
credentials_find(const struct credentials *c, const char *host, struct credential *out,
                 struct err *err)
{
    const struct entry *e = best_entry(c, host);

    if (!e)
        return 0;
    if (e->has_helper) {
        err_set(err, ERR_AUTH,
                "the credentials for '%s' are kept by a credential helper, which sealift "
                "does not run",
                host);
        return err_hint(err, "pass them with --creds-stdin %s or --authfile FILE", host);
    }
    out->user = xstrdup(e->credential.user);
    secret_copy(&out->password, &e->credential.password);
    secret_copy(&out->identity_token, &e->credential.identity_token);
    secret_copy(&out->registry_token, &e->credential.registry_token);
    return 1;
}
