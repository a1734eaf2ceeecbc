/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "io/http/http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server of this process: answers each request on a connection, counts connections. */
struct server {
    int fd;
    unsigned port;
    unsigned connections;
    pthread_t thread;
};

static void
answer_requests(int fd)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    char request[2048];

    while (recv(fd, request, sizeof(request), 0) > 0 &&
           send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL) > 0)
        ;
    close(fd);
}

static void *
serve(void *arg)
{
    struct server *s = arg;
    int fd;

    while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
        s->connections++;
        answer_requests(fd);
    }
    return NULL;
}

static void
start(struct server *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);

    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(s->fd >= 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(s->fd, 8), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
stop(struct server *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
}

/* The rule holds for what a name resolves to, and for a connection that is open already.
 */
static void
checks_addresses_not_names(void **state)
{
    static const struct {
        bool public_only;
        int result;
    } steps[] = {{true, -1}, {false, 0}, {false, 0}, {true, -1}, {false, 0}};
    struct server s = {.connections = 0};
    struct run run = RUN_INIT;
    struct http_config config = {.run = &run};
    struct http_response r = {.status = 0};
    struct err err = ERR_INIT;
    struct http_conn *conn = http_conn_new(&config, &err);

    (void)state;
    start(&s);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        char url[64];
        struct http_request request = {
            .method = "GET", .url = url, .public_only = steps[i].public_only};

        err = (struct err)ERR_INIT;
        snprintf(url, sizeof(url), "http://localhost:%u/", s.port);
        print_message("# %zu: %d\n", i, steps[i].public_only);
        assert_int_equal(http_exchange(conn, &request, &r, &err), steps[i].result);
        assert_int_equal(r.status, steps[i].result == 0 ? 200 : 0);
        assert_int_equal(r.peer,
                         steps[i].result == 0 ? HTTP_REACH_LOOPBACK : HTTP_REACH_NAME);
        if (steps[i].result < 0) {
            assert_int_equal(err.kind, ERR_PROTOCOL);
            assert_string_equal(err_reason_word(err.reason), "private-address");
            assert_non_null(strstr(err.msg, "private address "));
        }
    }
    http_conn_free(conn);
    stop(&s);
    assert_in_range(s.connections, 1, 2); /* those that were refused are not among them */
    http_response_release(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_addresses_not_names),
    };
    struct err err = ERR_INIT;
    int failed;

    if (http_global_init(&err) < 0)
        return 99;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    http_global_cleanup();
    return failed;
}
