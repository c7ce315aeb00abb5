/// A secret that cannot get into a log, a message or a dump by accident.
package struct Redacted<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The secret itself; whoever reads it must not print it.
    package let secret: Value

    package init(_ secret: Value) { self.secret = secret }

    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(reflecting: "[redacted]") }
}
