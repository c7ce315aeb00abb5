import Sockets

extension ConfigurationReader {
    /// How HTTPS is spoken; `nil` where `tls.listen` is empty.
    ///
    /// The files are not looked at yet.
    func tls(beside plain: SocketAddress) throws(ConfigurationProblem) -> Configuration.TLS? {
        guard let address = try tlsAddress(host: plain.host) else {
            let certificates = try given(ConfigurationKeys.tlsCertificates)
            guard certificates.values.isEmpty else {
                throw .missing(
                    key: ConfigurationKeys.tlsListen.name,
                    reason: "there are certificates (tls.certificates) and nowhere to show them")
            }
            return nil
        }
        guard address != plain || address.port == 0 else {
            throw bad(
                ConfigurationKeys.tlsListen, try given(ConfigurationKeys.tlsListen),
                "must be another address than listen.host and listen.port, \(plain)")
        }
        let certificates = try list(ConfigurationKeys.tlsCertificates)
        guard !certificates.isEmpty else {
            throw .missing(key: ConfigurationKeys.tlsCertificates.name, reason: "HTTPS needs a certificate")
        }
        let keys = try given(ConfigurationKeys.tlsKeys)
        guard keys.values.count == certificates.count else {
            throw bad(
                ConfigurationKeys.tlsKeys, keys,
                "must name as many files as tls.certificates (\(certificates.count)), in the same order")
        }
        return Configuration.TLS(
            address: address,
            files: zip(certificates, keys.values).map { .init(certificateFile: $0, keyFile: $1) },
            minimum: TLSServerSettings.Version(rawValue: try word(ConfigurationKeys.tlsMinimum)) ?? .tls12,
            redirects: try flag(ConfigurationKeys.tlsRedirect),
            strictTransportSeconds: try number(ConfigurationKeys.tlsStrictSeconds),
            handshakes: try number(ConfigurationKeys.tlsHandshakes),
            handshakeLimit: .seconds(try number(ConfigurationKeys.tlsHandshakeSeconds)),
            usesKernel: try flag(ConfigurationKeys.tlsKernel))
    }

    /// A port, or an address with one; IPv6 in brackets.
    private func tlsAddress(host: String) throws(ConfigurationProblem) -> SocketAddress? {
        let key = ConfigurationKeys.tlsListen
        let given = try given(key)
        let text = given.text
        guard !text.isEmpty else { return nil }
        var place = host
        var port = text[...]
        if let colon = text.lastIndex(of: ":") {
            place = String(text[..<colon])
            port = text[text.index(after: colon)...]
            if place.hasPrefix("["), place.hasSuffix("]") { place = String(place.dropFirst().dropLast()) }
        }
        guard let number = UInt16(port), let address = try? SocketAddress(host: place, port: number) else {
            throw bad(
                key, given, "must be a port, or an address such as 0.0.0.0:443 or [::]:443, not \"\(text)\"")
        }
        return address
    }
}
