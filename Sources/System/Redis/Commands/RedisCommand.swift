/// One command: its words, and the key that says which node of a cluster it belongs to.
package struct RedisCommand: Sendable, Equatable {
    /// The name, then the arguments.
    package let words: [RedisArgument]
    /// The key or channel whose node runs the command; `nil` when any node may.
    package let key: [UInt8]?

    /// Makes a command.
    ///
    /// - Parameters:
    ///   - name: The command's name, of the program's own set.
    ///   - arguments: Its arguments, in order.
    ///   - key: The key or channel whose node runs it; `nil` when any may.
    package init(_ name: String, _ arguments: [RedisArgument] = [], key: RedisArgument?) {
        words = [RedisArgument(name)] + arguments
        self.key = key?.bytes
    }

    /// Makes a command whose first argument is its key, as most have it.
    package init(_ name: String, key: RedisArgument, _ arguments: RedisArgument...) {
        words = [RedisArgument(name), key] + arguments
        self.key = key.bytes
    }
}

/// One argument: bytes, whatever they are made from.
package struct RedisArgument: Sendable, Equatable, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral
{
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: some StringProtocol) { bytes = Array(text.utf8) }
    package init(_ number: some BinaryInteger) { bytes = Array(String(number).utf8) }
    package init(stringLiteral text: String) { self.init(text) }
    package init(integerLiteral number: Int64) { self.init(number) }
}
