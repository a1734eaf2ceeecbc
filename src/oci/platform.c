#include "config.h"
#include "oci/platform.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { PARTS = 4 };

/* In the order they are shown. */
static const struct part {
    const char *key;
    const char *before; /* what separates it from the parts in front of it */
} parts[PARTS] = {
    {"os", ""},
    {"architecture", "/"},
    {"variant", "/"},
    {"os.version", ":"},
};

static const char *const keys[] = {"os", "architecture", "variant", "os.version", NULL};

int
platform_read(struct platform *out, const struct js *obj)
{
    const char *values[PARTS] = {"", "", "", ""};
    char text[PLATFORM_TEXT_MAX] = "", safe[TEXT_SAFE_MAX];
    size_t len = 0;

    if (js_ambiguous_key(obj, keys))
        return -1;
    for (size_t i = 0; i < PARTS; i++) {
        const char *key = parts[i].key;

        if (js_string(obj, key, &values[i]) < 0 && !js_is_null(obj, key))
            return -1;
    }
    if (values[0][0] == '\0' && values[1][0] == '\0')
        return 0;
    for (size_t i = 0; i < PARTS; i++) {
        if (values[i][0] == '\0' || len >= sizeof(text))
            continue;
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
                                len > 0 ? parts[i].before : "", values[i]);
    }
    text_safe(safe, text, strlen(text));
    safe[sizeof(out->text) - 1] = '\0';
    memcpy(out->text, safe, strlen(safe) + 1);
    return 1;
}
