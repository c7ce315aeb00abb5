/// A system call that was needed to start a program and failed.
package struct ProcessError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The call's name.
    package let call: String
    /// What it was about.
    package let path: String
    /// Its errno.
    package let errno: Int32

    package init(call: String, path: String, errno: Int32) {
        self.call = call
        self.path = path
        self.errno = errno
    }

    package var description: String { "\(call) of \(path) failed: errno \(errno)" }
}
