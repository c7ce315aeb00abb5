import COpenSSL

/// What all TLS connections of one purpose share: trust for clients, certificates and keys for servers.
///
/// Any thread may use it. TLS 1.2 at least; no compression, no renegotiation, no session cache. Loops share one: its keys
/// are read and never changed, and a new one takes its place when files have changed, while connections that were made
/// by the old one keep it alive.
// Safety: the SSL_CTX is set up before `init` returns and only read afterwards; OpenSSL guards its reference count, and
// without a session cache nothing else of it changes with a connection. What its callbacks reach is immutable or locked.
package final class TLSContext: @unchecked Sendable {
    /// Whom a client trusts.
    package enum Trust: Equatable, Sendable {
        /// The authorities that the system's administrator trusts.
        case system
        /// The authorities in this PEM file, and no others.
        case file(String)
    }

    /// A certificate that a server shows.
    package struct Certificate: Equatable, Sendable {
        package let file: String
        /// The names that it was issued for, in lower case.
        package let names: [String]
        /// When it ends, in seconds since 1970.
        package let end: Int64
    }

    let raw: OpaquePointer
    /// Whether connections of this context verify a server, or are one.
    package let isClient: Bool
    /// The certificates that a server shows; none for clients.
    package private(set) var certificates: [Certificate] = []
    /// Whether the kernel is asked to encrypt.
    let asksKernel: Bool
    let tickets: TicketKeys?
    private(set) var protocols: [[UInt8]] = []
    /// Contexts of certificates by name, the first one's being `raw`; and those, to be freed.
    private var byName: [String: OpaquePointer] = [:]
    private var others: [OpaquePointer] = []

    private init(
        isClient: Bool, asksKernel: Bool = false, tickets: TicketKeys? = nil
    ) throws(TLSFailure) {
        ERR_clear_error()
        guard let raw = SSL_CTX_new(isClient ? TLS_client_method() : TLS_server_method()) else {
            throw .exhausted
        }
        self.raw = raw
        self.isClient = isClient
        self.asksKernel = asksKernel
        self.tickets = tickets
        guard copenssl_harden(raw) == 1 else { throw .settings("OpenSSL refuses TLS 1.2") }
    }

    deinit {
        SSL_CTX_free(raw)
        for other in others { SSL_CTX_free(other) }
    }

    /// For connections to servers: their certificate must lead to one of these authorities, and bear their name.
    ///
    /// Reads files: called at start, not on a loop.
    /// - Throws: ``TLSFailure/settings(_:)`` when the authorities cannot be read.
    package static func client(trusting trust: Trust = .system) throws(TLSFailure) -> TLSContext {
        let context = try TLSContext(isClient: true)
        SSL_CTX_set_verify(context.raw, SSL_VERIFY_PEER, nil)
        switch trust {
        case .system:
            guard SSL_CTX_set_default_verify_paths(context.raw) == 1 else {
                throw .settings("the system's list of authorities cannot be read")
            }
        case .file(let path):
            guard SSL_CTX_load_verify_file(context.raw, path) == 1 else {
                throw .settings("\(path) holds no authorities that can be read")
            }
        }
        return context
    }

    /// For connections of clients, which are shown the certificates of one PEM file, the server's own first.
    ///
    /// Reads files: called at start, not on a loop. Whether the certificate is still valid is left to the clients.
    /// - Throws: ``TLSFailure/settings(_:)`` when a file cannot be read, or the key is another certificate's.
    package static func server(certificateFile: String, keyFile: String) throws(TLSFailure) -> TLSContext {
        try server(
            TLSServerSettings(files: [.init(certificateFile: certificateFile, keyFile: keyFile)]), at: nil)
    }

    /// For connections of clients, each of which is shown the certificate of the name that it asks for (RFC 6066 §3).
    ///
    /// Reads files: not called on a loop. Certificates for the very same names with keys of different kinds stand for one:
    /// a client gets the one whose signatures it knows.
    /// - Parameters:
    ///   - settings: What to agree to.
    ///   - now: Seconds since 1970; certificates must be valid then. `nil` leaves that to clients.
    /// - Returns: The context.
    /// - Throws: ``TLSFailure/settings(_:)``, which names the file that is missing, unreadable, no match or expired.
    package static func server(_ settings: TLSServerSettings, at now: Int64?) throws(TLSFailure) -> TLSContext
    {
        guard !settings.files.isEmpty else { throw .settings("a server needs a certificate") }
        let context = try TLSContext(
            isClient: false, asksKernel: settings.usesKernel, tickets: settings.tickets)
        context.protocols = settings.protocols.map { Array($0.utf8) }
        var known: [(raw: OpaquePointer, names: [String], kinds: Set<CInt>)] = []
        for files in settings.files {
            let identity = try TLSIdentity(files, at: now)
            context.certificates.append(
                Certificate(file: files.certificateFile, names: identity.names, end: identity.end))
            let twin = known.firstIndex {
                !$0.names.isEmpty && $0.names == identity.names && !$0.kinds.contains(identity.keyKind)
            }
            let place: OpaquePointer
            if let twin {
                place = known[twin].raw
            } else {
                place = try context.rawForNext(isFirst: known.isEmpty)
            }
            try identity.install(in: place)
            if let twin {
                known[twin].kinds.insert(identity.keyKind)
                continue
            }
            known.append((place, identity.names, [identity.keyKind]))
            try context.prepare(place, settings)
            for name in identity.names where context.byName[name] == nil { context.byName[name] = place }
        }
        return context
    }

    private func rawForNext(isFirst: Bool) throws(TLSFailure) -> OpaquePointer {
        guard !isFirst else { return raw }
        guard let other = SSL_CTX_new(TLS_server_method()) else { throw .exhausted }
        others.append(other)
        guard copenssl_harden(other) == 1 else { throw .settings("OpenSSL refuses TLS 1.2") }
        return other
    }

    private func prepare(_ place: OpaquePointer, _ settings: TLSServerSettings) throws(TLSFailure) {
        ERR_clear_error()
        guard
            copenssl_make_server(place, settings.minimum == .tls13 ? 1 : 0, settings.usesKernel ? 1 : 0) == 1
        else {
            throw .settings("OpenSSL refuses the ciphers or curves")
        }
        copenssl_set_app_data(place, Unmanaged.passUnretained(self).toOpaque())
        copenssl_on_server_name(place, TLSContext.chooseByName)
        if !protocols.isEmpty { SSL_CTX_set_alpn_select_cb(place, TLSContext.chooseProtocol, nil) }
        guard tickets != nil else {
            copenssl_use_no_tickets(place)
            return
        }
        SSL_CTX_set_timeout(place, Int(TicketKeys.period))
        guard copenssl_use_tickets(place, TLSContext.sealTicket) == 1 else { throw .exhausted }
    }

    /// The context of the certificate for a name, a wildcard's where no other has it; `nil` for a name that none bears.
    private func certificate(for name: String) -> OpaquePointer? {
        let name = (name.hasSuffix(".") ? String(name.dropLast()) : name).lowercased()
        if let found = byName[name] { return found }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        return byName["*" + name[dot...]]
    }
}

