/// HAProxy's configuration in front of several nodes.
///
/// `deploy/haproxy.cfg` is this text for an operator's machines; the demo runs the same one with its own addresses, so
/// that what is documented is what is tried.
package struct HAProxySettings: Equatable, Sendable {
    /// One node behind the balancer.
    package struct Server: Equatable, Sendable {
        package let name: String
        /// `host:port`.
        package let address: String

        package init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    /// What the balancer listens at: an address and whatever follows it on the line (`:443 ssl crt …`).
    package let bind: String
    /// The nodes.
    package let servers: [Server]
    /// The account that it changes to when it is started as root; `nil` stays who it is.
    package let account: String?

    package init(bind: String, servers: [Server], account: String? = nil) {
        self.bind = bind
        self.servers = servers
        self.account = account
    }

    /// The file's content.
    package var text: String {
        let account = account.map { "    user \($0)\n    group \($0)\n" } ?? ""
        let servers = servers.map { "    server \($0.name) \($0.address)\n" }.joined()
        return """
            # HAProxy in front of several Cohort nodes. Three things are yours: `bind` (with a certificate: the address, then
            # `ssl crt /etc/haproxy/cohort.pem alpn h2,http/1.1`), the `server` lines, and on each node `web.trusted-proxies`
            # with this machine's address, without which the nodes take every visitor for the balancer.
            global
            \(account)    # Each connection takes two descriptors; where the system grants fewer, it goes on with those.
                maxconn 50000
                no strict-limits
                log stdout format raw local0 notice

            defaults
                mode http
                log global
                option dontlognull
                option dontlog-normal
                # A node that does not take a connection is tried again, then another one; so is one that dies without a word, but
                # only with requests that change nothing (see the frontend).
                retries 3
                retry-on conn-failure empty-response
                option redispatch 1
                timeout connect 1s
                timeout queue 5s
                timeout http-request 10s
                timeout http-keep-alive 60s
                timeout client 65s
                timeout server 65s
                # A live connection: nodes ping every 25 s (live.ping-seconds), so a silence of this length is a dead peer.
                timeout tunnel 120s
                timeout client-fin 10s
                timeout server-fin 10s
                timeout check 2s

            frontend cohort
                bind \(bind)
                # What a visitor claims about these is nothing that a node may believe.
                http-request set-header X-Forwarded-For %[src]
                http-request set-header X-Forwarded-Proto https if { ssl_fc }
                http-request set-header X-Forwarded-Proto http if !{ ssl_fc }
                http-request disable-l7-retry unless METH_GET
                default_backend nodes

            backend nodes
                # Live connections last for hours: the fewest count, not whose turn it is.
                balance leastconn
                # A node that drains answers 503: it gets nothing new and keeps what it has until it closes it itself.
                option httpchk
                http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host cohort
                http-check expect status 200
                default-server check inter 1s fastinter 250ms downinter 500ms fall 2 rise 1 observe layer4 error-limit 3 on-error mark-down

            """ + servers
    }
}
