package import HTTP
package import Sockets

/// Why something could not be fetched.
package enum FetchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text is no URL that is fetched.
    case badURL(BadURL)
    /// The URL says `http`, and the caller did not allow that.
    case notSecure
    /// A field of the request that the client writes itself, or that holds a control character.
    case badField
    /// The host is, or resolves to, an address that is not on the open network and that nobody has allowed.
    case forbiddenAddress(AddressKind)
    /// The port is not among those that are allowed on the open network.
    case forbiddenPort(UInt16)
    /// Nobody knows the host's name.
    case unknownHost(String)
    /// As many fetches as allowed are under way, or as many names are being looked up.
    case tooMany
    /// No connection, or no TLS, to any of the host's addresses.
    case unreachable(SocketError)
    /// The connection broke in the middle.
    case broken(StreamClosure)
    /// What came is no response that can be trusted.
    case badResponse(BadResponse)
    /// The body is larger than the caller's limit.
    case tooLarge
    /// There were more redirects than the caller's limit.
    case tooManyRedirects
    /// The file that was to be sent cannot be read, or is shorter than it was.
    case badFile
    /// It all took longer than the caller's limit.
    case timedOut

    package var description: String {
        switch self {
        case .badURL(let reason): "the URL is not one that is fetched (\(reason))"
        case .notSecure: "the URL is not https"
        case .badField: "a field of the request cannot be sent"
        case .forbiddenAddress(let kind):
            "the host's address is not on the open network (\(kind.rawValue)) and not allowed"
        case .forbiddenPort(let port): "port \(port) is not allowed"
        case .unknownHost(let name): "there is no address for \(name)"
        case .tooMany: "too many fetches are under way"
        case .unreachable(let error): error.description
        case .broken(.failed), .broken(.finished), .broken(.timedOut): "the connection broke"
        case .broken(.tls(let failure)): failure.description
        case .badResponse(let reason): "the response is not acceptable (\(reason))"
        case .tooLarge: "the response is too large"
        case .tooManyRedirects: "there were too many redirects"
        case .badFile: "the file to be sent cannot be read"
        case .timedOut: "it took too long"
        }
    }
}
