# SPDX-License-Identifier: Apache-2.0
"""Proxies: who goes through one, and who never does."""
from harness import *  # first: it knows the way to the others


@case("proxy-selection")
def imports_use_a_proxy_only_on_request(lab):
    "an import uses a proxy only on request, whatever the environment says"
    app = lab.image("app:1")
    lab.registry.name_it("r.example.com")
    env = {name: f"http://{lab.proxy.host}"
           for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY")}
    lab.push(app, env=env, options=["--retries", "0"]).fails("network")
    same(lab.proxy.connections, 0, "connections to the proxy of the environment")
    lab.again()
    lab.push(app, options=["--proxy", f"http://{lab.proxy.host}"]).ok()
    lab.landed(app)
    check(lab.proxy.connections > 0, "the proxy was used")


@case("proxy-selection")
def proxy_env_hides_the_password(lab):
    "--proxy env keeps a proxy's password out of the command line"
    password = lab.secret("proxy")
    lab.proxy.handler.users = {"user": password}
    app = lab.image("app:1")
    lab.registry.name_it("r.example.com")
    env = {"https_proxy": f"http://user:{password}@{lab.proxy.host}"}
    lab.push(app, env=env, options=["--proxy", "env"]).ok()
    lab.landed(app)
    lab.again()
    lab.push(app, options=["--proxy", f"http://{lab.proxy.host}"]).fails(
        "auth", "proxy", hint="https_proxy")
    lab.again()
    lab.push(app, options=["--proxy", f"http://user:guess@{lab.proxy.host}"]).fails(
        "usage", "visible", hint="--proxy env")


@case("proxy-selection")
def exports_honour_the_environment(lab):
    "an export honours the environment, its exceptions, and --proxy before both"
    app = lab.image("app:1")
    lab.registry.name_it("r.example.com")
    url = f"http://{lab.proxy.host}"
    run = lab.export(app, env={"HTTPS_PROXY": url})
    run.ok().carries(app)
    check(f"through the proxy {lab.proxy.host}" in run.err, "-v names it")
    seen = lab.proxy.connections
    lab.again()
    lab.export(app, "--retries", "0", env={"https_proxy": url, "no_proxy": "x, .example.com"}
               ).fails("network")
    same(lab.proxy.connections, seen, "connections for what is excepted")
    lab.again()
    lab.export(app, "--proxy", url, env={"https_proxy": "http://127.0.0.1:1", "no_proxy": "*"}
               ).ok().carries(app)


main()
