package import EventLoop
import Synchronization

extension EventLoop {
    /// Runs an async body on this loop from a test, and returns or throws what it does.
    ///
    /// - Parameter body: May use objects that are confined to the loop.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    package func perform<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws
        -> Value
    {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            execute {
                self.run {
                    do {
                        continuation.resume(returning: .success(try await body()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
        }
        return try result.get()
    }
}

/// The error of an async body that runs where the caller runs; `nil` when it throws none of this type.
///
/// The closure of `#expect(throws:)` leaves the loop when it is async; this one stays.
///
/// - Parameters:
///   - type: The error's type.
///   - body: What is expected to fail.
/// - Returns: The error.
package func failure<Failure: Error, Value>(
    _ type: Failure.Type, _ body: () async throws -> Value
) async -> Failure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? Failure
    }
}