/// What OpenSSL asks a server's context in the middle of a handshake.
extension TLSContext {
    // Safety: OpenSSL calls back inside a call of a session's own method only; the session keeps its context alive, and all
    // contexts that it may have moved to bear the same pointer.
    private static func of(_ session: OpaquePointer?) -> TLSContext? {
        guard let session, let data = copenssl_app_data(session) else { return nil }
        return Unmanaged<TLSContext>.fromOpaque(data).takeUnretainedValue()
    }

    private static let chooseByName:
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<CInt>?, UnsafeMutableRawPointer?) -> CInt = {
            session, _, _ in
            guard let context = TLSContext.of(session),
                let asked = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name),
                let found = context.certificate(for: String(cString: asked))
            else { return SSL_TLSEXT_ERR_NOACK }
            if found != context.raw { SSL_set_SSL_CTX(session, found) }
            return SSL_TLSEXT_ERR_OK
        }

    private static let chooseProtocol:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
            UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
        ) -> CInt = { session, chosen, length, offered, count, _ in
            guard let context = TLSContext.of(session), let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            let offer = UnsafeBufferPointer(start: offered, count: Int(count))
            for wanted in context.protocols {
                var place = 0
                while place < offer.count {
                    let size = Int(offer[place])
                    guard place + 1 + size <= offer.count else { break }
                    if offer[(place + 1)..<(place + 1 + size)].elementsEqual(wanted) {
                        chosen?.pointee = offered + place + 1
                        length?.pointee = UInt8(size)
                        return SSL_TLSEXT_ERR_OK
                    }
                    place += 1 + size
                }
            }
            return SSL_TLSEXT_ERR_ALERT_FATAL
        }

    private static let sealTicket:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?, OpaquePointer?,
            OpaquePointer?, CInt
        ) -> CInt = { session, name, start, cipher, mac, encrypts in
            guard let tickets = TLSContext.of(session)?.tickets, let name else { return 0 }
            let isTLS13 = SSL_version(session) == TLS1_3_VERSION
            if encrypts == 1 {
                var key = tickets.current(isTLS13: isTLS13)
                return copenssl_use_ticket_keys(&key, name, start, cipher, mac, 1)
            }
            let asked = UnsafeBufferPointer(start: name, count: 16)
            guard var found = tickets.find(asked, isTLS13: isTLS13) else { return 0 }
            let result = copenssl_use_ticket_keys(&found.key, name, start, cipher, mac, 0)
            // 2: it is good, and the client gets a newer one (SSL_CTX_set_tlsext_ticket_key_evp_cb(3)).
            return result == 1 && !found.isCurrent ? 2 : result
        }
}
